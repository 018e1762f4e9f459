"""Where the cache lies."""

import sys
from pathlib import Path

from toolchain.places import find_places

DEFAULT = "Library/Caches" if sys.platform == "darwin" else ".cache"


def test_cache_lies_in_the_home_by_default() -> None:
    assert find_places({"HOME": "/home/ada"}).cache == Path("/home/ada") / DEFAULT / "chartroom"


def test_cache_follows_xdg_cache_home() -> None:
    assert find_places({"HOME": "/home/ada", "XDG_CACHE_HOME": "/big/cache"}).cache == Path("/big/cache/chartroom")


def test_cache_ignores_a_relative_xdg_cache_home() -> None:
    places = find_places({"HOME": "/home/ada", "XDG_CACHE_HOME": "cache"})
    assert places.cache == Path("/home/ada") / DEFAULT / "chartroom"


def test_clone_is_this_repository() -> None:
    assert find_places({"HOME": "/home/ada"}).clone == Path(__file__).resolve().parents[2]
