"""`chartroom policy list|test|docs` on rules of somebody else, in Rego and in Python."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cli.main import cli
from tests.testing.house import DEPLOYMENT, PASS, with_rule, write_house

RULE = "policies/house/owner/owner.rego"
CLAIM = """\
apiVersion: v1
kind: Service
metadata:
  name: {name}
  namespace: example
  annotations: {{metallb.io/loadBalancerIPs: 10.0.20.77}}
spec:
  type: LoadBalancer
  ports: [{{name: http, port: 80, targetPort: 8080}}]
  selector: {{app.kubernetes.io/name: app}}
"""


@dataclass(frozen=True)
class Policy:
    root: Path

    def __call__(self, *arguments: str) -> tuple[int, list[str], str]:
        result = CliRunner().invoke(cli, ["policy", *arguments, "--root", str(self.root)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout.splitlines(), result.stderr.splitlines()[-1]

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    return Policy(write_house(tmp_path, with_rule()))


def test_rules_in_rego_and_in_python_are_listed(policy: Policy) -> None:
    policy("new", "house/owner")
    code, lines, said = policy("list")
    assert code == 0
    assert [line.split() for line in lines if line.startswith("house/")] == [
        ["house/owner", "error", "objects", "Owner"],
        ["house/short-names", "error", "fleet", "Short", "names"],
    ]
    assert int(said.removesuffix(" rules")) > 80


def test_cases_of_a_rule_in_python_are_run(policy: Policy) -> None:
    assert policy("test", "house/short-names") == (0, [], "1 rule, 2 cases")
    policy.write(PASS, DEPLOYMENT.format(name="a-name-of-many-many-letters"))
    code, lines, said = policy("test", "house/short-names")
    (fault,) = lines
    assert (code, said) == (1, "1 rule, 2 cases")
    assert fault.endswith("pass/short.yaml: house/short-names refuses it: its name has 27 letters")
    policy.write(PASS, DEPLOYMENT.format(name="app"))
    policy.write("tests/cases/house/short-names/fail/other.yaml", DEPLOYMENT.format(name="short"))
    (fault,) = policy("test", "house/short-names")[1]
    assert fault.endswith("fail/other.yaml: house/short-names finds nothing in it")


def test_every_line_of_a_rule_of_ones_own_must_be_reached(policy: Policy) -> None:
    policy("new", "house/owner")
    code, lines, said = policy("test", "house/owner")
    assert (code, lines) == (0, [])
    assert said.startswith("1 rule, 2 cases, PASS: ")
    reached = said.rpartition(", ")[2]
    assert reached == f"{reached.split()[0]} of its own {reached.split()[0]} lines reached"
    rule = policy.root / RULE
    untested = (
        '\ndeny contains finding if {\n\tsome pod in input.pods\n\tpod.name == "x"\n\tfinding := {"msg": "x"}\n}\n'
    )
    rule.write_text(rule.read_text() + untested)
    last = len(rule.read_text().splitlines())
    code, lines, said = policy("test", "house/owner")
    assert code == 1
    assert lines == [f"{RULE}:{line}: no test reaches this line" for line in (last - 4, last - 1)]
    (policy.root / "policies/house/owner/owner_test.rego").unlink()
    code, lines, said = policy("test", "house/owner")
    assert (code, lines[0]) == (1, f"{RULE}:12: no test reaches this line")


def test_rule_that_takes_the_square_of_the_fleet_is_told(policy: Policy) -> None:
    policy("new", "house/owner")
    rule = policy.root / RULE
    rule.write_text(rule.read_text().replace("pods\n", "pods\n\tsome object in input.objects\n\tobject.id == pod.id\n"))
    code, lines, _ = policy("test", "house/owner")
    assert code == 1
    assert (
        f"{RULE}:12: Two loops over the fleet in one rule take the square of its size; look the other one up by id"
        in lines
    )


def test_failing_unit_test_is_shown_whole(policy: Policy) -> None:
    policy("new", "house/owner")
    test = policy.root / "policies/house/owner/owner_test.rego"
    test.write_text(test.read_text().replace("== {said}", "== set()"))
    code, lines, _ = policy("test", "house/owner")
    assert code == 1
    assert any("test_denies_missing: FAIL" in line for line in lines)


def test_cases_do_not_touch_each_other(policy: Policy) -> None:
    """Both hold one address of the site: each case is a fleet of its own."""
    for name in ("one", "two"):
        policy.write(f"tests/cases/network/claims/pass/{name}.yaml", CLAIM.format(name=name))
    code, lines, _ = policy("test", "network/claims")
    assert (code, lines) == (0, [])
    policy.write("tests/cases/network/claims/fail/one.yaml", CLAIM.format(name="three"))
    code, lines, _ = policy("test", "network/claims")
    (fault,) = lines
    assert code == 1
    assert fault.endswith("fail/one.yaml: network/claims finds nothing in it")


def test_pages_are_written_for_rules_in_python_too(policy: Policy, tmp_path: Path) -> None:
    code, _, said = policy("docs", "--output", str(tmp_path / "pages"))
    assert (code, said.endswith(" pages written")) == (0, True)
    page = (tmp_path / "pages/docs/reference/rules/house/short-names.md").read_text()
    assert page.partition("-->\n\n")[2].startswith(
        "# Short names\n\n`house/short-names`: error, judges values and what they render.\n\n"
        "Long names do not fit the labels on our boxes.\n\n**What to do:** choose a shorter name.\n\n## Refused\n"
    )
