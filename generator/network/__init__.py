"""Who may reach whom, proven from rendered objects alone, and compared with what is declared.

Nothing here knows values files, the catalogue or the fleet: a proof that read the model would prove
the model with itself.
"""

from generator.network.blocks import address_set, public, show_blocks, take_away
from generator.network.comparison import Comparison, Missing, Open, Wider, compare, name_of
from generator.network.declared import (
    Addresses,
    ApiServer,
    Declared,
    End,
    HostName,
    Nodes,
    Pods,
    declared_pods,
)
from generator.network.objects import PodGroup, identity
from generator.network.policy import DIRECTIONS, Direction
from generator.network.ports import EVERY_PORT, NO_PORTS, PortSet, port, port_set, show_ports, whole
from generator.network.reach import Reach, Rule, Surroundings
from generator.network.table import Matrix, as_data, matrix

__all__ = [
    "DIRECTIONS",
    "EVERY_PORT",
    "NO_PORTS",
    "Addresses",
    "ApiServer",
    "Comparison",
    "Declared",
    "Direction",
    "End",
    "HostName",
    "Matrix",
    "Missing",
    "Nodes",
    "Open",
    "PodGroup",
    "Pods",
    "PortSet",
    "Reach",
    "Rule",
    "Surroundings",
    "Wider",
    "address_set",
    "as_data",
    "compare",
    "declared_pods",
    "identity",
    "matrix",
    "name_of",
    "port",
    "port_set",
    "public",
    "show_blocks",
    "show_ports",
    "take_away",
    "whole",
]
