"""Speak to Proxmox VE by its API alone: no SSH, no snippets, TLS always verified.

`Api` asks; the modules beside it are one noun each: `hosts`, `vms` (with `vm_spec`, `vm_changes`, `power`), `images`
(with `seed`), `pools`, `env_lock`, `firewall`, `ha`, `replication`, `backup`, `tasks`. `observe.site` reads all;
`validate` and `tokens` care for rights, which `rights` holds as data. Every operation can be done again: what is
there already is found and kept.
"""

from .api import Api
from .credentials import ApiToken, Login
from .errors import ProxmoxError
from .gate import Gate
from .observed import Observed
from .pace import Pace, Watch
from .rights import Feature, Scope
from .secret import Secret
from .trust import CaFile, Fingerprint
from .vm_spec import VmSpec

__all__ = [
    "Api",
    "ApiToken",
    "CaFile",
    "Feature",
    "Fingerprint",
    "Gate",
    "Login",
    "Observed",
    "Pace",
    "ProxmoxError",
    "Scope",
    "Secret",
    "VmSpec",
    "Watch",
]
