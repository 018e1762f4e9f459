"""The fleet as one JSON document: what conftest and the rules in Python read (architecture.md 10)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson

from generator.catalogue.quantity import QuantityError
from generator.fleet import Fleet
from generator.policy.backup import Copies
from generator.policy.claim import Key, grouped, rendered_claims
from generator.policy.distil import annotations_of, distil
from generator.policy.error import PolicyError
from generator.policy.facts import facts_of, hosts_of, overlaps_of, quantities, ranges_of, site_claims
from generator.policy.measure import (
    claims_of,
    counts_of,
    declared_volumes,
    declared_workloads,
    pod_amount,
    volumes_of,
    workload,
)
from generator.policy.need import needs_of
from generator.policy.pod import Pod, pods_of
from generator.policy.pod_security import level_of
from generator.policy.reference import bound_accounts, config_keys, ports_behind, secret_keys
from generator.policy.relate import (
    Relations,
    alerts_of,
    applications_of,
    covered_pods,
    metadata,
    namespace_of,
    short_name,
    watchers_of,
    waved,
)

Json = dict[str, Any]
VERSION = 1
TIER_LABEL = "chartroom/backup"
_NAME, _COMPONENT = "app.kubernetes.io/name", "app.kubernetes.io/component"
_DEFAULT_MINOR = 36


@dataclass(frozen=True, slots=True)
class Entry:
    """One rendered object: the environment it is for, the file in the repository that prints it."""

    environment: str
    path: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """An environment: its resolved fleet where there is one, and facts that replace derived ones."""

    name: str
    fleet: Fleet | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Object:
    """A distinct object. `short` is Kind/namespace/name; what is asked for often is looked up once."""

    id: str
    body: Mapping[str, Any]
    paths: dict[str, str]
    pods: tuple[Pod, ...]
    short: str
    namespace: str


def build_document(
    contexts: Sequence[Context], entries: Iterable[Entry], today: date, waivers: Sequence[Mapping[str, Any]] = ()
) -> Json:
    """Return the document of these environments and objects.

    Raises:
        PolicyError: an object holds a quantity that is none; the schema stage says so first.
    """
    objects = _distinct(entries)
    claims: dict[Key, list[Json]] = {}
    for key, holder in site_claims(context.fleet for context in contexts if context.fleet):
        claims.setdefault(key, []).append(holder)
    environments = {}
    try:
        for context in contexts:
            environments[context.name] = _Environment(context, objects, claims).facts()
    except QuantityError as error:
        raise PolicyError(f"an object of the fleet has a quantity that cannot be counted: {error}") from error
    fleets = {context.name: context.fleet for context in contexts if context.fleet}
    ranges = ranges_of(fleets)
    listed = [_listed(item) for item in objects]
    return {
        "version": VERSION,
        "today": today.isoformat(),
        "environments": environments,
        "objects": {item["id"]: item for item in listed},
        "by_kind": _by_kind(listed),
        "pods": [entry for item in objects for entry in _pods(item, contexts)],
        "claims": grouped(claims),
        "ranges": ranges,
        "overlaps": overlaps_of(ranges),
        "hosts": hosts_of(fleet.inventory for fleet in fleets.values()),
        "waivers": [dict(waiver) for waiver in waivers],
    }


def _distinct(entries: Iterable[Entry]) -> list[_Object]:
    """Return every distinct object once, with the environments that have it and the file of each."""
    found: dict[bytes, _Object] = {}
    taken: set[str] = set()
    for entry in entries:
        key = orjson.dumps(entry.body, option=orjson.OPT_SORT_KEYS)
        item = found.get(key)
        if item is None or entry.environment in item.paths:
            short = short_name(entry.body)
            name = f"{entry.environment}:{short}"
            while name in taken:  # the same name twice in one environment is a finding of its own
                name += "+"
            taken.add(name)
            key = key if item is None else key + name.encode()
            pods = tuple(pods_of(entry.body))
            found[key] = _Object(
                name, entry.body, {entry.environment: entry.path}, pods, short, namespace_of(entry.body)
            )
        else:
            item.paths[entry.environment] = entry.path
    return list(found.values())


def _listed(item: _Object) -> Json:
    body = item.body
    meta = metadata(body)
    labels = meta.get("labels") or {}
    group, _, version = str(body.get("apiVersion", "")).rpartition("/")
    return {
        "id": item.id,
        "environments": sorted(item.paths),
        "group": group,
        "version": version,
        "kind": str(body.get("kind")),
        "namespace": namespace_of(body),
        "name": str(meta.get("name", "")),
        "labels": labels,
        "annotations": annotations_of(meta),
        "service": labels.get(_NAME),
        "component": labels.get(_COMPONENT),
        "path": next(iter(item.paths.values())),
        **distil(body),
    }


def _by_kind(listed: Iterable[Json]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for item in listed:
        found.setdefault(item["kind"], []).append(item["id"])
    return dict(sorted(found.items()))


def _pods(item: _Object, contexts: Sequence[Context]) -> Iterable[Json]:
    meta = metadata(item.body)
    labels = meta.get("labels") or {}
    here = [context for context in contexts if context.name in item.paths]
    minors = sorted({minor_of(context) for context in here})
    for pod in item.pods:
        granted = granted_to(item, here)
        yield {
            "id": item.id,
            "environments": sorted(item.paths),
            "minors": minors,
            "kind": str(item.body.get("kind")),
            "namespace": item.namespace,
            "name": str(meta.get("name", "")),
            "service": labels.get(_NAME),
            "component": labels.get(_COMPONENT),
            "path": list(pod.path),
            "labels": dict(pod.labels),
            "annotations": dict(pod.annotations),
            "made_by": pod.made_by,
            "level": "" if pod.made_by else max((level_of(pod, minor) for minor in minors), key=_RANK.__getitem__),
            "replicas": (item.body.get("spec") or {}).get("replicas"),
            "spec": pod.spec,
            "containers": list(pod.containers),
            "granted": granted,
        }


_RANK = {"restricted": 0, "baseline": 1, "privileged": 2}


def minor_of(context: Context) -> int:
    """Return the minor of the Kubernetes version that an environment runs."""
    stated = (context.facts.get("kubernetes") or {}).get("minor")
    if stated is not None:
        return int(stated)
    return int(context.fleet.site.kubernetes.version.split(".")[1]) if context.fleet else _DEFAULT_MINOR


def granted_to(item: _Object, contexts: Sequence[Context]) -> Json:
    """Return what `exceptions` allow each container (`*`: the whole pod) in all environments of an object."""
    labels = metadata(item.body).get("labels") or {}
    several = [_grants(context, labels) for context in contexts]
    if not several:
        return {}
    common = several[0]
    for other in several[1:]:
        common = {key: [item for item in items if item in other.get(key, ())] for key, items in common.items()}
    return common


def _grants(context: Context, labels: Mapping[str, str]) -> dict[str, list[str]]:
    stated = context.facts.get("granted")
    if stated is not None:
        return {key: list(items) for key, items in stated.items()}
    service = context.fleet.services.get(labels.get(_NAME, "")) if context.fleet else None
    component = service.components.get(labels.get(_COMPONENT, "main")) if service else None
    found: dict[str, list[str]] = {}
    for grant in component.grants.values() if component else ():
        container = grant.container
        if component is not None and component.container is not None and container in ("main", component.name):
            container = component.container.name
        for key, value in grant.allow.items():
            words = [key]
            if key == "hostPath":
                words += [f"hostPath:{volume}" for volume in value]
            elif key == "capabilities":
                words += [f"capability:{name}" for name in (value.get("add") or ())]
            elif key == "hostPort":
                words += [f"hostPort:{number}" for number in value.values()]
            found.setdefault(container, []).extend(words)
            found.setdefault("*", []).extend(words)
    return found


class _Environment:
    """What rules read of one environment: its facts, and what its objects have to do with each other."""

    def __init__(self, context: Context, objects: Sequence[_Object], claims: dict[Key, list[Json]]) -> None:
        self.context = context
        self.items = [item for item in objects if context.name in item.paths]
        self.bodies = {item.id: item.body for item in self.items}
        self._note_claims(claims)

    def _note_claims(self, claims: dict[Key, list[Json]]) -> None:
        environment = self.context.name
        for item in self.items:
            for key in dict.fromkeys(rendered_claims(environment, item.body, item.pods)):
                name = item.short if key[0] != "site" else f"{item.short} ({environment})"
                holder = {"name": name, "environments": [environment], "place": None, "object": item.id}
                claims.setdefault(key, []).append(holder)

    def facts(self) -> Json:
        base: Json = facts_of(self.context.fleet) if self.context.fleet else bare_facts()
        base = merged(base, self.context.facts)
        relations = Relations(
            self.bodies, {item.id: [pod.labels for pod in item.pods] for item in self.items if item.pods}
        )
        found = {item.id: relations.selected(item.body) for item in self.items}
        selected = {name: ids for name, ids in found.items() if ids is not None}
        index, doubles = self._index()
        return {
            **base,
            "index": index,
            "doubles": doubles,
            "selected": selected,
            "open": sorted(name for name, space in base["namespaces"].items() if space["upstream"] or space["builtin"]),
            "ports": ports_behind(
                {name: ids for name, ids in selected.items() if self.bodies[name].get("kind") == "Service"},
                {item.id: item.pods for item in self.items},
            ),
            "bound": bound_accounts(self.bodies),
            "secrets": secret_keys(self.bodies),
            "config_maps": config_keys(self.bodies),
            "workloads": (workloads := self._workloads(base)),
            "volumes": (volumes := self._volumes(base)),
            "needs": needs_of(workloads, volumes),
            "coverage": self._coverage(selected, alerts := alerts_of(self.bodies)),
            "alerts": _by_service(alerts),
            "covered": covered_pods(self.bodies, selected),
            "quotas": self._quotas(),
            "applications": (applications := self._applications()),
            "waves": waved(applications, base["services"]),
        }

    def _index(self) -> tuple[Json, list[Json]]:
        """Return ids by Kind/namespace/name, and the names that stand twice."""
        index: dict[str, str] = {}
        doubles: list[Json] = []
        for item in self.items:
            group = str(item.body.get("apiVersion", "")).rpartition("/")[0]
            name = item.short
            if name in index and str(self.bodies[index[name]].get("apiVersion", "")).rpartition("/")[0] == group:
                doubles.append({"name": name, "ids": [index[name], item.id]})
            index.setdefault(name, item.id)
        return index, doubles

    def _domain(self, item: _Object, base: Json) -> str | None:
        """The domain is the chart that prints an object; else whoever owns its namespace."""
        steps = item.paths[self.context.name].split("/")
        if len(steps) > 2 and steps[0] == "charts" and steps[1] in base["domains"]:
            return steps[1]
        space = base["namespaces"].get(item.namespace)
        return space["domain"] if space else None

    def _workloads(self, base: Json) -> list[Json]:
        nodes = [node for node in base["nodes"] if node["role"] == "worker"]
        scaled = self._scaled()
        found = []
        for item in self.items:
            labels = metadata(item.body).get("labels") or {}
            for pod in item.pods:
                here = base["nodes"] if _runs_anywhere(pod) else nodes
                counts = counts_of(item.body, len(here), scaled.get(item.short))
                found.append(
                    workload(
                        item.short, str(item.body.get("kind")), pod_amount(pod), counts, id=item.id,
                        domain=self._domain(item, base), namespace=item.namespace,
                        service=labels.get(_NAME), declared=False,
                        control_planes=_runs_anywhere(pod), place=None,
                        at_once=int((item.body.get("spec") or {}).get("parallelism", 1)),
                    )
                )  # fmt: skip
        fleet = self.context.fleet
        for service in fleet.services.values() if fleet else ():
            for declared in declared_workloads(service, len(base["nodes"])):
                more = {"domain": service.domain, "namespace": fleet.namespace_of[service.name] if fleet else ""}
                found.append({**declared, **more, "id": None, "service": service.name, "control_planes": True})
        return found

    def _scaled(self) -> dict[str, int]:
        """Return the most replicas that an autoscaler may ask for, by the name of its target."""
        found = {}
        for item in self.items:
            if item.body.get("kind") == "HorizontalPodAutoscaler":
                spec = item.body.get("spec") or {}
                target = spec.get("scaleTargetRef") or {}
                name = f"{target.get('kind')}/{item.namespace}/{target.get('name')}"
                found[name] = int(spec.get("maxReplicas", 1))
        return found

    def _volumes(self, base: Json) -> list[Json]:
        copies = Copies(self.bodies, self.context.fleet)
        servers = self._servers()
        found = []
        for item in self.items:
            labels = metadata(item.body).get("labels") or {}
            replicas = int((item.body.get("spec") or {}).get("replicas", 1))
            for volume in volumes_of(item.body, replicas):
                server = servers.get(str(volume["volume"]))
                stated = self._tier(labels, volume, base)
                tier = volume["labels"].get(TIER_LABEL) or stated
                found.append(
                    {
                        **volume,
                        "id": item.id, "domain": self._domain(item, base), "namespace": item.namespace,
                        "service": labels.get(_NAME), "component": labels.get(_COMPONENT), "declared": False,
                        "tier": tier, "stated": stated, "failure_domain": server or "cluster", "server": server,
                        "copies": copies.of(volume, item.namespace, claims_of(item.body, volume)), "place": None,
                    }
                )  # fmt: skip
        return found + self._declared_volumes(copies)

    def _declared_volumes(self, copies: Copies) -> list[Json]:
        fleet = self.context.fleet
        found = []
        for service in fleet.services.values() if fleet else ():
            assert fleet is not None
            labelled = _says_tier(service.chart.values) if service.chart else set()
            for volume in declared_volumes(service):
                labels = {TIER_LABEL: volume["tier"]} if volume["tier"] in labelled else {}
                namespace = fleet.namespace_of[service.name]
                volume = {**volume, "labels": labels, "class": volume["class"] or fleet.site.default_class}
                found.append(
                    {
                        **volume,
                        "id": None, "domain": service.domain, "namespace": namespace, "service": service.name,
                        "component": "main", "declared": True, "failure_domain": "cluster", "server": None,
                        "copies": copies.of(volume, namespace, (str(volume["name"]),)),
                    }
                )  # fmt: skip
        return found

    def _servers(self) -> dict[str, str]:
        """Return the NFS server by the name of its PersistentVolume."""
        found = {}
        addresses = (
            {str(address): name for name, address in self.context.fleet.site.addresses.items()}
            if self.context.fleet
            else {}
        )
        for item in self.items:
            nfs = (item.body.get("spec") or {}).get("nfs") if item.body.get("kind") == "PersistentVolume" else None
            if nfs:
                server = str(nfs.get("server"))
                found[str(metadata(item.body).get("name"))] = addresses.get(server, server)
        return found

    def _tier(self, labels: Mapping[str, str], volume: Json, base: Json) -> str | None:
        """The tier of what carries no label: claims of StatefulSets, databases, shares."""
        fleet = self.context.fleet
        service = fleet.services.get(labels.get(_NAME, "")) if fleet else None
        if fleet is None or service is None:
            return None
        if service.postgres is not None:
            return service.postgres.storage.tier
        component = service.components.get(labels.get(_COMPONENT, ""))
        for entry in component.volumes.values() if component else ():
            if entry.form == "nfs" and volume["name"].startswith(
                f"{component.workload}-{entry.name}-" if component else ""
            ):
                return fleet.site.shares[entry.share or ""].tier
            if component and volume["name"] in (
                f"{entry.name}-{component.workload}",
                f"{component.workload}-{entry.name}",
            ):
                return entry.tier
        return None

    def _coverage(self, selected: Mapping[str, list[str]], alerts: Mapping[tuple[str, str], list[str]]) -> list[Json]:
        watchers = watchers_of(self.bodies, selected)
        found = []
        for item in self.items:
            labels = metadata(item.body).get("labels") or {}
            ports = [port for pod in item.pods for container in pod.containers for port in container.get("ports") or ()]
            if item.pods:
                found.append(
                    {
                        "id": item.id,
                        "kind": str(item.body.get("kind")),
                        "service": labels.get(_NAME),
                        "watchers": watchers.get(item.id, []),
                        "alerts": alerts.get((item.namespace, str(labels.get(_NAME))), []),
                        "tcp": any(port.get("protocol", "TCP") == "TCP" for port in ports),
                        "ports": len(ports),
                    }
                )
        return found

    def _quotas(self) -> list[Json]:
        return [
            {
                "id": item.id,
                "namespace": item.namespace,
                "hard": quantities((item.body.get("spec") or {}).get("hard") or {}),
            }
            for item in self.items
            if item.body.get("kind") == "ResourceQuota"
        ]

    def _applications(self) -> list[Json]:
        return applications_of(self.bodies, {item.id: item.paths[self.context.name] for item in self.items})


def _by_service(alerts: Mapping[tuple[str, str], list[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for (_, service), names in alerts.items():
        found[service] = sorted({*found.get(service, ()), *names})
    return found


def _runs_anywhere(pod: Pod) -> bool:
    return any(
        toleration.get("operator") == "Exists" and not toleration.get("key")
        for toleration in pod.spec.get("tolerations") or ()
    )


def _says_tier(values: Any) -> set[str]:
    """Return the tiers that a chart's values put on claims as a label."""
    if isinstance(values, Mapping):
        found = {str(value) for key, value in values.items() if key == TIER_LABEL}
        return found.union(*(_says_tier(value) for value in values.values()))
    if isinstance(values, list):
        return set().union(*(_says_tier(value) for value in values))
    return set()


def bare_facts() -> Json:
    """Return the facts of an environment of which nothing is known: manifests from elsewhere."""
    return {
        "kubernetes": {"version": f"1.{_DEFAULT_MINOR}", "minor": _DEFAULT_MINOR, "place": ""},
        "place": "", "survives": None, "require_digests": False, "registries": [], "zones": [],
        "backends": {}, "store": "", "priority_classes": {}, "nodes": [], "pools": [], "classes": {}, "tiers": {},
        "shares": {}, "domains": {}, "namespaces": {}, "services": {}, "edges": [], "fleet": False,
    }  # fmt: skip


def merged(base: Json, over: Mapping[str, Any]) -> Json:
    """Return `over` laid on `base`: maps key by key, all else whole."""
    result = dict(base)
    for key, value in over.items():
        lower = result.get(key)
        result[key] = merged(lower, value) if isinstance(lower, dict) and isinstance(value, Mapping) else value
    return result


def to_bytes(document: Json) -> bytes:
    """Return the document as the JSON that conftest reads."""
    return orjson.dumps(document)
