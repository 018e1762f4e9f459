"""What tests of the gate share: the real conftest, our rules, small rule folders."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".tools" / "bin"
POLICIES = ROOT / "policies"
CASES = ROOT / "tests" / "cases"

METADATA = """\
# METADATA
# title: Named pods
# description: Pods have names.
# custom:
#   severity: error
#   reference: house rule
#   fix: name it
package house.named

"""
DENY = """\
deny contains finding if {
	some pod in input.pods
	pod.name == "nameless"
	finding := {"msg": "the pod is nameless", "object": pod.id}
}
"""
NAMELESS = """\
apiVersion: v1
kind: Pod
metadata: {name: nameless, namespace: example}
spec: {containers: [{name: app}]}
"""


def write_rule(root: Path, body: str = DENY, case: str | None = NAMELESS, metadata: str = METADATA) -> Path:
    """Write the rule house/named into `root/policies`, its fail case beside it; return the policies."""
    file = root / "policies" / "house" / "named" / "named.rego"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(metadata + body)
    if case is not None:
        path = root / "tests" / "cases" / "house" / "named" / "fail" / "named.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(case)
    return root / "policies"
