"""Write a new service or domain that passes, and never over an existing one."""

import re
from dataclasses import dataclass
from pathlib import Path

from generator.catalogue.load import RESERVED_NAMES, RESERVED_SERVICES, TIERS
from generator.catalogue.read import texts
from generator.catalogue.sources import read_sources
from generator.catalogue.suggest import did_you_mean
from generator.emitter import emit
from generator.finding import ChartroomError, format_finding
from generator.pipeline.fix import replace_file
from generator.pipeline.place import require_values
from generator.pipeline.workspace import Workspace, open_workspace

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?\Z")


class NotMade(ChartroomError):
    """A new file was not written, and why."""


@dataclass(frozen=True, slots=True)
class NewService:
    """What is asked for a service; `port` None makes one without a port and without probes."""

    tier: str
    domain: str
    name: str
    summary: str
    category: str
    image: str
    port: int | None
    probe: str | None
    cpu: str
    memory: str
    memory_limit: str
    host: str | None
    gateway: str | None


@dataclass(frozen=True, slots=True)
class NewDomain:
    tier: str
    name: str
    summary: str
    owner: str
    category: str


def split_path(path: str, *, parts: int) -> list[str]:
    """Take `tier/domain[/service]` apart.

    Raises:
        NotMade: it has another form, or the tier does not exist.
    """
    form = "tier/domain/service" if parts == 3 else "tier/domain"
    steps = path.split("/")
    if len(steps) != parts:
        raise NotMade(
            f"{path!r} is not of the form {form}, such as {'apps/media/sonarr' if parts == 3 else 'apps/media'}"
        )
    if steps[0] not in TIERS:
        raise NotMade(f"{steps[0]!r} is no tier, {', '.join(TIERS)} are{did_you_mean(steps[0], TIERS)}")
    return steps


def room_for_service(root: Path, tier: str, domain: str, name: str) -> tuple[str, ...]:
    """Return the categories that a new service may choose from: whoever asks a person asks this first.

    Raises:
        NotMade: the name is taken or cannot be one, or there is no such domain.
    """
    require_values(root)
    sources = read_sources(root)
    _check_name(name, RESERVED_SERVICES)
    taken = sources.services.get(name)
    if taken is not None:
        raise NotMade(f"service {name!r} exists: {taken.path}")
    if domain not in sources.domains:
        guess = did_you_mean(domain, sources.domains)
        raise NotMade(f"domain {domain!r} does not exist ('chartroom new --domain {tier}/{domain}' makes it){guess}")
    there, tree = sources.domains[domain]
    if there != tier:
        raise NotMade(f"domain {domain!r} is of tier {there!r}: write {there}/{domain}/{name}")
    return texts(tree, "categories")


def room_for_domain(root: Path, name: str) -> None:
    """Ask whether a new domain may have that name.

    Raises:
        NotMade: the name is taken or cannot be one.
    """
    require_values(root)
    sources = read_sources(root)
    _check_name(name, RESERVED_NAMES)
    if name in sources.domains:
        tier = sources.domains[name][0]
        raise NotMade(f"domain {name!r} exists: values/{tier}/{name}/domain.yaml")


def make_service(root: Path, new: NewService) -> Path:
    """Write the file of a service.

    Raises:
        NotMade: the name is taken or cannot be one, or what was asked for does not pass.
    """
    room_for_service(root, new.tier, new.domain, new.name)
    workspace = open_workspace(root)
    path = Path("values") / new.tier / new.domain / f"{new.name}.yaml"
    return _write(root, path, _service_text(new), workspace)


def make_domain(root: Path, new: NewDomain) -> Path:
    """Write the file of a domain.

    Raises:
        NotMade: the name is taken or cannot be one, or what was asked for does not pass.
    """
    room_for_domain(root, new.name)
    workspace = open_workspace(root)
    return _write(root, Path("values") / new.tier / new.name / "domain.yaml", _domain_text(new), workspace)


def _check_name(name: str, reserved: frozenset[str]) -> None:
    if name in reserved:
        raise NotMade(f"name {name!r} is reserved")
    if not _NAME.match(name):
        raise NotMade(f"name {name!r} is not a DNS label of at most 52 letters: lower-case letters, digits and hyphens")


def _write(root: Path, path: Path, text: str, before: Workspace) -> Path:
    """Write the file, read everything again, and take it back if it brought a new error."""
    file = root / path
    if file.exists():
        raise NotMade(f"{path} exists")
    made = [folder for folder in (file.parent.parent, file.parent) if not folder.exists()]
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, text)
    known = set(before.findings)
    faults = [
        finding
        for finding in open_workspace(root).findings
        if finding not in known and finding.severity.name == "ERROR"
    ]
    if faults:
        shown = "\n".join(format_finding(fault, root) for fault in faults)
        file.unlink()
        for folder in reversed(made):
            folder.rmdir()
        raise NotMade(f"{path} would not pass, so it was not written:\n{shown}")
    return path


def _service_text(new: NewService) -> str:
    body: dict[str, object] = {"summary": new.summary, "category": new.category, "image": new.image}
    if new.port is not None:
        body["ports"] = {"http": new.port}
        body["probes"] = new.probe or "tcp:http"
    else:
        body["probes"] = {"none": "it has no port"}
    body["resources"] = {"requests": {"cpu": new.cpu, "memory": new.memory}, "limits": {"memory": new.memory_limit}}
    if new.host is not None and new.gateway is not None:
        body["expose"] = {new.host: {"gateway": new.gateway, "auth": "app"}}
    return "# yaml-language-server: $schema=../../../.schemas/service.json\n" + emit(body)


def _domain_text(new: NewDomain) -> str:
    budget = {"requests": {"cpu": 1, "memory": "2Gi"}, "limits": {"memory": "8Gi"}, "storage": "50Gi"}
    body = {"summary": new.summary, "owner": new.owner, "categories": [new.category], "budget": budget}
    return "# yaml-language-server: $schema=../../../.schemas/domain.json\n" + emit(body)
