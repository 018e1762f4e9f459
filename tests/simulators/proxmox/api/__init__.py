"""What each call does, by the name that the table of calls gives it."""

from typing import Any

from . import (
    access,
    backup,
    cluster,
    firewall,
    ha,
    ha_rules,
    hosts,
    mapping,
    pools,
    power,
    replication,
    storages,
    task_log,
    vm_config,
    vms,
)

_MODULES: dict[str, Any] = {
    "access": access, "backup": backup, "cluster": cluster, "firewall": firewall, "ha": ha, "ha_rules": ha_rules,
    "hosts": hosts, "mapping": mapping, "pools": pools, "power": power, "replication": replication,
    "storages": storages, "task_log": task_log, "vm_config": vm_config, "vms": vms,
}  # fmt: skip

HANDLERS: dict[str, Any] = {
    f"{module}.{name}": function for module, found in _MODULES.items() for name, function in vars(found).items()
}
