"""The inventory as `provision` understands it: typed, frozen, whole; what is wrong comes as findings with places."""

from .load import Loaded, environments, load
from .model import Inventory

__all__ = ["Inventory", "Loaded", "environments", "load"]
