"""A whole site: simulated Proxmox whose VMs are simulated Talos nodes, with an Image Factory; for tests and `demo`.

Shares no code with `provision`: it reads the inventory's files by itself.
"""

from .site import Together, build

__all__ = ["Together", "build"]
