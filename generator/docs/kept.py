"""The pages that tell of every service what may change without anybody else noticing: versions and amounts.

They are made of what is kept here and of nothing else, so that one service's words can be replaced without the rest
of the fleet being there.
"""

from collections.abc import Callable
from dataclasses import dataclass

from generator.docs.catalogue_page import Part, catalogue_page, catalogue_parts
from generator.docs.images_page import PinnedBy, digests_required, images_page, pinned_by
from generator.docs.namespaces_page import NamespaceTables, namespace_tables, namespaces_page
from generator.docs.view import Reference


@dataclass(frozen=True, slots=True)
class Kept:
    """What three pages say. `count` are all services, `required` says that images must have digests somewhere."""

    pinned: PinnedBy
    required: bool
    domains: list[Part]
    count: int
    namespaces: NamespaceTables


_PAGES: dict[str, Callable[[Kept], str]] = {
    "services": lambda kept: catalogue_page(kept.domains, kept.count),
    "images": lambda kept: images_page(kept.pinned, required=kept.required),
    "namespaces": lambda kept: namespaces_page(kept.namespaces),
}
KEPT_PAGES = tuple(_PAGES)


def keep(reference: Reference) -> Kept:
    """Return what the pages say of the whole fleet."""
    return Kept(
        pinned_by(reference),
        digests_required(reference),
        catalogue_parts(reference),
        len(reference.services),
        namespace_tables(reference),
    )


def kept_page(name: str, kept: Kept) -> str:
    """Write one of `KEPT_PAGES`."""
    return _PAGES[name](kept)
