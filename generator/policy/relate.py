"""What objects of one environment have to do with each other: selections, names, coverage, Applications."""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from generator.policy.selector import Labelled, without_sources

Json = dict[str, Any]
Objects = Mapping[str, Mapping[str, Any]]
_NAME = "app.kubernetes.io/name"
_ALERT_KIND = "PrometheusRule"


def metadata(body: Mapping[str, Any]) -> Mapping[str, Any]:
    found = body.get("metadata")
    # Nearly always a dict, which is known sooner than that something is a mapping.
    return found if found.__class__ is dict or isinstance(found, Mapping) else {}


def namespace_of(body: Mapping[str, Any]) -> str:
    return str(metadata(body).get("namespace") or "")


def short_name(body: Mapping[str, Any]) -> str:
    """Return Kind/namespace/name, with `-` for no namespace."""
    return f"{body.get('kind')}/{namespace_of(body) or '-'}/{metadata(body).get('name')}"


class Relations:
    """The objects of one environment by label, and what selects what."""

    def __init__(self, objects: Objects, pods: Mapping[str, list[Mapping[str, str]]]) -> None:
        """Take objects by id, and the labels of the pods that each makes."""
        self._objects = objects
        self._pods = Labelled(
            (namespace_of(objects[name]), name, labels) for name, several in pods.items() for labels in several
        )
        self._services = Labelled(
            (namespace_of(body), name, metadata(body).get("labels") or {})
            for name, body in objects.items()
            if body.get("kind") == "Service"
        )

    def selected(self, body: Mapping[str, Any]) -> list[str] | None:
        """Return ids of what an object selects; None where it selects nothing by its nature."""
        spec = body.get("spec") if isinstance(body.get("spec"), Mapping) else {}
        assert isinstance(spec, Mapping)
        here = namespace_of(body)
        match body.get("kind"):
            case "Service":
                chosen = spec.get("selector")
                return self._pods.matched(here, {"matchLabels": chosen}) if chosen else None
            case "NetworkPolicy":
                return self._pods.matched(here, spec.get("podSelector") or {})
            case "CiliumNetworkPolicy" if "spec" in body:
                return self._pods.matched(here, without_sources(spec.get("endpointSelector")))
            case "PodDisruptionBudget" | "Deployment" | "StatefulSet" | "DaemonSet":
                return self._pods.matched(here, spec.get("selector"))
            case "ServiceMonitor":
                return self._across(self._services, spec, here)
            case "PodMonitor":
                return self._across(self._pods, spec, here)
            case _:
                return None

    def _across(self, things: Labelled, spec: Mapping[str, Any], here: str) -> list[str]:
        chosen = spec.get("namespaceSelector") or {}
        namespaces = things.namespaces if chosen.get("any") else tuple(chosen.get("matchNames") or (here,))
        return [name for namespace in namespaces for name in things.matched(namespace, spec.get("selector"))]


def watchers_of(objects: Objects, selected: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return for each workload what scrapes or probes it."""
    hosts = {
        f"{metadata(body).get('name')}.{namespace_of(body)}": name
        for name, body in objects.items()
        if body.get("kind") == "Service"
    }
    found: dict[str, list[str]] = {}
    for name, body in objects.items():
        for target in _watched(name, body, hosts, selected):
            found.setdefault(target, []).append(name)
    return {name: sorted(set(watchers)) for name, watchers in found.items()}


def _watched(
    name: str, body: Mapping[str, Any], hosts: Mapping[str, str], selected: Mapping[str, list[str]]
) -> Iterator[str]:
    match body.get("kind"):
        case "ServiceMonitor":
            for service in selected.get(name, ()):
                yield from selected.get(service, ())
        case "PodMonitor":
            yield from selected.get(name, ())
        case "Probe":
            spec = body.get("spec") or {}
            for target in ((spec.get("targets") or {}).get("staticConfig") or {}).get("static") or ():
                yield from selected.get(hosts.get(_service_host(target), ""), ())
        case _:
            pass


def _service_host(target: str) -> str:
    """Return `name.namespace` of the Service that a probe's target names."""
    host = re.split("[:/]", target.split("://", 1)[-1], maxsplit=1)[0]
    return ".".join(host.split(".")[:2])


def alerts_of(objects: Objects) -> dict[tuple[str, str], list[str]]:
    """Return the alerts by (namespace, service): of the rules that carry the service's label."""
    found: dict[tuple[str, str], list[str]] = {}
    for body in objects.values():
        if body.get("kind") == _ALERT_KIND:
            service = str((metadata(body).get("labels") or {}).get(_NAME))
            groups = (body.get("spec") or {}).get("groups") or ()
            names = [rule["alert"] for group in groups for rule in group.get("rules") or () if "alert" in rule]
            found.setdefault((namespace_of(body), service), []).extend(names)
    return {key: sorted(set(names)) for key, names in found.items()}


def covered_pods(objects: Objects, selected: Mapping[str, list[str]]) -> dict[str, dict[str, bool]]:
    """Return by direction which pods some NetworkPolicy speaks about."""
    found: dict[str, dict[str, bool]] = {"Ingress": {}, "Egress": {}}
    for name, body in objects.items():
        if body.get("kind") == "NetworkPolicy":
            for direction in (body.get("spec") or {}).get("policyTypes") or ():
                found[direction].update(dict.fromkeys(selected[name], True))
    return found


def applications_of(objects: Objects, paths: Mapping[str, str]) -> list[Json]:
    """Return ArgoCD's Applications with what lies under their path: kinds, namespaces, how many.

    `paths` are the repository paths that the objects come from.
    """
    projects = {metadata(body).get("name"): name for name, body in objects.items() if body.get("kind") == "AppProject"}
    held = _by_folder(objects, paths)
    found = []
    for name, body in objects.items():
        if body.get("kind") != "Application":
            continue
        spec = body.get("spec") or {}
        source = spec.get("source") or {}
        inside = _inside(source, held, paths)
        destination = spec.get("destination") or {}
        found.append(
            {
                "id": name,
                "name": metadata(body).get("name"),
                "path": source.get("path"),
                "project": spec.get("project"),
                "project_id": projects.get(spec.get("project")),
                "namespace": destination.get("namespace"),
                "server": destination.get("server") or destination.get("name"),
                "wave": int((metadata(body).get("annotations") or {}).get("argocd.argoproj.io/sync-wave", 0)),
                "objects": len(inside),
                "kinds": sorted({_group_kind(objects[item]) for item in inside}),
                "namespaces": sorted({namespace_of(objects[item]) for item in inside} - {""}),
            }
        )
    return found


def _inside(source: Mapping[str, Any], held: Mapping[str, list[str]], paths: Mapping[str, str]) -> list[str]:
    """Return the ids that a source reads: what lies below its path and is not excluded."""
    if "chart" in source:
        return []
    folder = str(source.get("path"))
    excluded = (source.get("directory") or {}).get("exclude")
    return [
        name
        for name in held.get(folder, ())
        if not (excluded and fnmatchcase(paths[name][len(folder) + 1 :], excluded))
    ]


def _by_folder(objects: Objects, paths: Mapping[str, str]) -> dict[str, list[str]]:
    """Return ids by each folder above the file that they come from."""
    held: dict[str, list[str]] = {}
    for name in objects:
        folder = paths.get(name, "")
        while "/" in folder:
            folder = folder.rpartition("/")[0]
            held.setdefault(folder, []).append(name)
    return held


def _group_kind(body: Mapping[str, Any]) -> str:
    """Return `namespaced|cluster group/Kind`: an object of ours without a namespace has none."""
    group = str(body.get("apiVersion", "")).rpartition("/")[0]
    scope = "namespaced" if namespace_of(body) else "cluster"
    return f"{scope} {group}/{body.get('kind')}"


def waved(applications: list[Json], services: Mapping[str, Json]) -> list[Json]:
    """Return each dependency between Applications that a wave orders: who waits for whom."""
    by_name = {application["name"]: application for application in applications}

    def of(service: str) -> Json | None:
        return by_name.get(service) or by_name.get(services.get(service, {}).get("domain"))

    found = []
    for name, service in services.items():
        later = of(name)
        for dependency in service["depends_on"]:
            earlier = of(dependency)
            if later is not None and earlier is not None and later is not earlier:
                found.append(
                    {
                        "service": name,
                        "needs": dependency,
                        "later": later["id"],
                        "later_wave": later["wave"],
                        "earlier": earlier["id"],
                        "earlier_wave": earlier["wave"],
                    }
                )
    return found
