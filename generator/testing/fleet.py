"""The fleet as a rule in Python sees it: one environment of the document that the rules in Rego read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fleet:
    """One environment, rendered. `document` is all of it, as docs/reference/fleet-document.md describes it."""

    environment: str
    document: Json

    @property
    def facts(self) -> Json:
        """What does not come from manifests: nodes, pools, classes, tiers, budgets, edges."""
        facts: Json = self.document["environments"][self.environment]
        return facts

    @property
    def services(self) -> Mapping[str, Json]:
        """Every service that runs here, by name: domain, tier, form, components, place."""
        services: Mapping[str, Json] = self.facts["services"]
        return services

    def objects(self, kind: str | None = None) -> Iterator[Json]:
        """Yield every object of this environment, or those of one kind."""
        every = self.document["objects"]
        for name in every if kind is None else self.document["by_kind"].get(kind, ()):
            if self.environment in every[name]["environments"]:
                yield every[name]

    def pods(self) -> Iterator[Json]:
        """Yield every pod that some object of this environment makes, with `spec` and `containers`."""
        return (pod for pod in self.document["pods"] if self.environment in pod["environments"])

    def containers(self) -> Iterator[tuple[Json, Json]]:
        """Yield every pod with each of its containers, init containers and sidecars too."""
        return ((pod, container) for pod in self.pods() for container in pod["containers"])


def fleets_of(document: Json) -> Iterator[Fleet]:
    """Yield each environment of a document."""
    return (Fleet(name, document) for name in document["environments"])
