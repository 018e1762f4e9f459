"""Which labels a selector of Kubernetes or Cilium matches."""

from collections.abc import Iterable, Mapping
from typing import Any

Labels = Mapping[str, str]
_CILIUM_SOURCES = ("k8s:", "any:")


def matches(selector: Mapping[str, Any] | None, labels: Labels) -> bool:
    """Say whether a label selector (matchLabels, matchExpressions) matches. None matches nothing, {} all."""
    if selector is None:
        return False
    return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items()) and all(
        _holds(expression, labels) for expression in selector.get("matchExpressions") or ()
    )


def _holds(expression: Mapping[str, Any], labels: Labels) -> bool:
    key, values = expression.get("key"), expression.get("values") or ()
    match expression.get("operator"):
        case "In":
            return labels.get(str(key)) in values
        case "NotIn":
            return labels.get(str(key)) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return False


def without_sources(selector: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return a selector of Cilium with the sources of its keys (`k8s:`, `any:`) left out."""
    if selector is None:
        return None
    return {
        "matchLabels": {_bare(key): value for key, value in (selector.get("matchLabels") or {}).items()},
        "matchExpressions": [
            {**expression, "key": _bare(str(expression.get("key")))}
            for expression in selector.get("matchExpressions") or ()
        ],
    }


def _bare(key: str) -> str:
    for source in _CILIUM_SOURCES:
        if key.startswith(source):
            return key.removeprefix(source)
    return key


class Labelled:
    """Labelled things of one environment by namespace, found without looking at each."""

    def __init__(self, things: Iterable[tuple[str, str, Labels]]) -> None:
        """Take (namespace, id, labels) of each."""
        self._all: dict[str, dict[str, Labels]] = {}
        self._by_label: dict[tuple[str, str, str], list[str]] = {}
        for namespace, name, labels in things:
            self._all.setdefault(namespace, {})[name] = labels
            for key, value in labels.items():
                self._by_label.setdefault((namespace, key, value), []).append(name)

    @property
    def namespaces(self) -> tuple[str, ...]:
        return tuple(self._all)

    def matched(self, namespace: str, selector: Mapping[str, Any] | None) -> list[str]:
        """Return the ids in a namespace that a selector matches, in order."""
        if selector is None:
            return []
        here = self._all.get(namespace, {})
        wanted = (selector.get("matchLabels") or {}).items()
        lists = [self._by_label.get((namespace, key, value), []) for key, value in wanted]
        candidates = min(lists, key=len) if lists else list(here)
        return [name for name in candidates if matches(selector, here[name])]
