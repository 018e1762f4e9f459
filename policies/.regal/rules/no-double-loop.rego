# METADATA
# description: Two loops over the fleet in one rule take the square of its size; look the other one up by id
# related_resources:
#   - description: what is grouped already
#     ref: https://www.openpolicyagent.org/docs/policy-performance
# schemas:
#   - input: schema.regal.ast
package custom.regal.rules.chartroom["no-double-loop"]

import data.regal.result

# What grows with the fleet.
_large := {"claims", "objects", "pods", "by_kind", "workloads", "volumes", "coverage", "edges"}

report contains violation if {
	some rule in input.rules
	loops := [expression | some expression in rule.body; _loops(expression)]
	count(loops) > 1
	violation := result.fail(rego.metadata.chain(), result.location(rule.head))
}

_loops(expression) if {
	some symbol in expression.terms.symbols
	collection := symbol.value[count(symbol.value) - 1]
	collection.type == "ref"
	collection.value[0].value in {"input", "facts"}
	some part in collection.value
	part.type == "string"
	part.value in _large
}
