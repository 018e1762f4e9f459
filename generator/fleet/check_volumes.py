"""What the shape cannot say of volumes: classes, tiers, who shares what, and where it is mounted."""

from generator.catalogue.gaps import SITE
from generator.catalogue.quantity import bytes_of, show_bytes
from generator.catalogue.read import Notes
from generator.catalogue.service import Component, Container, Mount, Service, Volume
from generator.catalogue.site import Site
from generator.finding import Place
from generator.fleet.copies import is_templated
from generator.fleet.unknown import note_unknown

_SHARED_MODES = frozenset({"ReadWriteMany", "ReadOnlyMany"})
_CLAIM_FIELDS = ("storageClassName", "accessModes")


def check_volumes(service: Service, site: Site, notes: Notes) -> None:
    """Note what is wrong with the volumes of one service."""
    owners = {
        f"{component.workload}-{volume.name}": (component, volume)
        for component in service.components.values()
        for volume in component.volumes.values()
        if volume.form == "size"
    }
    # A StatefulSet of several replicas has a claim for each, and none of this name.
    claims = [name for name, (owner, _) in owners.items() if not is_templated(owner)]
    for component in service.components.values():
        for volume in component.volumes.values():
            _check_volume(service, component, volume, site, claims, notes)
        _check_tiers(component, notes)
        _check_quiescing(component, notes)
        _check_mounts(service.name, component, notes)
    for claim, (component, volume) in owners.items():
        _check_sharers(service, claim, component, volume, notes)
    if service.postgres is not None:
        _check_claim(service.postgres.storage, site, notes)
    for pod in service.chart.pods.values() if service.chart else ():
        for volume in pod.volumes.values():
            _check_claim(volume, site, notes)


def _check_volume(
    service: Service, component: Component, volume: Volume, site: Site, claims: list[str], notes: Notes
) -> None:
    at = component.tree.child("storage").child(volume.name)
    for key in _CLAIM_FIELDS if volume.form != "size" else ():
        if key in at:
            message = f"volume {volume.name!r} has {key!r} beside {volume.form!r}, only a claim with `size` has one"
            notes.error(at.key_place(key), "fleet/volume-field", message, f"remove `{key}`")
    match volume.form:
        case "size":
            _check_claim(volume, site, notes)
        case "nfs":
            if volume.share not in site.shares:
                fix = "name a share of `storage.nfs` in values/site.yaml"
                place, lacks = at.value_place("nfs"), (SITE, "storage")
                note_unknown(notes, place, "share", str(volume.share), site.shares, fix, lacks=lacks)
        case "existingClaim":
            if volume.claim not in claims:
                place, fix = at.value_place("existingClaim"), "name a claim of this service"
                lacks = (service.name, "storage")
                note_unknown(notes, place, "claim", str(volume.claim), claims, fix, "the service", lacks=lacks)
        case "emptyDir":
            _check_memory_volume(service.name, component, volume, notes)
        case "hostPath":
            if not any(volume.name in grant.allow.get("hostPath", ()) for grant in component.grants.values()):
                message = f"volume {volume.name!r} of {component.workload!r} is a path of the node without an exception"
                fix = f"add an exception with `allow: {{hostPath: [{volume.name}]}}`"
                notes.error(volume.place, "fleet/host-path", message, fix, lacks=(service.name, "exceptions"))


def _check_claim(volume: Volume, site: Site, notes: Notes) -> None:
    name = volume.storage_class or site.default_class
    if volume.tier is not None and volume.tier not in site.tiers:
        fix = "name a tier of `backup.tiers` in values/site.yaml"
        note_unknown(notes, volume.place, "backup tier", volume.tier, site.tiers, fix, lacks=(SITE, "backup"))
    known = site.classes.get(name)
    if known is None:
        if volume.storage_class is not None:  # a default class that does not exist is the site's fault
            fix = "name a class of `storage.classes` in values/site.yaml"
            note_unknown(notes, volume.place, "storage class", name, site.classes, fix, lacks=(SITE, "storage"))
        return
    for mode in volume.access_modes:
        if mode not in known.access_modes:
            message = f"volume {volume.name!r} wants {mode}, class {name!r} has {', '.join(known.access_modes)}"
            notes.error(volume.place, "fleet/access-mode", message, "use another class or mode")
    size, who = volume.size_bytes or 0, f"volume {volume.name!r} has {show_bytes(volume.size_bytes or 0)}"
    if known.min_bytes is not None and size < known.min_bytes:
        message = f"{who}, class {name!r} has at least {show_bytes(known.min_bytes)}"
        notes.error(volume.place, "fleet/volume-size", message, f"ask for {show_bytes(known.min_bytes)}")
    if known.max_bytes is not None and size > known.max_bytes:
        message = f"{who}, class {name!r} has at most {show_bytes(known.max_bytes)}"
        notes.error(volume.place, "fleet/volume-size", message, "use another class, or an NFS share")


def _check_sharers(service: Service, claim: str, owner: Component, volume: Volume, notes: Notes) -> None:
    """A volume of one node must not be mounted by pods that may stand on several."""
    if set(volume.access_modes) & _SHARED_MODES:
        return
    who = f"volume {volume.name!r} of {owner.workload!r} is {volume.access_modes[0]}"
    pods = _pods_side_by_side(owner)
    if pods is not None:
        fix = "use ReadWriteMany, a StatefulSet, or one replica"
        notes.error(volume.place, "fleet/shared-exclusive-volume", f"{who}, and {pods} mount it", fix)
    others = [
        other.workload
        for other in service.components.values()
        if other is not owner and any(item.claim == claim for item in other.volumes.values())
    ]
    if others:
        message = f"{who}, and {', '.join([owner.workload, *others])} mount it"
        fix = "use ReadWriteMany, or put the containers into one pod"
        notes.error(volume.place, "fleet/shared-exclusive-volume", message, fix)


def _pods_side_by_side(component: Component) -> str | None:
    """The pods of a component that hold the same claim at once, in words."""
    if component.kind == "DaemonSet":
        return "the pods of every node"
    if component.kind == "Deployment" and component.replicas > 1:
        return f"{component.replicas} replicas"
    parallel = int(component.schedule.get("parallelism", 1))
    return f"{parallel} pods at once" if component.kind in ("CronJob", "Job") and parallel > 1 else None


def _check_quiescing(component: Component, notes: Notes) -> None:
    """Velero runs one command per pod before a backup, and one after it."""
    for when in ("before", "after"):
        stated = [volume for volume in component.volumes.values() if getattr(volume, when)]
        other = next((volume for volume in stated if getattr(volume, when) != getattr(stated[0], when)), None)
        if other is not None:
            message = f"volumes {stated[0].name!r} and {other.name!r} of {component.workload!r} differ in {when!r}"
            fix = "give both the same command: a pod runs one"
            notes.error(other.place, "fleet/quiesce-of-two", message, fix, also=(stated[0].place,))


def _check_tiers(component: Component, notes: Notes) -> None:
    """Backup objects choose the claims of a replicated StatefulSet by its selector: all or none."""
    claims = [volume for volume in component.volumes.values() if volume.form == "size" and volume.tier]
    if component.kind != "StatefulSet" or component.replicas < 2:
        return
    for volume in claims[1:]:
        if volume.tier != claims[0].tier:
            first = claims[0]
            message = (
                f"volume {volume.name!r} of {component.workload!r} has {volume.tier}, and {first.name!r} has "
                f"{first.tier}; all claims of a StatefulSet with several replicas have one tier"
            )
            notes.error(volume.place, "fleet/mixed-tiers", message, f"write {first.tier}", also=(first.place,))


def _check_memory_volume(service: str, component: Component, volume: Volume, notes: Notes) -> None:
    block, main = volume.empty_dir or {}, component.container
    limit = main.resources.memory_limit_bytes if main is not None and main.resources is not None else None
    if block.get("medium") == "Memory" and limit is not None and bytes_of(block["sizeLimit"]) > limit:
        message = (
            f"volume {volume.name!r} may take {block['sizeLimit']} of memory, "
            f"the limit of {component.workload!r} is {show_bytes(limit)}"
        )
        fix, lacks = "raise the memory limit, or shrink the volume", (service, "sizeLimit")
        notes.error(volume.place, "fleet/memory-volume", message, fix, lacks=lacks)


def _check_mounts(service: str, component: Component, notes: Notes) -> None:
    main = component.container
    if main is not None:
        _check_paths(main, [volume.mount for volume in component.volumes.values() if volume.mount], notes)
    for init in component.init_containers.values():
        for mount in init.mounts:
            if mount.volume not in component.volumes:
                place, fix = mount.place or component.tree.place, "name a volume of `storage`"
                who, lacks = f"{component.workload!r}", (service, "storage")
                note_unknown(notes, place, "volume", mount.volume, component.volumes, fix, who, lacks=lacks)
        _check_paths(init, list(init.mounts), notes)


def _check_paths(container: Container, mounts: list[Mount], notes: Notes) -> None:
    seen: dict[str, Place] = {}
    places = [(mount.path, mount.place or container.tree.place) for mount in mounts]
    places += [(file.path, file.place) for file in container.files.values()]
    for written, place in places:
        path = written.rstrip("/") or "/"
        if path in seen:
            message = f"path {path!r} is mounted twice in container {container.name!r}"
            notes.error(place, "fleet/mount-twice", message, "change one of the paths", also=(seen[path],))
        seen[path] = place
