"""`chartroom check --manifests` as a person runs it, far from any repository of values."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cli.main import cli
from generator.policy import read_rules

ROOT = Path(__file__).resolve().parents[2]
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: "2"
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: nginx:latest
          resources: {limits: {memory: 12Gb}}
          securityContext:
            privileged: true
"""
WIDGET = """\
apiVersion: example.net/v1
kind: Widget
metadata: {name: w, namespace: shop}
spec:
  size: big
  color: red
"""
DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.net}
spec:
  group: example.net
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              x-kubernetes-validations: [{rule: self.size < 9}]
              properties: {size: {type: integer}}
"""


@dataclass(frozen=True)
class Answer:
    code: int
    lines: list[str]
    err: str


Judge = Callable[..., Answer]


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Judge with one rule, or none but the schemas, in a folder that holds nothing else."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(ROOT / ".tools/bin"))

    def judge(*arguments: str, rule: str = "pods/privileged", stdin: str = "", **files: str) -> Answer:
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        result = CliRunner().invoke(cli, ["check", *arguments, "--rule", rule], input=stdin.encode())
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout.splitlines(), result.stderr)

    return judge


def test_findings_point_at_the_field_in_the_file(judge: Judge) -> None:
    answer = judge("--manifests", "deploy", deploy__web_yaml=WEB)
    assert answer.code == 1
    assert answer.lines == [
        "deploy/web.yaml:7:13: error: Deployment/web: spec.replicas: '2' is text, an integer is expected"
        " [schema/object]",
        '      replicas: "2"',
        "                ^",
        "  fix: write 2 without quotes",
        "deploy/web.yaml:17:40: error: Deployment/web: spec.template.spec.containers[0].resources.limits.memory:"
        " '12Gb' is not a quantity such as 250m, 512Mi or 2Gi [schema/object]",
        "              resources: {limits: {memory: 12Gb}}",
        "                                           ^",
        "  fix: write a quantity such as 250m, 512Mi or 2Gi",
        "deploy/web.yaml:19:25: error: Deployment/shop/web: container 'web' is privileged (manifests)"
        " [pods/privileged]",
        "                privileged: true",
        "                            ^",
        "  fix: drop `privileged` and name the single capability or device that is needed",
    ]


def test_fixes_speak_of_manifests_and_not_of_service_files() -> None:
    """Whoever adopts the gate before the generator has none of the fields of the service format."""
    ours = re.compile(
        r"`(exceptions|talks_to|expose|load_balancer|secrets|files|rbac|budget|alerts|metrics|probes|storage|zone|"
        r"chart\.kinds|priority_classes|called_by|depends_on|secret_store|routing)\b"
    )
    rules = [rule for rule in read_rules(ROOT / "policies") if rule.needs == "objects"]
    silent = {"images/registry", "network/zone"}  # they compare with what a site says
    said = {rule.id: rule.manifest_fix or rule.fix for rule in rules if rule.id not in silent}
    assert {name: fix for name, fix in said.items() if ours.search(fix) or "generator" in fix} == {}


def test_a_version_that_is_gone_is_said_once(judge: Judge) -> None:
    old = "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: nightly, namespace: shop}\nspec: {}\n"
    answer = judge("--manifests", "old.yaml", rule="api/removed", old_yaml=old)
    assert [line for line in answer.lines if ": error: " in line] == [
        "old.yaml:1:13: error: CronJob/shop/nightly: batch/v1beta1 is gone since Kubernetes 1.25 (manifests)"
        " [api/removed]"
    ]


def test_what_a_schema_refused_is_not_said_again_by_a_rule(judge: Judge) -> None:
    answer = judge("--manifests", "web.yaml", rule="pods/memory", web_yaml=WEB)
    assert [line.split(": ")[0] for line in answer.lines if ": error: " in line] == ["web.yaml:7:13", "web.yaml:17:40"]


def test_stream_is_read_from_the_pipe(judge: Judge) -> None:
    answer = judge("--manifests", "-", stdin=f"# kustomize build\n{WIDGET}---\n{WEB}")
    assert answer.code == 1
    assert [line for line in answer.lines if "[pods/privileged]" in line] == [
        "stdin:27:25: error: Deployment/shop/web: container 'web' is privileged (manifests) [pods/privileged]"
    ]
    assert "manifests 2 of 2 objects judged" in answer.err
    assert "not judged by a schema: 1 of example.net/v1 Widget; --crds supplies its definition" in answer.err


@pytest.mark.parametrize("arguments", [("w.yaml", "--crds", "d.yaml"), ("w.yaml", "--crds", "."), (".",)])
def test_definitions_supply_schemas(judge: Judge, arguments: tuple[str, ...]) -> None:
    answer = judge("--manifests", *arguments, w_yaml=WIDGET, d_yaml=DEFINITION)
    assert [line for line in answer.lines if "error" in line] == [
        "w.yaml:5:9: error: Widget/w: spec.size: 'big' is text, an integer is expected [schema/object]",
        "w.yaml:6:3: error: Widget/w: spec: unknown field 'color', known are size [schema/object]",
    ]
    assert "not judged by a schema" not in answer.err
    assert "not judged: the rules in CEL of Widget; only an API server knows them" in answer.err


def test_slip_in_a_known_group_is_an_error_and_not_listed(judge: Judge) -> None:
    typo = "apiVersion: apps/v1\nkind: Deploymnt\nmetadata: {name: x, namespace: y}\n"
    other = WIDGET.replace("/v1", "/v2")
    answer = judge("--manifests", "a.yaml", "--manifests", "b.yaml", "--crds", "d.yaml",
                   a_yaml=typo, b_yaml=other, d_yaml=DEFINITION)  # fmt: skip
    assert [line for line in answer.lines if "error" in line] == [
        "a.yaml:2:7: error: Deploymnt/x: apps/v1 Deploymnt is unknown to Kubernetes 1.36 and to our schemas,"
        " did you mean 'Deployment'? [schema/unknown-kind]",
        "b.yaml:2:7: error: Widget/w: example.net/v2 Widget is unknown to Kubernetes 1.36 and to our schemas,"
        " it is in example.net/v1 [schema/unknown-kind]",
    ]


def test_text_that_cannot_be_read_is_a_finding_beside_the_others(judge: Judge) -> None:
    answer = judge("--manifests", "a.yaml", a_yaml=f"{WEB}---\n  kind: [oops\n")
    assert [line.split(": error")[0] for line in answer.lines if "error" in line] == [
        "a.yaml:7:13",
        "a.yaml:17:40",
        "a.yaml:19:25",
        "a.yaml:22:1",
    ]


def test_file_that_is_named_twice_counts_once(judge: Judge) -> None:
    answer = judge("--manifests", "deploy", "--manifests", "deploy/w.yaml", deploy__w_yaml=WIDGET)
    assert answer.code == 0
    assert "manifests 1 of 1 objects judged" in answer.err


def test_chart_is_rendered_and_its_templates_are_named(judge: Judge) -> None:
    template = WEB.replace("name: web\n  namespace", "name: {{ .Values.name }}\n  namespace").replace('"2"', "2")
    chart = "apiVersion: v2\nname: shop\nversion: 1.0.0\n"
    answer = judge("--manifests", ".", shop__Chart_yaml=chart, shop__values_yaml="name: web\n",
                   shop__templates__web_yaml=template.replace("12Gb", "12Gi"))  # fmt: skip
    assert answer.lines[:3] == [
        "shop/templates/web.yaml:19:13: error: Deployment/shop/web: container 'web' is privileged (manifests)"
        " [pods/privileged]",
        "                privileged: true",
        "                ^",
    ]
    # A line that the template does not have in these words is looked for in the render.
    named = judge("--manifests", "shop", rule="monitoring/alerts")
    assert named.lines[0].startswith("shop/templates/web.yaml:1:1: error: Deployment/shop/web: no alert is about it")


def test_folder_of_kustomize_is_asked_for_its_output(judge: Judge) -> None:
    answer = judge("--manifests", "overlays", overlays__prod__kustomization_yaml="resources: [../../base]\n")
    assert (answer.code, answer.err) == (
        2,
        "error: overlays/prod: only kustomize can put it together; hand its output over:"
        " `kubectl kustomize overlays/prod | chartroom check --manifests -`\n",
    )


def test_nothing_to_judge_is_a_usage_error(judge: Judge) -> None:
    assert (
        judge("--manifests", "-", stdin="# nothing\n").err
        == "error: -: there is no object in it, so nothing was judged\n"
    )
    assert judge("--manifests", "a.yaml", a_yaml="\x00").code == 2
    Path("latin.yaml").write_bytes(b"name: caf\xe9\n")
    answer = judge("--manifests", "latin.yaml")
    assert (answer.code, answer.err.partition(": 'utf-8'")[0]) == (2, "error: latin.yaml: it cannot be read")


def test_definition_that_cannot_be_used_is_named_with_its_file(judge: Judge) -> None:
    answer = judge("--manifests", "w.yaml", "--crds", "d.yaml", w_yaml=WIDGET,
                   d_yaml=DEFINITION.replace("apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1"))  # fmt: skip
    assert (answer.code, answer.err) == (
        3,
        "error: d.yaml: CustomResourceDefinition/widgets.example.net is of apiextensions.k8s.io/v1beta1,"
        " apiextensions.k8s.io/v1 is expected: take the definition of a newer release\n",
    )


def test_baseline_counts_what_was_there_and_fails_on_what_is_new(judge: Judge) -> None:
    written = judge("--manifests", "web.yaml", "--write-baseline", "known.json", web_yaml=WEB)
    assert (written.code, written.err.splitlines()[0]) == (1, "known.json: 3 findings written down")
    again = judge("--manifests", "web.yaml", "--baseline", "known.json", web_yaml=f"# moved by a line\n{WEB}")
    assert again.code == 0
    assert "no findings; 3 in the baseline" in again.err
    new = WEB.replace("      containers:\n", "      hostPID: true\n      containers:\n")
    failed = judge("--manifests", "web.yaml", "--baseline", "known.json", rule="pods", web_yaml=new)
    assert failed.code == 1
    assert any("the pod sets hostPID" in line for line in failed.lines)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--baseline", "missing.json"), "error: missing.json"),
        (("--format", "json", "--format", "sarif"), "error: "),
    ],
)
def test_option_that_cannot_be_used_is_a_usage_error(judge: Judge, arguments: tuple[str, ...], message: str) -> None:
    answer = judge("--manifests", "web.yaml", *arguments, web_yaml=WEB)
    assert (answer.code, answer.lines, answer.err.startswith(message)) == (2, [], True)


def test_folder_without_values_is_a_usage_error(judge: Judge) -> None:
    answer = judge()
    assert answer.code == 2
    assert "no folder 'values' here; run chartroom at the top of the repository, or name it with --root" in answer.err


def test_folder_without_waivers_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["waivers", "--root", str(tmp_path)])
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "there are no waivers\n")


def test_waivers_that_are_past_or_cannot_be_read_are_exit_4(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    file = tmp_path / "policies/waivers.yaml"
    file.write_text(
        "waivers:\n  - rule: pods/memory\n    object: Pod/x/a\n    reason: it is small\n    owner: alex\n"
        '    created: "2026-01-01"\n    until: "2026-03-01"\n'
    )
    arguments = ["waivers", "--root", str(tmp_path), "--today"]
    past = CliRunner().invoke(cli, [*arguments, "2026-03-02"])
    assert (past.exit_code, "past" in past.stdout) == (4, True)
    ahead = CliRunner().invoke(cli, [*arguments, "2026-02-28"])
    assert (ahead.exit_code, "1 day" in ahead.stdout) == (0, True)
    file.write_text("- rule: [\n")
    assert CliRunner().invoke(cli, [*arguments, "2026-02-28"]).exit_code == 4
