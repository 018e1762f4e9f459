"""Hostile input through the command line: refused with a finding and nothing written, or carried as the text it is."""

import shutil
from pathlib import Path

import pytest

from generator.schema import read_manifests
from tests.acceptance.repository import GENERATED, Run, changes, chartroom, files_of, put

FILE = "values/apps/media/extra.yaml"
SERVICE = """\
summary: Extra
category: management
image: ghcr.io/example/extra:1.0
ports: {http: 80}
probes: tcp:http
resources: {requests: {cpu: 1m, memory: 16Mi}, limits: {memory: 32Mi}}
"""
PLAIN = "means different things to different YAML readers [source/ambiguous-scalar]"
HOST = "a host name is expected [shape/key]"
LABEL = "at most 63 lower-case letters, digits and hyphens is expected"
SOURCE = "a path that starts with files/ is expected [shape/value]"
TOP = "a mapping is expected [source/not-a-mapping]"

# text of the file -> (line:column, message, fix) of its one finding
REFUSED = {
    "anchor": (SERVICE + "env: &a {X: y}\n", "7:6", "anchor '&a' is not read here [source/refused]"),
    "alias": (SERVICE + "env: *a\n", "7:6", "alias '*a' is not read here [source/refused]"),
    "billion laughs": (
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n" + SERVICE,
        "1:4",
        "anchor '&a' is not read here [source/refused]",
    ),
    "python tag": (
        SERVICE + 'env: {X: !!python/object/apply:os.system ["touch pwned"]}\n',
        "7:10",
        "tag '!!python/object/apply:os.system' is not read here [source/refused]",
    ),
    "local tag": (SERVICE + "env: {X: !foo bar}\n", "7:10", "tag '!foo' is not read here [source/refused]"),
    "merge key": (SERVICE + "env: {<<: {X: y}}\n", "7:7", "merge key '<<' is not read here [source/refused]"),
    "duplicate key": (
        SERVICE + "category: streaming\n",
        "7:1",
        "key 'category' is written twice, first at line 2 [source/duplicate-key]",
    ),
    "NUL": (SERVICE + "env: {X: a\0b}\n", "7:11", "character U+0000 is not printable [source/unprintable]"),
    "NUL as an escape": (
        SERVICE + 'env: {X: "a\\0b"}\n',
        "7:10",
        "character U+0000 is not printable [source/unprintable]",
    ),
    "terminal escape": (
        SERVICE + 'env: {X: "\\e[31m"}\n',
        "7:10",
        "character U+001B is not printable [source/unprintable]",
    ),
    "deep flow": (
        SERVICE + "env: " + "[" * 70 + "]" * 70 + "\n",
        "7:69",
        "nesting is deeper than 64 levels [source/too-deep]",
    ),
    "deep blocks": (
        SERVICE + "labels:\n" + "".join(f"{' ' * (level + 1)}a:\n" for level in range(70)),
        "71:65",
        "nesting is deeper than 64 levels [source/too-deep]",
    ),
    "ten megabytes": (
        SERVICE + f"# {'x' * 10_000_000}\n",
        "1:1",
        f"'{FILE}' has 10000{len(SERVICE) + 3} bytes, at most 1048576 are read [source/too-big]",
    ),
    "two documents": (SERVICE + "---\n" + SERVICE, "7:1", "a second document is not read here [source/refused]"),
    "a list": ("- a\n", "1:1", f"'{FILE}' holds a list at its top, {TOP}"),
    "a text": ("hello\n", "1:1", f"'{FILE}' holds text at its top, {TOP}"),
    "nothing": ("", "1:1", f"'{FILE}' is empty [source/not-a-mapping]"),
    "open bracket": (SERVICE + "env: {X: [}\n", "7:11", "not YAML: did not find expected node content [source/syntax]"),
    "tabulator": (
        SERVICE + "env:\n\tX: y\n",
        "8:1",
        "not YAML: found character that cannot start any token [source/syntax]",
    ),
    "surrogate": (
        SERVICE + 'env: {X: "\\ud800"}\n',
        "7:13",
        "not YAML: found invalid Unicode character escape code [source/syntax]",
    ),
    "yes": (SERVICE + "env: {X: yes}\n", "7:10", f"plain 'yes' {PLAIN}"),
    "octal": (SERVICE + "env: {X: 022}\n", "7:10", f"plain '022' {PLAIN}"),
    "sexagesimal": (SERVICE + "env: {X: 12:30}\n", "7:10", f"plain '12:30' {PLAIN}"),
    "host with a path": (
        SERVICE + 'expose: {"../../etc": lan}\n',
        "7:10",
        f"'expose' has the key '../../etc', {HOST}",
    ),
    "host with a newline": (SERVICE + 'expose: {"a\\nb": lan}\n', "7:10", f"'expose' has the key 'a\\nb', {HOST}"),
    "host with a template": (
        SERVICE + 'expose: {"{{ .Values.x }}": lan}\n',
        "7:10",
        f"'expose' has the key '{{{{ .Values.x }}}}', {HOST}",
    ),
    "file outside": (
        SERVICE + "files: {/etc/x: {source: ../../../../etc/passwd}}\n",
        "7:26",
        f"'files./etc/x.source' is '../../../../etc/passwd', {SOURCE}",
    ),
    "absolute file": (
        SERVICE + "files: {/etc/x: {source: /etc/passwd}}\n",
        "7:26",
        f"'files./etc/x.source' is '/etc/passwd', {SOURCE}",
    ),
    "volume with a path": (
        SERVICE + 'storage: {"../x": {size: 1Gi, mountPath: /x, backup: tier4}}\n',
        "7:11",
        f"'storage' has the key '../x', {LABEL} [shape/key]",
    ),
    "namespace with a path": (
        SERVICE + "namespace: ../../x\n",
        "7:12",
        f"'namespace' is '../../x', {LABEL} [shape/value]",
    ),
}


@pytest.fixture(scope="module")
def scratch(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that every test of this file leaves as it was."""
    return shutil.copytree(written, tmp_path_factory.mktemp("hostile") / "fleet", symlinks=True)


def refused(root: Path) -> Run:
    """Run `charts` and show that it wrote nothing."""
    before = files_of(root, *GENERATED, ".chartroom/ledger")
    run = chartroom(root, "charts", "--quiet")
    assert changes(before, files_of(root, *GENERATED, ".chartroom/ledger")) == []
    return run


def test_each_hostile_file_is_one_finding_and_nothing_is_written(scratch: Path) -> None:
    """All in one run: one bad file hides no other."""
    paths = {f"values/apps/media/case-{number}.yaml": case for number, case in enumerate(REFUSED)}
    for path, case in paths.items():
        put(scratch, path, REFUSED[case][0])
    try:
        run = refused(scratch)
    finally:
        for path in paths:
            (scratch / path).unlink()

    assert (run.code, run.err) == (1, f"{len(REFUSED)} errors; nothing was written\n")
    heads = [line for line in run.out.splitlines() if line.startswith("values/apps/media/case-")]
    wanted = {
        path: f"{path}:{REFUSED[case][1]}: error: {REFUSED[case][2].replace(FILE, path)}"
        for path, case in paths.items()
    }
    assert {head.partition(":")[0]: head for head in heads} == wanted
    assert sum(1 for line in run.out.splitlines() if line.startswith("  fix: ")) == len(REFUSED)
    assert not (scratch / "pwned").exists()


def test_bytes_that_are_no_utf8_are_one_finding(scratch: Path) -> None:
    (scratch / FILE).write_bytes(SERVICE.encode() + b'env: {X: "\xff"}\n')
    try:
        run = refused(scratch)
    finally:
        (scratch / FILE).unlink()

    assert run == Run(
        1,
        f"{FILE}:7:11: error: byte 0xff is not UTF-8 [source/not-utf8]\n  fix: save the file as UTF-8\n",
        "1 error; nothing was written\n",
    )


LINKS = {
    FILE: "/etc/hostname",
    "values/apps/media/self.yaml": "self.yaml",
    "values/apps/loop": "media",
    "values/apps/media/loop": "..",
    "values/loop": "loop",
}


def test_links_are_not_followed(scratch: Path) -> None:
    for path, target in LINKS.items():
        (scratch / path).symlink_to(target)
    try:
        run = refused(scratch)
    finally:
        for path in LINKS:
            (scratch / path).unlink()

    assert run == Run(
        1,
        "".join(
            f"{path}:1:1: error: '{path}' is a symbolic link, links are not followed here [source/symbolic-link]\n"
            "  fix: put the file itself there\n"
            for path in sorted(LINKS)
        ),
        f"{len(LINKS)} errors; nothing was written\n",
    )


NAMES = ("-x", "Extra", "extra file", "x" * 60, "{{ .Values }}")


def test_file_names_that_cannot_be_names_are_findings(scratch: Path) -> None:
    paths = {name: f"values/apps/media/{name}.yaml" for name in NAMES}
    for path in paths.values():
        put(scratch, path, SERVICE)
    try:
        run = refused(scratch)
    finally:
        for path in paths.values():
            (scratch / path).unlink()

    assert run == Run(
        1,
        "".join(
            f"{path}:1:1: error: service name {name!r} is not a DNS label of at most 52 letters [catalogue/name]\n"
            "    summary: Extra\n    ^\n  fix: rename the file: lower-case letters, digits and hyphens\n"
            for name, path in paths.items()
        ),
        f"{len(NAMES)} errors; nothing was written\n",
    )


def test_a_name_that_yaml_readers_take_for_something_else_is_a_finding(scratch: Path) -> None:
    put(scratch, "values/apps/media/on.yaml", SERVICE)
    try:
        run = refused(scratch)
    finally:
        (scratch / "values/apps/media/on.yaml").unlink()

    assert run == Run(
        1,
        "values/apps/media/on.yaml:1:1: error: service name 'on' is something else than text to some YAML readers "
        "[catalogue/name]\n    summary: Extra\n    ^\n  fix: rename the file\n",
        "1 error; nothing was written\n",
    )


def test_a_deep_file_at_any_place_does_not_end_the_process(scratch: Path) -> None:
    for path in ("values/site.yaml", "values/environments/prod.yaml", "values/templates/servarr.yaml"):
        kept = (scratch / path).read_bytes()
        put(scratch, path, "a: " + "[" * 100_000)
        try:
            run = refused(scratch)
        finally:
            (scratch / path).write_bytes(kept)
        assert run.code == 1
        assert f"{path}:1:67: error: nesting is deeper than 64 levels [source/too-deep]" in run.out


TEXTS = {
    "TEMPLATE": '{{ .Values.services }}{{ include "x" . }}',
    "ACTION": "{{- fail `x` -}}",
    "QUOTES": "a'b\"c`d",
    "NEWLINES": "first\n\nkind: Secret\n---\nlast\n",
    "MARKER": "--- # x",
    "ANCHOR": "&a *a !!str",
    "WORDS": "yes",
    "NUMBER": "0x1F",
    "LINES": "a\u2028bc",
    "EMPTY": "",
    "BLANKS": "  x  ",
    "HASH": "a #b: c",
}


@pytest.mark.parametrize("form", ["plain", "byte order mark", "carriage returns"])
def test_any_text_arrives_as_it_is(form: str, fleet: Path) -> None:
    lines = SERVICE + "env:\n"
    for name, text in TEXTS.items():
        inner = "".join(f"\\u{ord(letter):04x}" if not letter.isalnum() else letter for letter in text)
        lines += f'  {name}: "{inner}"\n'
    text = lines.replace("\n", "\r\n") if form == "carriage returns" else lines
    put(fleet, FILE, ("\ufeff" if form == "byte order mark" else "") + text)

    assert chartroom(fleet, "charts", "--quiet").code == 0
    rendered = chartroom(fleet, "render", "extra", "--env", "prod").out

    deployments = [
        manifest.object
        for document in rendered.split("\n---\n")
        for manifest in read_manifests(document).manifests
        if manifest.object["kind"] == "Deployment"
    ]
    container = deployments[0]["spec"]["template"]["spec"]["containers"][0]
    assert {entry["name"]: entry["value"] for entry in container["env"] if entry["name"] != "TZ"} == TEXTS


def test_a_summary_stays_on_its_line_wherever_it_is_printed(written: Path, fleet: Path) -> None:
    summary = "a | b\\n# c ``` <b> {{ fail }} [x](y)"
    put(fleet, FILE, SERVICE.replace("summary: Extra", f'summary: "{summary}"'))

    assert chartroom(fleet, "charts", "--quiet").code == 0

    new = changes(files_of(written), files_of(fleet))
    assert [line for line in new if line[0] != "~"] == [
        "+ charts/media/templates/extra.yaml",
        "+ docs/reference/services/extra.md",
    ]
    page = (fleet / "docs/reference/services/extra.md").read_text().splitlines()
    assert [line for line in page if line.startswith("# ")] == ["# extra"]


def test_name_of_a_file_cannot_print_lines_or_colours_of_its_own(fleet: Path) -> None:
    put(fleet, "values/apps/media/ev\nil\x1b[31m.yaml", SERVICE)
    put(fleet, "charts/media/od\nd.yaml", "x: y\n")

    run = chartroom(fleet, "charts", "--quiet")

    assert run == Run(
        1,
        r"values/apps/media/ev\nil\x1b[31m.yaml:1:1: error: service name 'ev\nil\x1b[31m' is not a DNS label "
        "of at most 52 letters [catalogue/name]\n"
        "    summary: Extra\n    ^\n"
        "  fix: rename the file: lower-case letters, digits and hyphens\n",
        "1 error; nothing was written\n",
    )
    (fleet / "values/apps/media/ev\nil\x1b[31m.yaml").unlink()
    assert chartroom(fleet, "charts", "--quiet").out == (
        r"charts/media/od\nd.yaml:1:1: error: charts/media/od\nd.yaml was not generated, "
        "and lies in a generated folder [output/stray]\n"
        "  fix: delete it or move it away\n"
    )
