"""Multiply the real catalogue into a fleet of N services in many domains.

A copy of a service keeps its shape and refers to its own copies: `sonarr` in copy 7 of `media`
becomes `sonarr-0007` in `media-0007` and talks to `prowlarr-0007`. What only one service can have
(load-balancer addresses, Valkey databases) is left out of copies.
"""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.emitter import emit
from generator.source import plain, read_bytes

_REFERENCE = re.compile(r"\$\{(port|host|address|url|fqdn):([a-z0-9-]+)")


def multiply(source: Path, target: Path, services: int, *, lean: bool = False) -> int:
    """Copy the repository at `source` and add copies of its application services up to about `services`.

    A lean copy has no service with a namespace of its own and no NFS volume: both stand in the one Application of
    guard rails, which carries 2,500 objects and not those of much more than 2,000 services.
    Returns the number of services that the copy has.
    """
    shutil.copytree(source / "values", target / "values")
    (target / "charts").mkdir(parents=True)
    shutil.copytree(source / "charts" / "common", target / "charts" / "common")
    if (source / "tests" / "facts").is_dir():
        shutil.copytree(source / "tests" / "facts", target / "tests" / "facts")
    count = sum(1 for file in (target / "values").glob("*/*/*.yaml") if file.stem != "domain")
    copy = 0
    while count < services:
        copy += 1
        for domain in sorted((source / "values" / "apps").iterdir()):
            into = target / "values" / "apps" / f"{domain.name}-{copy:04}"
            count += _copy_domain(domain, into, f"-{copy:04}", lean=lean)
            if count >= services:
                break
    _open_budgets(target)
    return count


def _copy_domain(domain: Path, target: Path, suffix: str, *, lean: bool) -> int:
    target.mkdir(parents=True)
    if (domain / "files").is_dir():
        shutil.copytree(domain / "files", target / "files")
    shutil.copy(domain / "domain.yaml", target / "domain.yaml")
    files = sorted(file for file in domain.glob("*.yaml") if file.stem != "domain")
    kept = {file.stem: _load(file) for file in files}
    kept = {name: body for name, body in kept.items() if "retired" not in body}
    if lean:
        kept = {name: _without_shares(body) for name, body in kept.items() if not {"namespace", "chart"} & set(body)}
    names = {name: name + suffix for name in kept}
    for name, body in kept.items():
        changed = _rename(body, names, suffix)
        (target / f"{name}{suffix}.yaml").write_text(emit(changed), encoding="utf-8")
    return len(kept)


def _without_shares(body: dict[str, Any]) -> dict[str, Any]:
    for part in (body, *(body.get("components") or {}).values()):
        storage = part.get("storage") or {}
        for name in [name for name, volume in storage.items() if isinstance(volume, dict) and "nfs" in volume]:
            del storage[name]
    return body


def _load(file: Path) -> dict[str, Any]:
    body = plain(read_bytes(file.name, file.read_bytes()).tree)
    assert isinstance(body, dict)
    return body


def _rename(body: dict[str, Any], names: Mapping[str, str], suffix: str) -> dict[str, Any]:
    result = {key: _texts(value, names, suffix) for key, value in body.items()}
    for key in ("load_balancer", "devices"):
        result.pop(key, None)
    exceptions = {
        name: grant for name, grant in (result.get("exceptions") or {}).items() if "hostNetwork" not in grant["allow"]
    }
    if exceptions != (result.get("exceptions") or {}):
        result["exceptions"] = exceptions
        result["namespace"].pop("pod_security", None)  # the level that the dropped exception needed
    if isinstance(needs := result.get("needs"), dict):
        needs.pop("valkey", None)
    if "expose" in result:
        result["expose"] = {f"{host}{suffix}": value for host, value in result["expose"].items()}
    if isinstance(namespace := result.get("namespace"), dict):
        namespace["name"] += suffix
    elif isinstance(namespace, str):
        result["namespace"] = namespace + suffix
    _components(result, names)
    for part in (result.get("components") or {}).values():
        _components(part, names)
        if isinstance(needs := part.get("needs"), dict):
            needs.pop("valkey", None)
    if "depends_on" in result:
        result["depends_on"] = [names.get(name, name) for name in result["depends_on"]]
    return result


def _components(part: dict[str, Any], names: Mapping[str, str]) -> None:
    talks = part.get("talks_to")
    if isinstance(talks, list):
        part["talks_to"] = [_call(call, names) for call in talks]
    elif isinstance(talks, dict) and "services" in talks:
        talks["services"] = [_call(call, names) for call in talks["services"]]
    for container in (part, *(part.get("initContainers") or {}).values()):
        if isinstance(secrets := container.get("secrets"), dict):
            container["secrets"] = {key: _secret(value, names) for key, value in secrets.items()}
    for volume in (part.get("storage") or {}).values():
        claim = volume.get("existingClaim")
        owner = next((name for name in names if claim and claim.startswith(f"{name}-")), None)
        if owner:
            volume["existingClaim"] = names[owner] + claim.removeprefix(owner)


def _call(call: str, names: Mapping[str, str]) -> str:
    name, colon, port = call.partition(":")
    return names.get(name, name) + colon + port


def _secret(value: str, names: Mapping[str, str]) -> str:
    owner, slash, key = value.partition("/")
    return f"{names.get(owner, owner)}/{key}" if slash else value


def _texts(value: Any, names: Mapping[str, str], suffix: str) -> Any:
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: _reference(match, names, suffix), value)
    if isinstance(value, dict):
        return {key: _texts(item, names, suffix) for key, item in value.items()}
    if isinstance(value, list):
        return [_texts(item, names, suffix) for item in value]
    return value


def _reference(match: re.Match[str], names: Mapping[str, str], suffix: str) -> str:
    kind, name = match.groups()
    return f"${{{kind}:{name}{suffix}" if kind == "fqdn" else f"${{{kind}:{names.get(name, name)}"


def _open_budgets(target: Path) -> None:
    """Environments list what is on; copies follow the rules of their tier."""
    dev = target / "values" / "environments" / "dev.yaml"
    body = _load(dev)
    body.pop("enabled", None)
    body["disabled"] = ["apps/ai", "apps/home-automation", "apps/media"]  # what needs addresses and devices of prod
    body.pop("services", None)
    dev.write_text(emit(body), encoding="utf-8")
