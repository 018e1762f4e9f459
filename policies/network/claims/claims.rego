# METADATA
# title: Held twice
# description: |
#   An address, a host name, a node port, a VM id: who comes second gets nothing, or takes it from the
#   first.
# custom:
#   severity: error
#   reference: gatekeeper-library uniqueingresshost, over the whole fleet
#   fix: give one of them another
package network.claims

deny contains finding if {
	some claim in input.claims
	count(claim.holders) > 1
	first := claim.holders[0]
	some number, holder in claim.holders
	number > 0
	finding := object.union(
		{
			"msg": sprintf("%s %s is held by %s already", [claim.kind, claim.key, first.name]),
			"objects": [_id(holder), _id(first)],
			"environment": holder.environments[0],
			"values": object.get(_values, claim.kind, []),
			"also": [first.place | first.place != null],
		},
		_place(holder),
	)
}

# What a service file calls it.
_values := {
	"load-balancer": ["load_balancer", "ip"],
	"host-port": ["exceptions"],
	"node-port": ["ports"],
	"route": ["expose"],
}

_id(holder) := holder.object if holder.object != null

_id(holder) := sprintf("%s:Claim/-/%s", [holder.environments[0], holder.name]) if holder.object == null

_place(holder) := {"place": holder.place} if holder.place != null

_place(holder) := {} if holder.place == null
