"""Lay a service's patches over its rendered objects (architecture.md 29).

The service is rendered once without them, each `merge` is laid over its object in Python, and the
finished object stands in the chart's values; so `helm template`, ArgoCD and the gate see one result.
"""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from generator.catalogue.service import Json, Patch, Service
from generator.catalogue.suggest import did_you_mean
from generator.chart import Scopes, service_values
from generator.chart.chart import service_template
from generator.emitter import emit
from generator.finding import Finding, Unusable
from generator.helm import Renderer, library_texts

# Parts of an object that selectors, other objects or exceptions hold on to.
_UNTOUCHABLE = (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"), ("spec", "selector"))
_OF_EXCEPTIONS = frozenset({
    "hostNetwork", "hostPID", "hostIPC", "hostPort", "hostPath", "privileged", "allowPrivilegeEscalation", "runAsNonRoot",
    "runAsUser", "readOnlyRootFilesystem", "capabilities", "seccompProfile", "appArmorProfile", "seLinuxOptions",
    "procMount", "sysctls", "automountServiceAccountToken",
})  # fmt: skip


class Patches:
    """Renders services with patches, and finishes the objects that these name."""

    def __init__(self, root: Path, scopes: Scopes, renderer: Renderer) -> None:
        self._library = library_texts(root / "charts" / "common")
        self._scopes = scopes
        self._renderer = renderer

    def __call__(self, environment: str, service: Service) -> Mapping[str, Json]:
        """Return the finished objects of one service in one environment by `Kind_name`.

        Raises:
            Unusable: a patch names an object that does not exist, or touches what it may not.
        """
        if not service.patches:
            return {}
        objects = self._objects(environment, service)
        findings: list[Finding] = []
        finished: dict[str, Json] = {}
        for patch in service.patches.values():
            kind, _, name = patch.target.partition("/")
            found = objects.get(patch.target)
            if found is None:
                message = f"patch of {service.name!r} names {patch.target!r}, which is not rendered in {environment!r}{did_you_mean(patch.target, objects)}"
                findings.append(
                    Finding(patch.place, "patch/unknown-object", message, f"name one of {', '.join(sorted(objects))}")
                )
                continue
            findings += _forbidden(service, patch)
            finished[f"{kind}_{name}"] = lay_over(found, patch.merge)
        if findings:
            raise Unusable(findings)
        return finished

    def _objects(self, environment: str, service: Service) -> dict[str, Json]:
        values = {
            "domain": service.domain,
            "tier": service.tier,
            "environment": environment,
            "namespaces": {},
            "services": {service.name: service_values(self._scopes[environment], service, None)},
        }
        name = service.domain
        texts = {
            **self._library,
            "Chart.yaml": emit(
                {
                    "apiVersion": "v2",
                    "name": name,
                    "version": "1.0.0",
                    "dependencies": [{"name": "common", "version": "1.0.0"}],
                }
            ),
            "values.yaml": emit(values),
            f"templates/{service.name}.yaml": service_template(service.name),
        }
        from generator.schema import read_manifests

        found: dict[str, Json] = {}
        for pair in self._renderer.render(name, texts, "{}"):
            for manifest in read_manifests(pair.document).manifests:
                body: Any = manifest.object
                if isinstance(body, dict):
                    found[f"{body['kind']}/{body['metadata']['name']}"] = body
        return found


def lay_over(below: Any, above: Any) -> Any:
    """Return `above` laid over `below`; a map on a list of named items addresses them by name.

    `null` removes a key, and is passed on where there is none: Kubernetes gives it a meaning.
    """
    if isinstance(above, dict) and isinstance(below, dict):
        result = dict(below)
        for key, value in above.items():
            if value is None and key in result:
                del result[key]
            else:
                result[key] = lay_over(result.get(key), value)
        return result
    if isinstance(above, dict) and _is_named(below):
        items = {item["name"]: item for item in below}
        for name, value in above.items():
            if value is None:
                items.pop(name, None)
            else:
                items[name] = lay_over(items.get(name, {"name": name}), value)
        return list(items.values())
    return deepcopy(above)


def _is_named(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) and "name" in item for item in value)


def _forbidden(service: Service, patch: Patch) -> list[Finding]:
    found = []
    for path in _paths(patch.merge):
        names = tuple(step for step in path)
        held = next((held for held in _UNTOUCHABLE if names[: len(held)] == held), None)
        granted = next((step for step in names if step in _OF_EXCEPTIONS), None)
        if held is None and granted is None:
            continue
        what = ".".join(held) if held else str(granted)
        fix = (
            "remove it: names and selectors never change"
            if held
            else f"use an exception with `allow: {{{granted}: …}}`"
        )
        message = f"patch of {patch.target!r} in {service.name!r} touches {what!r}"
        found.append(Finding(patch.place, "patch/untouchable", message, fix))
    return found


def _paths(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if isinstance(value, dict) and value:
        return [inner for key, item in value.items() for inner in _paths(item, (*path, key))]
    if isinstance(value, list) and value:
        return [inner for item in value for inner in _paths(item, path)]
    return [path]
