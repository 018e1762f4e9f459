"""What people write under values/ cannot leave its cell, open a tag or become a template."""

import json
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from generator.docs.markdown import escape
from tests.docs.small import pages_of, write_values

PARSER = MarkdownIt("commonmark").enable("table")
HOSTILE = [
    "a | b | c",
    "first\nsecond\n\n# third",
    "<img src=x onerror=alert(1)>",
    "--> <script>alert(1)</script> <!--",
    "{{ 7 * 7 }} {% include 'x' %} ${x}",
    "`code` **bold** [link](javascript:x) ![i](x)",
    "\"quoted\" 'twice' #quot; %%{init: {}}%% end",
    "```mermaid\ngraph\n```",
]


def values_with(text: str) -> dict[str, str | None]:
    """A fleet that has `text` wherever a file takes any text."""
    quoted = json.dumps(text)
    web = f"""\
summary: {json.dumps(text[:80])}
category: things
image: docker.io/a/web:1.2
ports: {{http: 8080}}
probes: /
resources: {{requests: {{cpu: 50m, memory: 64Mi}}, limits: {{memory: 128Mi}}}}   # our figure <b>|</b> {{{{ x }}}}
namespace: {{name: web, pod_security: {{level: privileged, reason: {quoted}, until: 2027-05-31}}}}
storage: {{logs: {{hostPath: {json.dumps("/" + text.replace(chr(10), " "))}, mountPath: /logs}}}}   # <b>|
expose: {{web: lan}}
talks_to: {{internet: ["*:443"]}}
alerts: {{Slow: {{expr: up, severity: warning, summary: {quoted}}}}}
exceptions: {{x: {{allow: {{hostPath: [logs]}}, reason: {quoted}, owner: {quoted}, until: 2027-05-31}}}}
patch: {{Deployment/web: {{merge: {{spec: {{minReadySeconds: 5}}}}, reason: {quoted}}}}}
docs: "https://example.org/a|b)<b>{{{{x}}}}"
"""
    domain = f"summary: {quoted}\nowner: {quoted}\ncategories: [things]\nbudget: {{}}\n"
    return {
        "apps/pages/web.yaml": web,
        "apps/pages/batch.yaml": None,
        "apps/pages/domain.yaml": domain,
        "environments/prod.yaml": f"summary: {quoted}\n",
        "environments/dev.yaml": None,
        "inventory/dev.yaml": None,
        "platform/shared/gone.yaml": (
            f"summary: x\ncategory: things\nretired: {{since: 2026-01-01, reason: {quoted}}}\n"
        ),
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(tmp_path: Path, text: str) -> None:
    root = write_values(tmp_path, values_with(text), facts=False)
    (root / "tests/facts").mkdir(parents=True)
    fact = json.dumps({"service": "web", "omitted": {text: text}, "gotchas": [{"fact": text, "answer": text}]})
    (root / "tests/facts/web.yaml").write_text(fact)
    tame = write_values(tmp_path / "tame", values_with("tame"), facts=False)
    (tame / "tests/facts").mkdir(parents=True)
    (tame / "tests/facts/web.yaml").write_text(fact.replace(json.dumps(text)[1:-1], "tame"))
    wanted = pages_of(tame)
    pages = pages_of(root)
    assert f"# web\n\n{escape(text[:80])}\n" in pages["docs/reference/services/web.md"]
    for path, page in pages.items():
        assert skeleton(page) == skeleton(wanted[path]), path
        if "format" not in path:
            assert "{{" not in page
            assert "{%" not in page


def skeleton(page: str) -> list[str]:
    """The structure of a page without its words: blocks, rows and cells in order."""
    kinds = []
    for token in PARSER.parse(page):
        if token.type == "html_block":
            kinds.append(f"html {token.content[:4]}")
        elif token.type == "fence":
            kinds.append(f"fence {token.info}")
        elif token.type != "inline":
            kinds.append(token.type)
        for child in token.children or []:
            if child.type == "image" or (child.type == "html_inline" and child.content not in ("<code>", "</code>")):
                kinds.append(child.type)  # noqa: PERF401  # one of three ways into the list
    return kinds
