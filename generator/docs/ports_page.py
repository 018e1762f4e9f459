"""Every number that is taken: the claims that the collision checks use, and every port behind them."""

from generator.catalogue.service import Service
from generator.docs.endpoints import declared, service_link
from generator.docs.markdown import Markdown, code
from generator.docs.pages import write
from generator.docs.service_rows import inside_address
from generator.docs.view import Reference, Row, View, across, by_number, by_text
from generator.fleet.model import Claim

FOLDER = "services/"
_NONE = Markdown("–")


def ports_page(reference: Reference) -> str:
    views = reference.views
    return write(
        "ports",
        {
            "balanced": across(
                ("address", "number", "held by", "port"), [(view.name, _balanced(view)) for view in views], by_number
            ),
            "routes": across(("host", "path", "gateway", "held by"), [(view.name, _routes(view)) for view in views]),
            "host_ports": across(
                ("number", "held by", "port"), [(view.name, _host_ports(view)) for view in views], by_number
            ),
            "vms": across(
                ("machine", "address", "port", "number", "callers"), [(view.name, _vms(view)) for view in views]
            ),
            "valkey": across(("database", "held by"), [(view.name, _valkey(view)) for view in views]),
            "services": across(
                ("number", "port", "service", "workload", "in the cluster as"),
                [(view.name, _services(view)) for view in views],
                by_number,
            ),
            "names": across(
                ("namespace", "Service", "held by"), [(view.name, _names(view)) for view in views], by_text
            ),
        },
    )


def holder(view: View, claim: Claim) -> Markdown | str:
    """Return who holds a claim; a service is a link."""
    return service_link(claim.holder, FOLDER) if claim.holder in view.fleet.services else claim.holder


def _of_kind(view: View, kind: str) -> list[Claim]:
    return [claim for claim in view.fleet.claims if claim.kind == kind]


def _numbered(key: str) -> tuple[int, str]:
    number = key.rpartition(":")[2].partition("/")[0]
    return (int(number) if number.isdigit() else 0, key)


def _balanced(view: View) -> list[Row]:
    claims = sorted(_of_kind(view, "load-balancer"), key=lambda claim: (_octets(claim), _numbered(claim.key)))
    return [
        (
            claim.details["address"],
            f"{claim.details['port']}/{claim.details['protocol']}",
            holder(view, claim),
            code(claim.details.get("name", "")) or _NONE,
        )
        for claim in claims
    ]


def _octets(claim: Claim) -> tuple[int, ...]:
    return tuple(int(part) for part in claim.details["address"].split(".") if part.isdigit())


def _routes(view: View) -> list[Row]:
    claims = sorted(_of_kind(view, "route"), key=lambda claim: claim.key)
    return [
        (code(claim.details["host"]), code(claim.details["path"]), claim.details["gateway"], holder(view, claim))
        for claim in claims
    ]


def _host_ports(view: View) -> list[Row]:
    claims = sorted(_of_kind(view, "host-port"), key=lambda claim: _numbered(claim.key))
    return [(claim.key, holder(view, claim), code(claim.details.get("port", ""))) for claim in claims]


def _valkey(view: View) -> list[Row]:
    return [
        (code(claim.key), holder(view, claim))
        for claim in sorted(_of_kind(view, "valkey-database"), key=lambda c: c.key)
    ]


def _names(view: View) -> list[Row]:
    rows: list[Row] = []
    for claim in sorted(_of_kind(view, "service"), key=lambda claim: claim.key):
        namespace, _, name = claim.key.partition("/")
        rows.append((code(namespace), code(name), holder(view, claim)))
    return rows


def _vms(view: View) -> list[Row]:
    rows: list[Row] = []
    for vm in view.fleet.inventory.vms.values():
        for name, (number, protocol) in vm.ports.items():
            who = ", ".join(caller for caller, ports in vm.called_by.items() if name in ports)
            rows.append((vm.name, str(vm.address), code(name), f"{number}/{protocol}", who or Markdown("nobody")))
    return rows


def _services(view: View) -> list[Row]:
    found: list[tuple[int, str, Row]] = []
    for service in view.fleet.services.values():
        link = service_link(service.name, FOLDER)
        found += [(number, service.name, (*row[:2], link, *row[2:])) for number, row in _ports(view, service)]
    return [row for _, _, row in sorted(found)]


def _ports(view: View, service: Service) -> list[tuple[int, Row]]:
    zone = view.fleet.site.kubernetes.cluster_domain
    return [
        (
            port.number,
            (declared(port), code(port.name), component.workload, inside_address(service, component, port, zone)),
        )
        for component in service.components.values()
        for port in component.ports.values()
    ]
