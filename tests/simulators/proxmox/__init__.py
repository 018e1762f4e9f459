"""A Proxmox VE server to test against: HTTPS on loopback, strict, with faults by switch and a clock to turn.

Written from the facts pages alone; it shares no code with `provision.proxmox`, so that the two check each other.
"""

from .running import RunningProxmox, serve
from .sample import sample_site
from .state import Site

__all__ = ["RunningProxmox", "Site", "sample_site", "serve"]
