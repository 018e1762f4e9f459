"""How long a simulated node takes for what it does, in simulated seconds. Our figures: machines differ."""

from dataclasses import dataclass


@dataclass(slots=True)
class Timing:
    """Durations that a test may change."""

    boot: float = 30.0
    install: float = 40.0
    shutdown: float = 8.0
    reset: float = 15.0
    etcd_start: float = 6.0
    etcd_promote: float = 8.0
    kubelet_start: float = 10.0
    static_pod: float = 12.0
    api_start: float = 8.0
    pull: float = 10.0
