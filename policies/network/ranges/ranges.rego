# METADATA
# title: Ranges that overlap
# description: |
#   Two ranges that share an address answer for each other: packets go to one of them, mostly to the
#   wrong one.
# custom:
#   severity: error
#   reference: 'house rule: one plan for all addresses of the site'
#   needs: fleet
#   fix: give one of them another range
package network.ranges

deny contains finding if {
	some pair in input.overlaps
	finding := {
		"msg": sprintf(
			"%s '%s' (%s) overlaps %s '%s' (%s)",
			[pair.right.kind, pair.right.name, pair.right.shown, pair.left.kind, pair.left.name, pair.left.shown],
		),
		"object": sprintf("%s:Range/-/%s", [pair.right.environments[0], pair.right.name]),
		"place": pair.right.place,
		"also": [pair.left.place],
	}
}
