"""What a rule in Python says: findings, with the keys that a rule in Rego yields."""

from collections.abc import Iterable, Iterator
from typing import Any

Json = dict[str, Any]


class Findings:
    """Collects what a rule refuses; the fixture `findings` of a test that is a rule."""

    def __init__(self, environment: str) -> None:
        self._environment = environment
        self._found: list[Json] = []

    def add(
        self,
        message: str,
        object: str | Json = "",  # noqa: A002 - the word of the format
        *,
        container: str | None = None,
        values: Iterable[str] = (),
        place: str | None = None,
        fix: str | None = None,
        also: Iterable[str] = (),
    ) -> None:
        """Refuse an object of the fleet, given as it is or by its id; none where the fleet as a whole is at fault.

        `values` is the field of the service file to change, `place` (`file:line:column`) overrules it.
        """
        name = object["id"] if isinstance(object, dict) else object
        finding: Json = {"msg": message, "object": name or f"{self._environment}:Environment//{self._environment}"}
        finding["environment"] = self._environment
        optional = {"container": container, "values": list(values), "place": place, "fix": fix, "also": list(also)}
        self._found.append(finding | {key: value for key, value in optional.items() if value})

    def __iter__(self) -> Iterator[Json]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)
