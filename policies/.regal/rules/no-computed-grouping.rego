# METADATA
# description: A partial rule grouped by a computed key takes the square of the fleet's size
# related_resources:
#   - description: why the document comes grouped already
#     ref: https://github.com/open-policy-agent/opa/issues/5756
# schemas:
#   - input: schema.regal.ast
package custom.regal.rules.chartroom["no-computed-grouping"]

import data.regal.result

report contains violation if {
	some rule in input.rules
	not rule.head.args
	count(rule.head.ref) > 1
	some number, part in rule.head.ref
	number > 0
	part.type == "var"
	violation := result.fail(rego.metadata.chain(), result.location(rule.head))
}
