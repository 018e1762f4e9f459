"""Write again what one changed service alone can alter; everything else stands as the last run left it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from generator import argocd, chart, docs
from generator.finding import Finding, Place, sort_findings
from generator.fleet import Fleet
from generator.pipeline.beside import beside
from generator.pipeline.memo.around import Around, unpack
from generator.pipeline.memo.leaf import differs_in_leaves_only
from generator.pipeline.memo.near import Near, fleet_of, look_near, warnings_of
from generator.pipeline.memo.store import Memo, load_around
from generator.pipeline.memo.window import Unprovable, Window
from generator.pipeline.patch import Patches
from generator.pipeline.share import TOOLS, Share, contents, remarks_of, write_share
from generator.pipeline.workspace import Workspace
from generator.tree import Content, Ledger, digest


@dataclass(frozen=True, slots=True)
class Renewed:
    """The files of one domain and the pages that tell of it, with what is kept and warned of from now on."""

    files: dict[str, Content]
    kept: docs.Kept
    warnings: tuple[Finding, ...]


def write_again(
    root: Path, memo: Memo, domain: str, changed: frozenset[str], warnings: tuple[Finding, ...], ledger: Ledger
) -> Renewed:
    """Return what a whole run would write otherwise than the last one, given that these files of one domain changed.

    Raises:
        Unprovable: it may be more than that.
    """
    packed = load_around(root, memo, domain)
    if packed is None:
        raise Unprovable("what stands around the domain is lost")
    try:
        around = unpack(packed)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Unprovable("what stands around the domain is none of ours") from error
    near = look_near(root, memo, domain, changed)
    _require_leaves(near)
    remarks = remarks_of(Workspace(root, near.sources))
    old_remarks = {**remarks, **{path: docs.remarks_in(memo.texts[path]) for path in changed}}
    _require_remarks(near, old_remarks, remarks)
    with beside(lambda: _digests(_write(root, memo, near.as_before(), around, old_remarks)[0])) as before:
        files, kept, fleets = _write(root, memo, near, around, remarks)
        told = _warnings(near, fleets, warnings)
        _require_ledger(domain, fleets, before(), files, ledger)
    return Renewed(files, kept, told)


def _write(
    root: Path, memo: Memo, near: Near, around: Mapping[str, Around], remarks: docs.Remarks
) -> tuple[dict[str, Content], docs.Kept, dict[str, Fleet]]:
    """The files of a domain, the pages of what changed in it, and those that are kept."""
    fleets = {name: fleet_of(near, name, memo, around.get(name, Around())) for name in memo.environments}
    files = _charts(root, memo, near.domain, fleets).files
    reference = _reference(root, near, memo, fleets, remarks)
    kept = _kept(memo.kept, near, reference, fleets)
    pages = {docs.service_path(name): docs.service_page(reference, reference.services[name]) for name in near.changed}
    pages |= {f"{docs.FOLDER}/{name}.md": docs.kept_page(name, kept) for name in docs.KEPT_PAGES}
    return files | contents(pages), kept, fleets


def _digests(files: Mapping[str, Content]) -> dict[str, frozenset[str]]:
    return {path: frozenset({digest(content)}) for path, content in files.items()}


def _require_leaves(near: Near) -> None:
    for environment, catalogue in near.catalogues.items():
        for name in near.changed:
            old, new = near.stated(environment, name)
            if old is None or new is None or not differs_in_leaves_only(old, new, catalogue.site):
                raise Unprovable(f"others may notice that {name!r} has changed")


def _require_remarks(near: Near, before: docs.Remarks, remarks: docs.Remarks) -> None:
    """The backup inventory shows what is remarked on a volume."""
    for name in near.changed:
        for environment in near.catalogues:
            old, new = near.stated(environment, name)
            if old is None or new is None:
                continue
            for one, other in zip(docs.held(old), docs.held(new), strict=True):
                if _at(before, one.volume.place) != _at(remarks, other.volume.place):
                    raise Unprovable(f"the remark on volume {one.volume.name!r} has changed")


def _at(remarks: docs.Remarks, place: Place) -> str:
    return remarks.get(place.path, {}).get(place.line, "")


def _charts(root: Path, memo: Memo, domain: str, fleets: Mapping[str, Fleet]) -> Share:
    scopes = {
        name: replace(scope, operators=frozenset(memo.operators[name]))
        for name, scope in chart.scopes_of(fleets).items()
    }
    share = Share({}, {})
    if any(service.patches for fleet in fleets.values() for service in fleet.services.values()):
        raise Unprovable("patches enter the Helm engine, which no copy of this process may")
    if domain not in chart.domains_of(scopes):
        return share
    write_share(share, domain, scopes, chart.chart_values(domain, scopes, Patches(root, root / TOOLS, scopes)))
    for name, fleet in fleets.items():
        if argocd.check(fleet, {domain: share.rendered[domain][name]}):
            raise Unprovable("ArgoCD could not carry it out")
    return share


def _require_ledger(
    domain: str,
    fleets: Mapping[str, Fleet],
    before: Mapping[str, frozenset[str]],
    files: Mapping[str, Content],
    ledger: Ledger,
) -> None:
    """No file comes or goes; and this same way, given what was, comes to every byte that the last run wrote.

    Whoever one day reads something that is not at hand here is found out by that, and the whole way is gone.
    """
    if any(ledger.digests.get(path) != digests for path, digests in before.items()) or before.keys() != files.keys():
        raise Unprovable("this way does not come to what the last run wrote")
    tiers = {fleet.domains[domain].tier for fleet in fleets.values()}
    owned = [f"charts/{domain}/"]
    owned += [f"kubernetes/{name}/{tier}/{domain}{end}" for name in fleets for tier in tiers for end in ("/", ".yaml")]
    if any(path not in files for path in ledger.digests if path.startswith(tuple(owned))):
        raise Unprovable("other files than before")


def _reference(
    root: Path, near: Near, memo: Memo, fleets: Mapping[str, Fleet], remarks: docs.Remarks
) -> docs.Reference:
    facts: dict[str, tuple[docs.Facts, ...]] = {}
    for name in near.changed:
        facts |= docs.read_facts(root, only=name)
    found = docs.look(fleets, facts, remarks)
    return replace(found, services=Window(found.services, {}, memo.services.keys()))


def _kept(kept: docs.Kept, near: Near, reference: docs.Reference, fleets: Mapping[str, Fleet]) -> docs.Kept:
    pinned = {name: dict(own) for name, own in kept.pinned.items()}
    amounts = {name: dict(own) for name, own in kept.namespaces.quotas.items()}
    for environment, fleet in fleets.items():
        for name in near.changed:
            if name in fleet.services:
                pinned[environment][name] = docs.pinned(fleet.services[name])
        for namespace in fleet.namespaces:
            amounts[environment].pop(namespace, None)
        amounts[environment] |= docs.quotas(fleet)
    parts = {part["name"]: part for part in (*kept.domains, *docs.catalogue_parts(reference))}
    return replace(
        kept,
        pinned=pinned,
        domains=list(parts.values()),
        namespaces=replace(kept.namespaces, quotas=amounts),
    )


def _warnings(near: Near, fleets: Mapping[str, Fleet], warnings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The warnings of the last run with those of the changed services replaced."""
    gone: set[Finding] = set()
    come: list[Finding] = []
    for environment, fleet in fleets.items():
        for name in near.changed:
            if name not in fleet.services:
                continue
            old, _ = near.stated(environment, name)
            assert old is not None
            catalogue = near.catalogues[environment]
            gone.update(warnings_of(old, catalogue, fleet.namespaces))
            come += warnings_of(fleet.services[name], catalogue, fleet.namespaces)
    paths = {near.sources.services[name].path for name in near.changed}
    lost = gone.difference(come)
    if not gone.issubset(warnings) or any(finding.place.path not in paths for finding in lost):
        raise Unprovable("somebody else may be warned of the same")
    return sort_findings([*(finding for finding in warnings if finding not in lost), *come])
