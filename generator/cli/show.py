"""The commands that only look: list and explain."""

import json
from pathlib import Path

import click

from generator.catalogue.service import Service
from generator.catalogue.suggest import did_you_mean
from generator.cli.output import CLEAN, FINDINGS, USAGE, columns, default_root, note, print_findings
from generator.fleet import Fleet
from generator.fleet.names import namespace_of
from generator.fleet.reference import full_host
from generator.pipeline.explain import NotThere, explain
from generator.pipeline.place import NoWorkspace
from generator.pipeline.workspace import Workspace, open_workspace


def open_fleet(root: Path | None, environment: str | None) -> tuple[Workspace, Fleet] | int:
    """Open one environment, or say why not and return the exit code."""
    try:
        workspace = open_workspace(root or default_root())
    except NoWorkspace as error:
        note(f"error: {error}")
        return USAGE
    if not workspace.fleets or not workspace.knows_its_site:
        print_findings(workspace.findings, workspace.root, aside=True)
        return FINDINGS
    name = environment or workspace.environments[0]
    if name not in workspace.fleets:
        known = ", ".join(workspace.fleets)
        note(f"error: environment {name!r} does not exist{did_you_mean(name, workspace.fleets)}, there are {known}")
        return USAGE
    return workspace, workspace.fleets[name]


def run_list(root: Path | None, environment: str | None, domain: str | None, *, as_json: bool) -> int:
    opened = open_fleet(root, environment)
    if isinstance(opened, int):
        return opened
    _, fleet = opened
    if domain is not None and domain not in fleet.domains:
        note(f"error: domain {domain!r} does not exist{did_you_mean(domain, fleet.domains)}")
        return USAGE
    entries = []
    for state, group in (("on", fleet.services), ("off", fleet.off), ("retired", fleet.retired)):
        entries += [_entry(service, state, fleet) for service in group.values() if domain in (None, service.domain)]
    entries.sort(key=lambda entry: (entry["tier"], entry["domain"], entry["name"]))
    if as_json:
        click.echo(json.dumps(entries, indent=2))
        return CLEAN
    rows = [
        [
            entry["name"],
            f"{entry['tier']}/{entry['domain']}",
            entry["state"],
            entry["form"],
            entry["namespace"],
            entry["hosts"],
        ]
        for entry in entries
    ]
    click.echo(columns(rows, ("SERVICE", "DOMAIN", "STATE", "FORM", "NAMESPACE", "HOSTS")))
    on = sum(1 for entry in entries if entry["state"] == "on")
    note(f"{fleet.environment.name}: {on} of {len(entries)} services on")
    return CLEAN


def _entry(service: Service, state: str, fleet: Fleet) -> dict[str, str]:
    hosts = [full_host(expose.host, expose.gateways, fleet.site) for expose in service.expose.values()]
    balancer = [service.load_balancer.ip] if service.load_balancer else []
    return {
        "name": service.name,
        "tier": service.tier,
        "domain": service.domain,
        "state": state,
        "form": service.form,
        "namespace": namespace_of(service) if state == "on" else "-",
        "hosts": ", ".join([*hosts, *balancer]) or "-",
        "summary": service.summary,
    }


def run_explain(root: Path | None, service: str, field: str | None, environment: str | None) -> int:
    opened = open_fleet(root, environment)
    if isinstance(opened, int):
        return opened
    _, fleet = opened
    try:
        lines = explain(fleet, service, field)
    except NotThere as error:
        note(f"error: {error}")
        return USAGE
    rows = [[line.path, _shown(line.value), line.origin] for line in lines]
    click.echo(columns(rows, ("FIELD", f"VALUE IN {fleet.environment.name.upper()}", "FROM")))
    return CLEAN


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    first, newline, _ = text.partition("\n")
    return f"{first} …" if newline else text
