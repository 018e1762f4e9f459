"""What references of pods and routes can lead to: accounts with roles, keys of Secrets, ports behind Services."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from generator.policy.pod import Pod
from generator.policy.relate import Objects, metadata, namespace_of

Json = dict[str, Any]
_ANY = ["*"]
_TLS = ["ca.crt", "tls.crt", "tls.key"]


def bound_accounts(objects: Objects) -> list[str]:
    """Return the ServiceAccounts that some role is bound to, as namespace/name."""
    found = set()
    for body in objects.values():
        if body.get("kind") in ("RoleBinding", "ClusterRoleBinding"):
            for subject in body.get("subjects") or ():
                if subject.get("kind") == "ServiceAccount":
                    found.add(f"{subject.get('namespace') or namespace_of(body)}/{subject.get('name')}")
    return sorted(found)


def secret_keys(objects: Objects) -> dict[str, list[str]]:
    """Return the keys of every Secret that exists or will be made, by namespace/name; `*` where they are not known."""
    found: dict[str, list[str]] = {}
    for body in objects.values():
        spec, here = body.get("spec") or {}, namespace_of(body)
        name = str(metadata(body).get("name"))
        match str(body.get("kind")):
            case "Secret":
                found[f"{here}/{name}"] = sorted({**(body.get("data") or {}), **(body.get("stringData") or {})})
            case "ExternalSecret":
                target = spec.get("target") or {}
                found[f"{here}/{target.get('name') or name}"] = _external_keys(spec, target)
            case "Certificate":
                found[f"{here}/{spec.get('secretName')}"] = _TLS
            case "Cluster":
                for suffix in ("app", "superuser", "ca", "server", "replication"):
                    found[f"{here}/{name}-{suffix}"] = _ANY
            case _:
                pass
    return found


def _external_keys(spec: Mapping[str, Any], target: Mapping[str, Any]) -> list[str]:
    template = target.get("template") or {}
    if spec.get("dataFrom") or template.get("templateFrom"):
        return _ANY
    keys = {str(item.get("secretKey")) for item in spec.get("data") or ()}
    made = set(template.get("data") or {})
    # A template replaces what was fetched unless it says Merge.
    return sorted(made | keys if template.get("mergePolicy") == "Merge" else made or keys)


def config_keys(objects: Objects) -> dict[str, list[str]]:
    """Return the keys of every ConfigMap, by namespace/name."""
    return {
        f"{namespace_of(body)}/{metadata(body).get('name')}": sorted(
            {**(body.get("data") or {}), **(body.get("binaryData") or {})}
        )
        for body in objects.values()
        if body.get("kind") == "ConfigMap"
    }


def ports_behind(selected: Mapping[str, Sequence[str]], pods: Mapping[str, Iterable[Pod]]) -> dict[str, list[Json]]:
    """Return the container ports of what each Service or monitor selects."""
    found: dict[str, list[Json]] = {}
    for name, ids in selected.items():
        ports = {
            (str(port.get("name", "")), int(port.get("containerPort", 0)), str(port.get("protocol", "TCP")))
            for item in ids
            for pod in pods.get(item, ())
            for container in pod.containers
            for port in container.get("ports") or ()
        }
        found[name] = [
            {"name": label, "number": number, "protocol": protocol} for label, number, protocol in sorted(ports)
        ]
    return found
