"""The firewall of a plain VM, from `ports`, `called_by` and `talks_to`. The list is all that it may do."""

from ipaddress import IPv4Address

from provision.inventory.model import Inventory, Port, Vm
from provision.proxmox.observed import FirewallRule

PRIVATE = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"


def rules(inventory: Inventory, vm: Vm) -> tuple[FirewallRule, ...]:
    """Return the rules of a VM in their order: who may call it, its name server, whom it calls.

    `internet` is everything but the private ranges, so a rule that drops those comes before the one that accepts.
    """
    found = [_in(inventory, caller, name, vm.ports[name]) for caller, names in vm.called_by.items() for name in names]
    dns = str(inventory.site.networks[vm.network].dns)
    found += [_out(dns, Port(53, protocol), "name server") for protocol in ("udp", "tcp")]
    for entry in (*vm.talks_to.get("lan", ()), *vm.talks_to.get("services", ())):
        name, _, port = entry.partition(":")
        found.append(_out(_where(inventory, name), _port(inventory, name, port), entry))
    internet = [_port(inventory, "", entry.rpartition(":")[2]) for entry in vm.talks_to.get("internet", ())]
    if internet:
        found.append(FirewallRule("out", "DROP", dest=PRIVATE, comment="what follows is for the internet only"))
    found += [_out(None, port, "internet") for port in internet]
    return tuple(found)


def faults(inventory: Inventory, vm: Vm) -> tuple[str, ...]:
    """Return what of `talks_to` cannot be turned into a rule."""
    found = []
    for entry in (*vm.talks_to.get("lan", ()), *vm.talks_to.get("services", ())):
        name, _, port = entry.partition(":")
        if _where(inventory, name) is None:
            found.append(f"{vm.name!r} talks to {entry!r}: {name!r} is no network, machine or address of the site")
        elif _number(inventory, name, port) is None:
            found.append(f"{vm.name!r} talks to {entry!r}: {port!r} is no port")
    found += [
        f"{vm.name!r} talks to {entry!r}: a port such as '*:443' is expected"
        for entry in vm.talks_to.get("internet", ())
        if not entry.startswith("*:") or _number(inventory, "", entry.rpartition(":")[2]) is None
    ]
    return tuple(found)


def _in(inventory: Inventory, caller: str, name: str, port: Port) -> FirewallRule:
    source = _where(inventory, caller)
    return FirewallRule(
        "in", "ACCEPT", source=source, proto=port.protocol, dport=str(port.number), comment=f"{caller} to {name}"
    )


def _out(dest: str | None, port: Port, comment: str) -> FirewallRule:
    return FirewallRule("out", "ACCEPT", dest=dest, proto=port.protocol, dport=str(port.number), comment=comment)


def _where(inventory: Inventory, name: str) -> str | None:
    """Return the address or network that a name stands for."""
    if name in inventory.site.networks:
        return str(inventory.site.networks[name].subnet)
    address = inventory.address_of(name)
    if address is None:
        try:
            address = IPv4Address(name)
        except ValueError:
            return None
    return str(address)


def _port(inventory: Inventory, name: str, text: str) -> Port:
    found = _number(inventory, name, text)
    return found if found is not None else Port(0, "tcp")  # a fault, which blocks the plan


def _number(inventory: Inventory, name: str, text: str) -> Port | None:
    number, _, protocol = text.partition("/")
    if number.isdigit():
        is_port = 1 <= int(number) <= 65535 and protocol in ("", "tcp", "udp")
        return Port(int(number), protocol or "tcp") if is_port else None
    vm = inventory.vms.get(name)
    return vm.ports.get(text) if vm else None
