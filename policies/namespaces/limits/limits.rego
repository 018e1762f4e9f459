# METADATA
# title: Quota and limit range
# description: |
#   Without a quota one domain eats the others' memory; without a limit range a pod that states nothing
#   is refused by the quota.
# custom:
#   severity: error
#   reference: KSV-0039, KSV-0040
#   values: budget
#   needs: fleet
#   fix: 'leave both to the generator: it writes them from the domain''s budget'
package namespaces.limits

deny contains finding if {
	some environment, facts in input.environments
	some kind in ["ResourceQuota", "LimitRange"]
	present := _with(kind, environment)
	some name, namespace in facts.namespaces
	namespace.builtin == false
	_wanted(kind, namespace, facts.needs.namespaces, name)
	not name in present
	finding := {
		"msg": sprintf("namespace '%s' has no %s", [name, kind]),
		"object": sprintf("%s:Namespace/-/%s", [environment, name]),
		"environment": environment,
		"place": namespace.place,
	}
}

# Where a chart of others fills a namespace, default requests are all that is safe to set.
_wanted("LimitRange", _, _, _)

_wanted("ResourceQuota", namespace, needs, name) if {
	namespace.upstream == false
	needs[name].memory_bytes > 0
}

_with(kind, environment) := {found.namespace |
	some id in object.get(input.by_kind, kind, [])
	found := input.objects[id]
	environment in found.environments
}
