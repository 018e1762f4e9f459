"""One environment, resolved: names, edges, claims, order and needs."""

from generator.fleet.model import Fleet
from generator.fleet.resolve import check_environments, judge, resolve

__all__ = ["Fleet", "check_environments", "judge", "resolve"]
