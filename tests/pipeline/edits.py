"""Edits that people make between two runs, each with a seed: what the short way of a run is held against.

An edit takes the top of a repository and a source of chance, changes files, and says in words what it did.
"""

import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from generator.emitter import emit
from generator.source import plain, read_bytes

Edit = Callable[[Path, random.Random], str]
Body = dict[str, Any]
_IMAGE = re.compile(r"^( *image: *)([^\s:@]+):([^\s@]+)(@sha256:[0-9a-f]+)?", re.MULTILINE)
_MEMORY = re.compile(r"(limits: \{memory: )(\d+)(Mi|Gi)")
_CPU = re.compile(r"(requests: \{cpu: )(\d+)m")


def services(root: Path) -> list[Path]:
    """The service files, in order."""
    files = (file for tier in ("core", "platform", "apps") for file in (root / "values" / tier).glob("*/*.yaml"))
    return sorted(file for file in files if file.stem != "domain")


def _pick(root: Path, chance: random.Random) -> Path:
    return chance.choice(services(root))


def _load(file: Path) -> Body:
    body = plain(read_bytes(file.name, file.read_bytes()).tree)
    assert isinstance(body, dict)
    return body


def _text(pattern: re.Pattern[str], change: Callable[[re.Match[str], random.Random], str]) -> Edit:
    """Change one place of a file and keep its layout."""

    def edit(root: Path, chance: random.Random) -> str:
        files = [file for file in services(root) if pattern.search(file.read_text())]
        file = chance.choice(files)
        text = file.read_text()
        match = chance.choice(list(pattern.finditer(text)))
        file.write_text(text[: match.start()] + change(match, chance) + text[match.end() :])
        return f"{change.__name__} in {file.stem}"

    return edit


def _body(change: Callable[[Body, random.Random], None], wants: str = "image") -> Edit:
    """Change what a file says and write it anew, without its comments and layout."""

    def edit(root: Path, chance: random.Random) -> str:
        bodies = [(file, body) for file in services(root) if wants in (body := _load(file))]
        file, body = chance.choice(bodies)
        change(body, chance)
        file.write_text(emit(body))
        return f"{change.__name__} in {file.stem}"

    return edit


def new_tag(match: re.Match[str], chance: random.Random) -> str:
    return f"{match[1]}{match[2]}:{match[3]}.{chance.randrange(9)}{match[4] or ''}"


def without_digest(match: re.Match[str], chance: random.Random) -> str:
    return f"{match[1]}{match[2]}:{match[3]}"


def with_digest(match: re.Match[str], chance: random.Random) -> str:
    return f"{match[1]}{match[2]}:{match[3]}@sha256:{chance.randrange(16**64):064x}"


def other_repository(match: re.Match[str], chance: random.Random) -> str:
    return f"{match[1]}{match[2]}-fork:{match[3]}"


def moving_tag(match: re.Match[str], chance: random.Random) -> str:
    return f"{match[1]}{match[2]}:latest"


def more_memory(match: re.Match[str], chance: random.Random) -> str:
    return f"{match[1]}{int(match[2]) + chance.randrange(1, 5)}{match[3]}"


def less_memory(match: re.Match[str], chance: random.Random) -> str:
    return f"{match[1]}1{match[3]}"


def more_cpu(match: re.Match[str], chance: random.Random) -> str:
    return f"{match[1]}{int(match[2]) + 5}m"


def line_above(root: Path, chance: random.Random) -> str:
    file = _pick(root, chance)
    file.write_text(f"# looked at on day {chance.randrange(99)}\n{file.read_text()}")
    return f"a line above all of {file.stem}"


def remark(root: Path, chance: random.Random) -> str:
    file = _pick(root, chance)
    lines = file.read_text().split("\n")
    at = chance.randrange(len(lines) - 1)
    lines[at] = f"{lines[at].partition('  #')[0]}   # {chance.choice(('our figure', 'unverified', 'because'))}"
    file.write_text("\n".join(lines))
    return f"a remark in line {at + 1} of {file.stem}"


def variable(body: Body, chance: random.Random) -> None:
    name = f"ADDED_{chance.randrange(3)}"
    body.setdefault("env", {})[name] = chance.choice(("plain", "${site:zone}", "${site:environment}", "$$(x)"))


def variable_gone(body: Body, chance: random.Random) -> None:
    env = body.get("env") or {}
    if env:
        del env[chance.choice(sorted(env))]
    if not env:
        body.pop("env", None)


def reference(body: Body, chance: random.Random) -> None:
    body.setdefault("env", {})["REFERENCE"] = chance.choice(
        ("${url:prowlarr}", "${port:self}", "${url:self}", "${host:nobody}", "${url:traefik}", "${fqdn:nobody}")
    )


def summary(body: Body, chance: random.Random) -> None:
    body["summary"] = f"Something else, number {chance.randrange(99)}"


def category(body: Body, chance: random.Random) -> None:
    body["category"] = chance.choice(("streaming", "acquisition", "documents", "nowhere"))


def docs(body: Body, chance: random.Random) -> None:
    body["docs"] = f"https://docs.example.net/{chance.randrange(9)}"


def arguments(body: Body, chance: random.Random) -> None:
    body["args"] = ["--level", str(chance.randrange(9)), "${site:zone}"]


def probe(body: Body, chance: random.Random) -> None:
    body["probes"] = chance.choice((f"/health-{chance.randrange(9)}", "tcp:http", {"none": "nothing to ask"}))


def annotation(body: Body, chance: random.Random) -> None:
    body["annotations"] = {"example.net/note": f"number {chance.randrange(9)}"}


def label(body: Body, chance: random.Random) -> None:
    body["labels"] = {"example.net/team": f"team-{chance.randrange(9)}"}


def grace(body: Body, chance: random.Random) -> None:
    body["terminationGracePeriodSeconds"] = chance.randrange(10, 300)


def priority(body: Body, chance: random.Random) -> None:
    body["priorityClassName"] = chance.choice(("critical", "background", "unheard-of"))


def identity(body: Body, chance: random.Random) -> None:
    body["securityContext"] = {"runAsUser": 1000 + chance.randrange(9), "runAsGroup": 1000}


def selector(body: Body, chance: random.Random) -> None:
    body["nodeSelector"] = chance.choice(({"kubernetes.io/arch": "amd64"}, {"nobody": "has-it"}))


def alert(body: Body, chance: random.Random) -> None:
    body["alerts"] = {"Odd": {"expr": f"up < {chance.randrange(9)}", "severity": "warning", "summary": "odd"}}


def objective(body: Body, chance: random.Random) -> None:
    body["slo"] = {"availability": 99 + chance.randrange(1, 9) / 10}


def mounted_text(body: Body, chance: random.Random) -> None:
    body.setdefault("files", {})["/etc/added.conf"] = f"number = {chance.randrange(9)}\n"


def strategy(body: Body, chance: random.Random) -> None:
    body["strategy"] = chance.choice(("Recreate", "RollingUpdate", "OnDelete"))


def replicas(body: Body, chance: random.Random) -> None:
    body["replicas"] = chance.randrange(1, 4)


def port(body: Body, chance: random.Random) -> None:
    body.setdefault("ports", {})["extra"] = 9000 + chance.randrange(9)


def port_gone(body: Body, chance: random.Random) -> None:
    body.pop("ports", None)


def exposed(body: Body, chance: random.Random) -> None:
    body.setdefault("expose", {})[f"added-{chance.randrange(9)}"] = "lan"


def caller(body: Body, chance: random.Random) -> None:
    body["talks_to"] = chance.choice((["prowlarr"], ["postgres:postgresql"], {"internet": ["example.net"]}, ["nobody"]))


def volume(body: Body, chance: random.Random) -> None:
    body.setdefault("storage", {})["added"] = {
        "size": f"{chance.randrange(1, 9)}Gi", "mountPath": "/added", "backup": chance.choice(("tier2", "tier4")),
    }  # fmt: skip


def own_namespace(body: Body, chance: random.Random) -> None:
    body["namespace"] = f"moved-{chance.randrange(9)}"


def dependency(body: Body, chance: random.Random) -> None:
    body["depends_on"] = [chance.choice(("prowlarr", "postgres", "valkey", "overseerr"))]


def unknown_field(body: Body, chance: random.Random) -> None:
    body["imagee"] = "typo"


def patch(body: Body, chance: random.Random) -> None:
    body["patch"] = {
        "Deployment/nobody": {"merge": {"spec": {"replicas": 2}}, "reason": "to see it refused"},
    }  # fmt: skip


def chart_version(body: Body, chance: random.Random) -> None:
    body["chart"]["version"] = f"v9.9.{chance.randrange(9)}"


def chart_value(body: Body, chance: random.Random) -> None:
    body["chart"].setdefault("values", {})["added"] = chance.choice((1, "${site:zone}", {"deep": [1, 2]}))


def chart_pods(body: Body, chance: random.Random) -> None:
    for pod in (body["chart"].get("pods") or {}).values():
        pod["resources"] = {"requests": {"cpu": "20m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}


def chart_kinds(body: Body, chance: random.Random) -> None:
    body["chart"]["kinds"] = [*body["chart"].get("kinds", []), "example.net/Thing"]


def postgres_image(body: Body, chance: random.Random) -> None:
    body["postgres"]["image"] = f"ghcr.io/cloudnative-pg/postgresql:18.{chance.randrange(9)}"


def added(root: Path, chance: random.Random) -> str:
    file = _pick(root, chance)
    name = f"added-{chance.randrange(99)}"
    (file.parent / f"{name}.yaml").write_text(
        f"summary: Added by hand\ncategory: {_load(file).get('category')}\nimage: ghcr.io/example/{name}:1.0\n"
        "ports: {http: 8080}\nprobes: tcp:http\n"
        "resources: {requests: {cpu: 10m, memory: 64Mi}, limits: {memory: 128Mi}}\n"
    )
    return f"a new service beside {file.stem}"


def removed(root: Path, chance: random.Random) -> str:
    file = _pick(root, chance)
    file.unlink()
    return f"{file.stem} removed"


def renamed(root: Path, chance: random.Random) -> str:
    file = _pick(root, chance)
    file.rename(file.with_name(f"{file.stem}-2.yaml"))
    return f"{file.stem} renamed"


def retired(root: Path, chance: random.Random) -> str:
    file = _pick(root, chance)
    body = _load(file)
    kept = {key: body[key] for key in ("summary", "category")}
    file.write_text(emit(kept | {"retired": {"since": "2026-11-01", "reason": "tried"}}))
    return f"{file.stem} retired"


def broken(root: Path, chance: random.Random) -> str:
    file = _pick(root, chance)
    file.write_text(file.read_text() + chance.choice(("\n: [", "\nport: {http: 1}\n", "\nimage: 3\n", "\x00")))
    return f"{file.stem} broken"


def emptied(root: Path, chance: random.Random) -> str:
    file = _pick(root, chance)
    file.write_text("")
    return f"{file.stem} emptied"


def linked(root: Path, chance: random.Random) -> str:
    file = _pick(root, chance)
    other = _pick(root, chance)
    file.unlink()
    file.symlink_to(other.resolve())
    return f"{file.stem} a link to {other.stem}"


def domain(root: Path, chance: random.Random) -> str:
    file = chance.choice(sorted((root / "values").glob("*/*/domain.yaml")))
    body = _load(file)
    body["owner"] = f"owner-{chance.randrange(9)}"
    file.write_text(emit(body))
    return f"another owner of {file.parent.name}"


def site(root: Path, chance: random.Random) -> str:
    file = root / "values" / "site.yaml"
    file.write_text(file.read_text() + f"# day {chance.randrange(99)}\n")
    return "a comment in the site file"


def environment(root: Path, chance: random.Random) -> str:
    file = chance.choice(sorted((root / "values" / "environments").glob("*.yaml")))
    body = _load(file)
    body["summary"] = f"number {chance.randrange(99)}"
    file.write_text(emit(body))
    return f"another summary of {file.stem}"


def template(root: Path, chance: random.Random) -> str:
    file = chance.choice(sorted((root / "values" / "templates").glob("*.yaml")))
    file.write_text(file.read_text() + f"annotations: {{example.net/day: d{chance.randrange(99)}}}\n")
    return f"template {file.stem}"


def mounted_file(root: Path, chance: random.Random) -> str:
    file = chance.choice(sorted(file for file in (root / "values").glob("*/*/files/*") if file.is_file()))
    file.write_text(file.read_text() + f"# day {chance.randrange(99)}\n")
    return f"{file.name} beside the services"


def several(root: Path, chance: random.Random) -> str:
    return " and ".join(chance.choice(SMALL)(root, chance) for _ in range(chance.randrange(2, 4)))


def generated(root: Path, chance: random.Random) -> str:
    """A hand edit of what was generated, together with a change of its cause."""
    file = chance.choice(sorted(file for file in (root / "charts").glob("*/values*.yaml") if file.is_file()))
    file.write_text(file.read_text() + "# by hand\n")
    return f"{file.parent.name}/{file.name} by hand, and {chance.choice(SMALL)(root, chance)}"


def generated_gone(root: Path, chance: random.Random) -> str:
    file = chance.choice(sorted((root / "docs" / "reference").glob("*.md")))
    file.unlink()
    return f"{file.name} deleted, and {chance.choice(SMALL)(root, chance)}"


def damaged(root: Path, chance: random.Random) -> str:
    files = sorted(file for file in (root / ".cache" / "chartroom").glob("*") if file.is_file())
    file = chance.choice(files)
    content = file.read_bytes()
    at = chance.randrange(len(content))
    how = chance.randrange(4)
    if how == 0:
        file.unlink()
    elif how == 1:
        file.write_bytes(content[:at])
    elif how == 2:
        file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    else:
        shutil.rmtree(file.parent)
    return f"{file.name} of the cache damaged ({how}), and {chance.choice(SMALL)(root, chance)}"


SMALL: tuple[Edit, ...] = (
    _text(_IMAGE, new_tag),
    _text(_IMAGE, without_digest),
    _text(_IMAGE, with_digest),
    _text(_MEMORY, more_memory),
    _text(_CPU, more_cpu),
    line_above,
    remark,
    *map(
        _body,
        (
            *(variable, variable_gone, reference, summary, docs, arguments, probe, annotation, label, grace, identity),
            *(alert, objective, mounted_text, strategy, selector, priority),
        ),
    ),
    _body(chart_version, "chart"),
    _body(chart_value, "chart"),
    _body(chart_pods, "chart"),
)
LARGE: tuple[Edit, ...] = (
    _text(_IMAGE, other_repository),
    _text(_IMAGE, moving_tag),
    _text(_MEMORY, less_memory),
    *map(
        _body,
        (
            *(category, replicas, port, port_gone, exposed, caller, volume, own_namespace, dependency),
            *(unknown_field, patch),
        ),
    ),
    _body(chart_kinds, "chart"),
    _body(postgres_image, "postgres"),
    *(added, removed, renamed, retired, broken, emptied, linked, domain, site, environment, template),
    *(mounted_file, several, generated, generated_gone, damaged),
)


def drawn(seed: int, count: int) -> Iterator[tuple[Edit, random.Random]]:
    """Yield edits with their sources of chance: every small one before any comes again, large ones between."""
    chance = random.Random(seed)
    small, large = list(SMALL), list(LARGE)
    chance.shuffle(small)
    chance.shuffle(large)
    for number in range(count):
        pool, at = (large, number // 3) if number % 3 == 2 else (small, number - number // 3)
        yield pool[at % len(pool)], random.Random(chance.random())
