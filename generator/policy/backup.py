"""Who copies a volume, how often at worst, and into which failure domain: read from the rendered objects."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.fleet import Fleet
from generator.policy.cron import CronError, longest_gap_s
from generator.policy.selector import matches

Json = dict[str, Any]
Objects = Mapping[str, Mapping[str, Any]]


class Copies:
    """Everything that copies volumes in one environment."""

    def __init__(self, objects: Objects, fleet: Fleet | None) -> None:
        """Take the environment's rendered objects by id."""
        self._by_kind: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for name, body in objects.items():
            self._by_kind.setdefault(str(body.get("kind")), []).append((name, body))
        destinations = fleet.site.destinations.values() if fleet else ()
        self._by_name = {item.name: item.failure_domain for item in destinations}
        self._by_endpoint = {item.endpoint: item.failure_domain for item in destinations}

    def of(self, volume: Mapping[str, Any], namespace: str, claims: Sequence[str]) -> list[Json]:
        """Return the copies that are made of one volume; of a template, those that each of its claims has."""
        return [*self._velero(volume, namespace), *self._volsync(claims, namespace), *self._postgres(volume, namespace)]

    def _velero(self, volume: Mapping[str, Any], namespace: str) -> Iterator[Json]:
        for name, body in self._by_kind.get("Schedule", ()):
            template = (body.get("spec") or {}).get("template") or {}
            included = template.get("includedNamespaces") or ["*"]
            if "*" not in included and namespace not in included:
                continue
            selectors = template.get("orLabelSelectors") or [template.get("labelSelector")]
            if any(matches(selector, volume["labels"]) for selector in selectors if selector):
                location = str(template.get("storageLocation"))
                known = self._has("BackupStorageLocation", location)
                yield _copy(
                    name, body["spec"].get("schedule"), self._by_name.get(location) if known else None, location
                )

    def _volsync(self, claims: Sequence[str], namespace: str) -> Iterator[Json]:
        first, *others = [list(self._sources(claim, namespace)) for claim in claims] or [[]]
        for copy in first:
            alike = [[item for item in each if item["failure_domain"] == copy["failure_domain"]] for each in others]
            if all(alike):
                yield max([copy, *(items[0] for items in alike)], key=_gap)

    def _sources(self, claim: str, namespace: str) -> Iterator[Json]:
        for name, body in self._by_kind.get("ReplicationSource", ()):
            spec = body.get("spec") or {}
            if _namespace(body) != namespace or spec.get("sourcePVC") != claim:
                continue
            repository = str((spec.get("restic") or {}).get("repository"))
            url = self._repository_url(namespace, repository)
            domain = next((value for key, value in self._by_endpoint.items() if f"s3:{key}/" in url), None)
            yield _copy(name, (spec.get("trigger") or {}).get("schedule"), domain, repository)

    def _postgres(self, volume: Mapping[str, Any], namespace: str) -> Iterator[Json]:
        cluster = volume["labels"].get("cnpg.io/cluster")
        for name, body in self._by_kind.get("ScheduledBackup", ()):
            spec = body.get("spec") or {}
            if cluster is None or _namespace(body) != namespace or (spec.get("cluster") or {}).get("name") != cluster:
                continue
            # Six fields, the first are seconds. Write-ahead logs go out all the time between two backups.
            schedule = str(spec.get("schedule", "")).partition(" ")[2]
            store, endpoint = self._object_store(namespace, cluster)
            yield _copy(name, schedule, self._by_endpoint.get(endpoint), store) | {"continuous": bool(store)}

    def _object_store(self, namespace: str, cluster: str) -> tuple[str, str]:
        """Return the ObjectStore that a cluster archives its logs to, and its endpoint."""
        for _, body in self._by_kind.get("Cluster", ()):
            if _namespace(body) != namespace or (body.get("metadata") or {}).get("name") != cluster:
                continue
            for plugin in (body.get("spec") or {}).get("plugins") or ():
                store = str((plugin.get("parameters") or {}).get("barmanObjectName", ""))
                for _, found in self._by_kind.get("ObjectStore", ()):
                    if plugin.get("isWALArchiver") and (found.get("metadata") or {}).get("name") == store:
                        return store, str(((found.get("spec") or {}).get("configuration") or {}).get("endpointURL"))
        return "", ""

    def _repository_url(self, namespace: str, secret: str) -> str:
        for _, body in self._by_kind.get("ExternalSecret", ()):
            spec = body.get("spec") or {}
            if _namespace(body) == namespace and (spec.get("target") or {}).get("name") == secret:
                data = ((spec.get("target") or {}).get("template") or {}).get("data") or {}
                return str(data.get("RESTIC_REPOSITORY", ""))
        return ""

    def _has(self, kind: str, name: str) -> bool:
        return any((body.get("metadata") or {}).get("name") == name for _, body in self._by_kind.get(kind, ()))


def _gap(copy: Json) -> float:
    """What is not known is the longest."""
    gap = copy["longest_gap_s"]
    return float("inf") if gap is None else float(gap)


def _namespace(body: Mapping[str, Any]) -> str:
    return str((body.get("metadata") or {}).get("namespace", ""))


def _copy(by: str, schedule: object, failure_domain: str | None, where: str) -> Json:
    """`failure_domain` None: where the copy goes is not rendered, or the site does not know it."""
    try:
        gap = longest_gap_s(str(schedule)) if schedule else None
    except CronError:
        gap = None
    return {"by": by, "longest_gap_s": gap, "failure_domain": failure_domain, "where": where, "continuous": False}
