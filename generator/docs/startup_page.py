"""In which order everything comes up, and down."""

from collections import defaultdict

from generator.docs.endpoints import service_link
from generator.docs.markdown import Markdown, join
from generator.docs.pages import write
from generator.docs.view import Reference, Row, View, across

_FOLDER = "services/"
_NONE = Markdown("–")
_LAST = 1 << 30


def startup_page(reference: Reference) -> str:
    views = reference.views
    return write(
        "startup",
        {
            "hosts": across(("host", "address"), [(view.name, _hosts(view)) for view in views]),
            "machines": across(
                ("order", "machine", "is", "on", "waits after its start", "gets to stop"),
                [(view.name, _machines(view)) for view in views],
            ),
            "steps": [(view.name, _steps(view)) for view in views],
        },
    )


def _hosts(view: View) -> list[Row]:
    return [(host.name, str(host.address)) for host in view.fleet.inventory.hosts.values()]


def _machines(view: View) -> list[Row]:
    inventory = view.fleet.inventory
    found = [(node, node.role) for node in inventory.nodes.values()]
    every = [*found, *[(vm, "virtual machine") for vm in inventory.vms.values()]]
    return [
        (
            str(machine.order) if machine.order is not None else Markdown("any"),
            machine.name,
            what,
            machine.host or Markdown("metal"),
            f"{machine.up_s} s" if machine.up_s is not None else _NONE,
            f"{machine.down_s} s" if machine.down_s is not None else _NONE,
        )
        for machine, what in sorted(
            every, key=lambda item: (item[0].order if item[0].order is not None else _LAST, item[1], item[0].name)
        )
    ]


def _steps(view: View) -> list[tuple[int, Markdown]]:
    """Services by the length of the longest chain below each."""
    found: dict[int, list[str]] = defaultdict(list)
    for name in view.fleet.order:
        found[view.fleet.steps[name]].append(name)
    return [(step, join(service_link(name, _FOLDER) for name in names)) for step, names in sorted(found.items())]
