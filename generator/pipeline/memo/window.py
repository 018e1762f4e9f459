"""A fleet seen from one domain: its own services stand there, of all others one knows the names and some bodies."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TypeVar

from generator.finding import ChartroomError

Item = TypeVar("Item")


class Unprovable(ChartroomError):
    """What was kept does not suffice to say what a whole run would write."""


class Window(Mapping[str, Item]):
    """Iterates over what is the domain's own; finds what is near as well, and knows every name.

    Asked for one that exists and is not near, it gives up: guessing that it does not exist would be wrong.
    """

    def __init__(self, own: Mapping[str, Item], near: Mapping[str, Item], names: AbstractSet[str]) -> None:
        self._own = own
        self._near = near
        self._names = names

    def __getitem__(self, name: str) -> Item:
        if name in self._own:
            return self._own[name]
        if name in self._near:
            return self._near[name]
        if name in self._names:
            raise Unprovable(f"{name!r} is not at hand")
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)
