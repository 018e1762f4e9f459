"""What is copied, how often, where to, how much may be lost; and what is not, and why."""

from generator.catalogue.quantity import show_bytes
from generator.catalogue.site import Site, Tier
from generator.docs.durations import show_seconds
from generator.docs.endpoints import service_link
from generator.docs.markdown import Markdown, code
from generator.docs.pages import write
from generator.docs.storage_rows import held
from generator.docs.view import Reference, Row, View, across, by_text
from generator.fleet.copies import copied_to

_FOLDER = "services/"
_NONE = Markdown("–")
_POSTGRES = Markdown("its operator")
_MADE_ANEW = Markdown("a node is made anew from the inventory")


def backup_page(reference: Reference) -> str:
    views = reference.views
    return write(
        "backup",
        {
            "tiers": across(
                ("tier", "schedule", "kept", "copied to", "RPO", "RTO", "drill", "remark"),
                [(view.name, _tiers(reference, view)) for view in views],
                by_text,
            ),
            "destinations": across(
                ("destination", "bucket", "endpoint", "fails with", "link"),
                [(view.name, _destinations(view)) for view in views],
            ),
            "volumes": across(
                (
                    "service",
                    "claim",
                    "size",
                    "class",
                    "tier",
                    "schedule",
                    "by",
                    "copied to",
                    "RPO",
                    "RTO",
                    "over the link",
                    "quiesced",
                ),
                [(view.name, _volumes(view)) for view in views],
                by_text,
            ),
            "disks": across(
                ("machine", "disk", "size", "storage", "tier", "schedule", "copied to", "RPO"),
                [(view.name, _disks(view)) for view in views],
            ),
            "shares": across(
                ("share", "where", "size", "tier", "copied by"), [(view.name, _shares(view)) for view in views]
            ),
            "kept_out": across(
                ("of", "what", "size", "tier", "remark"),
                [(view.name, _kept_out(reference, view)) for view in views],
                by_text,
            ),
        },
    )


def _copies(tier: Tier | None) -> bool:
    return tier is not None and tier.schedule is not None


def _tier_cells(tier: Tier) -> tuple[str, str, str]:
    return (
        code(tier.schedule or "") or Markdown("never"),
        ", ".join(tier.destinations) or _NONE,
        show_seconds(tier.rpo_s),
    )


def _tiers(reference: Reference, view: View) -> list[Row]:
    rows: list[Row] = []
    for tier in view.fleet.site.tiers.values():
        schedule, destinations, rpo = _tier_cells(tier)
        rows.append(
            (
                tier.name,
                schedule,
                tier.keep or _NONE,
                destinations,
                rpo,
                show_seconds(tier.rto_s),
                tier.drill or _NONE,
                reference.remark(tier.place) or _NONE,
            )
        )
    return rows


def _destinations(view: View) -> list[Row]:
    return [
        (
            target.name,
            code(target.bucket),
            code(target.endpoint),
            target.failure_domain,
            f"{target.link_mbit} Mbit/s" if target.link_mbit else _NONE,
        )
        for target in view.fleet.site.destinations.values()
    ]


def _volumes(view: View) -> list[Row]:
    site = view.fleet.site
    rows: list[Row] = []
    for service in view.fleet.services.values():
        for volume, claim, copies in held(service):
            tier = site.tiers.get(volume.tier or "")
            if volume.form != "size" or tier is None or not _copies(tier):
                continue
            quiesced = Markdown("yes") if volume.before or volume.after else _NONE
            rows.append(
                (
                    service_link(service.name, _FOLDER),
                    Markdown(f"{code(claim)}{f' × {copies}' if copies > 1 else ''}"),
                    volume.size or "",
                    volume.storage_class or site.default_class,
                    tier.name,
                    code(tier.schedule or ""),
                    _POSTGRES if service.form == "postgres" else site.backends.backup,
                    ", ".join(copied_to(service, tier)) or _NONE,
                    show_seconds(tier.rpo_s),
                    show_seconds(tier.rto_s),
                    _over_the_link(site, copied_to(service, tier), volume.size_bytes),
                    quiesced,
                )
            )
    return rows


def _over_the_link(site: Site, names: tuple[str, ...], size: int | None) -> str:
    """How long the bytes alone take from the fastest destination: a restore is never faster."""
    links = [site.destinations[name].link_mbit or 0 for name in names if name in site.destinations]
    fastest = max(links, default=0)
    if not fastest or not size:
        return _NONE
    minutes = -(-size * 8 // (fastest * 1_000_000 * 60))
    return show_seconds(minutes * 60)


def _disks(view: View) -> list[Row]:
    rows: list[Row] = []
    jobs = view.fleet.inventory.backup_jobs
    for machine in view.fleet.inventory.machines:
        for disk in machine.disks.values():
            if disk.tier in jobs:
                job, tier = jobs[disk.tier], view.fleet.site.tiers.get(disk.tier)
                rows.append(
                    (
                        machine.name,
                        disk.name,
                        show_bytes(disk.size_bytes),
                        disk.storage,
                        disk.tier,
                        code(str(job.get("schedule", ""))),
                        str(job.get("storage", "")),
                        show_seconds(tier.rpo_s if tier else None),
                    )
                )
    return rows


def _shares(view: View) -> list[Row]:
    return [
        (share.name, code(f"{share.server}:{share.path}"), share.size, share.tier, _by(share.by))
        for share in view.fleet.site.shares.values()
    ]


def _by(by: object) -> Markdown:
    if isinstance(by, dict):
        own = by.get("nas") or {}
        text = f"its own replication to {own.get('destination', '')}, RPO {own.get('rpo', '')}"
        return Markdown(f"{code(text)} (not verified)")
    return code(str(by)) if by else Markdown("nobody")


def _kept_out(reference: Reference, view: View) -> list[Row]:
    """Volumes and disks of a tier that copies nothing, each with what its file says about it."""
    site, inventory = view.fleet.site, view.fleet.inventory
    rows: list[Row] = []
    for service in view.fleet.services.values():
        for volume, claim, _ in held(service):
            if volume.form == "size" and not _copies(site.tiers.get(volume.tier or "")):
                remark = reference.remark(volume.place) or _NONE
                rows.append(
                    (service_link(service.name, _FOLDER), code(claim), volume.size or "", volume.tier or _NONE, remark)
                )
    for machine in inventory.machines:
        for disk in machine.disks.values():
            if disk.tier not in inventory.backup_jobs:
                remark = reference.remark(disk.place) or (_MADE_ANEW if machine.name in inventory.nodes else _NONE)
                rows.append((machine.name, f"disk {disk.name}", show_bytes(disk.size_bytes), disk.tier, remark))
    return rows
