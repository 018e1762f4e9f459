"""Label selectors, answered with bit masks: bit n stands for the n-th item of an index."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Operator = Literal["In", "NotIn", "Exists", "DoesNotExist"]
NAME_LABEL = "kubernetes.io/metadata.name"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One demand on one label."""

    key: str
    operator: Operator
    values: tuple[str, ...] = ()

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Say whether some labels meet it. What is absent is not in any list."""
        match self.operator:
            case "In":
                return self.key in labels and labels[self.key] in self.values
            case "NotIn":
                return self.key not in labels or labels[self.key] not in self.values
            case "Exists":
                return self.key in labels
            case "DoesNotExist":
                return self.key not in labels


# All demands must hold; none select everything.
Selector = tuple[Requirement, ...]
EVERYTHING: Selector = ()


class UnknownOperator(ValueError):
    """A selector has an operator that Kubernetes does not know."""


def read_selector(selector: Mapping[str, Any]) -> Selector:
    """Return the demands of a `LabelSelector`.

    Raises:
        UnknownOperator: the API server refuses it as well.
    """
    found = [Requirement(key, "In", (str(value),)) for key, value in (selector.get("matchLabels") or {}).items()]
    for expression in selector.get("matchExpressions") or ():
        operator = expression.get("operator")
        if operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
            raise UnknownOperator(f"operator {operator!r} of label {expression.get('key')!r}")
        values = tuple(str(value) for value in expression.get("values") or ())
        found.append(Requirement(str(expression.get("key")), operator, values))
    return tuple(sorted(set(found), key=lambda item: (item.key, item.operator, item.values)))


def named(*namespaces: str) -> Selector:
    """Return the selector of namespaces by name."""
    return (Requirement(NAME_LABEL, "In", namespaces),)


@dataclass(frozen=True, slots=True)
class PodQuery:
    """Pods by the labels of their namespace and their own."""

    namespaces: Selector
    pods: Selector


class LabelIndex:
    """Items by label, so that a selector costs as many steps as it has demands."""

    def __init__(self, items: Sequence[Mapping[str, str]]) -> None:
        self.everything = (1 << len(items)) - 1
        self._by_value: dict[tuple[str, str], int] = {}
        self._by_key: dict[str, int] = {}
        self._answers: dict[Selector, int] = {}
        for number, labels in enumerate(items):
            bit = 1 << number
            for key, value in labels.items():
                self._by_value[key, value] = self._by_value.get((key, value), 0) | bit
                self._by_key[key] = self._by_key.get(key, 0) | bit

    def match(self, selector: Selector) -> int:
        """Return the mask of the items that a selector selects."""
        found = self._answers.get(selector)
        if found is None:
            found = self.everything
            for requirement in selector:
                found &= self._of(requirement)
            self._answers[selector] = found
        return found

    def _of(self, requirement: Requirement) -> int:
        if requirement.operator in ("Exists", "DoesNotExist"):
            listed = self._by_key.get(requirement.key, 0)
        else:
            listed = 0
            for value in requirement.values:
                listed |= self._by_value.get((requirement.key, value), 0)
        return listed if requirement.operator in ("In", "Exists") else self.everything & ~listed


def bits(mask: int) -> Iterator[int]:
    """Yield the numbers of a mask, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
