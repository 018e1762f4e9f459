"""What rendered objects hold that must be unique: addresses outside, ports of nodes, hosts and paths."""

from collections.abc import Iterator, Mapping
from typing import Any

from generator.policy.pod import Pod

Json = dict[str, Any]
Key = tuple[str, str, str]
_ADDRESS_ANNOTATIONS = ("metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs", "lbipam.cilium.io/ips")


def addresses_of(body: Mapping[str, Any]) -> list[str]:
    """Return the addresses that a LoadBalancer Service asks for."""
    annotations = (body.get("metadata") or {}).get("annotations") or {}
    stated = [annotations.get(key, "") for key in _ADDRESS_ANNOTATIONS]
    stated.append(str((body.get("spec") or {}).get("loadBalancerIP") or ""))
    return sorted({part.strip() for text in stated for part in str(text).split(",") if part.strip()})


def rendered_claims(environment: str, body: Mapping[str, Any], pods: tuple[Pod, ...]) -> Iterator[Key]:
    """Yield (scope, kind, key) of each hold. Site keys collide across environments, cluster keys within one."""
    spec: Mapping[str, Any] = body.get("spec") or {}
    cluster = f"cluster {environment}"
    match body.get("kind"):
        case "Service":
            yield from _service_claims(cluster, body, spec)
        case "HTTPRoute":
            yield from _route_claims(cluster, spec)
        case "Ingress":
            for rule in spec.get("rules") or ():
                for path in (rule.get("http") or {}).get("paths") or ():
                    yield cluster, "route", f"{spec.get('ingressClassName')} {rule.get('host')}{path.get('path', '/')}"
        case _:
            yield from _pod_claims(cluster, pods)


def _service_claims(cluster: str, body: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[Key]:
    for port in spec.get("ports") or ():
        protocol = port.get("protocol", "TCP")
        if spec.get("type") == "LoadBalancer":
            for address in addresses_of(body):
                yield "site", "load-balancer", f"{address}:{port.get('port')}/{protocol}"
        if port.get("nodePort"):
            yield cluster, "node-port", f"{port['nodePort']}/{protocol}"


def _pod_claims(cluster: str, pods: tuple[Pod, ...]) -> Iterator[Key]:
    for pod in pods:
        for container in pod.containers:
            for port in container.get("ports") or ():
                number = port.get("hostPort") or (port.get("containerPort") if pod.spec.get("hostNetwork") else None)
                if number:
                    yield cluster, "host-port", f"{number}/{port.get('protocol', 'TCP')}"


def _route_claims(cluster: str, spec: Mapping[str, Any]) -> Iterator[Key]:
    parents = {f"{parent.get('namespace', '')}/{parent.get('name')}" for parent in spec.get("parentRefs") or ()}
    nothing: tuple[Mapping[str, Any], ...] = ({},)
    paths = {
        str((match.get("path") or {}).get("value", "/"))
        for rule in spec.get("rules") or nothing
        for match in rule.get("matches") or nothing
    }
    for parent in sorted(parents):
        for host in spec.get("hostnames") or ("*",):
            for path in sorted(paths):
                yield cluster, "route", f"{parent} {host}{path}"


def grouped(claims: Mapping[Key, list[Json]]) -> list[Json]:
    """Return claims by what they hold; holders of one name and place count once."""
    found = []
    for (scope, kind, key), holders in sorted(claims.items()):
        by_name: dict[tuple[str, str | None], Json] = {}
        for holder in holders:
            entry = by_name.setdefault((holder["name"], holder["place"]), {**holder, "environments": []})
            entry["environments"] = sorted({*entry["environments"], *holder["environments"]})
        found.append({"scope": scope, "kind": kind, "key": key, "holders": list(by_name.values())})
    return found
