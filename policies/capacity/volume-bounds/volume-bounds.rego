# METADATA
# title: Sizes of volumes
# description: |
#   A class knows what one volume of it may be: below, the file system takes half of it; above, one
#   rebuild takes a day.
# custom:
#   severity: error
#   reference: 'house rule: `min` and `max` of the class'
#   values: storage
#   needs: fleet
#   fix: choose a size within the bounds of the class, another class, or a share
package capacity.volume_bounds

deny contains finding if {
	some environment, facts in input.environments
	some volume in facts.volumes
	class := facts.classes[volume.class]
	some bound in _broken(volume.size_bytes, class)
	finding := object.union(
		{
			"msg": sprintf(
				"volume '%s' has %d MiB, class '%s' has %s",
				[volume.name, floor(volume.size_bytes / 1048576), volume.class, bound],
			),
			"environment": environment,
		},
		_where(environment, volume),
	)
}

deny contains finding if {
	some environment, facts in input.environments
	count(facts.classes) > 0
	some volume in facts.volumes
	class := volume.class
	not class in {null, ""}
	not facts.classes[class]
	finding := object.union(
		{
			"msg": sprintf("volume '%s' has the class '%s', which the site does not have", [volume.name, class]),
			"environment": environment,
		},
		_where(environment, volume),
	)
}

_broken(size, class) := {sprintf("at least %d MiB", [floor(class.min_bytes / 1048576)]) |
	size < class.min_bytes
} | {sprintf("at most %d MiB", [floor(class.max_bytes / 1048576)]) |
	class.max_bytes != null
	size > class.max_bytes
}

_where(_, volume) := {"object": volume.id} if volume.id != null

_where(environment, volume) := {
	"object": sprintf("%s:Volume/%s/%s", [environment, volume.namespace, volume.name]),
	"place": volume.place,
} if volume.id == null
