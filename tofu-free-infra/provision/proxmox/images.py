"""Bring images onto a storage: by download for disks, by upload for seeds.

Source: facts provisioning.md 1.2 (download-url), provisioning-more.md 1.4.
"""

from dataclasses import dataclass

from . import tasks
from .api import Api, Value
from .errors import AnswerLostError, ProxmoxError, TaskError
from .pace import again
from .seed import Seed
from .tasks import Work


@dataclass(frozen=True, slots=True)
class ImageSpec:
    """A disk image to import from: where it comes from and, if known, its SHA-512."""

    url: str
    storage: str
    file: str
    sha512: str | None = None

    def __post_init__(self) -> None:
        """Refuse a name that the storage would."""
        if not self.file.endswith((".qcow2", ".raw", ".vmdk")):
            raise ProxmoxError(f"image file '{self.file}' does not end in .qcow2, .raw or .vmdk")

    @property
    def volume(self) -> str:
        """Return the volume that it becomes."""
        return f"{self.storage}:import/{self.file}"


def volumes(api: Api, host: str, storage: str, content: str) -> frozenset[str]:
    """Return the volumes of a kind on a storage."""
    rows = api.get(
        f"nodes/{host}/storage/{storage}/content", f"list {content} on {storage} of {host}", {"content": content}
    )
    return frozenset(row["volid"] for row in rows)


def ensure(api: Api, host: str, image: ImageSpec) -> str:
    """Return the volume of an image, downloading it if it is not there.

    Raises:
        TaskError: the download failed, or another file of that name is there.
    """
    if image.volume in volumes(api, host, image.storage, "import"):
        return image.volume
    doing = f"download {image.url} to {image.storage} on {host}"
    fields: dict[str, Value] = {"content": "import", "filename": image.file, "url": image.url}
    if image.sha512 is not None:
        fields.update({"checksum": image.sha512, "checksum-algorithm": "sha512"})
    path = f"nodes/{host}/storage/{image.storage}/download-url"
    try:
        tasks.run(api, Work("post", path, host, image.file, ("download",), doing, fields))
    except TaskError as error:
        # Another apply on this storage was faster; without a checksum Proxmox cannot know that it is the same file.
        if image.sha512 is not None or "refusing to override" not in error.exitstatus:
            raise
    return image.volume


def ensure_seed(api: Api, host: str, storage: str, seed: Seed) -> str:
    """Return the volume of a seed ISO, uploading it if it is not there; its name tells its content."""
    volume, doing = f"{storage}:iso/{seed.file}", f"upload {seed.file} to {storage} on {host}"
    fields = {"content": "iso", "checksum": seed.sha512, "checksum-algorithm": "sha512"}

    def once(_: int) -> None:
        # The same file again does no harm: it is overwritten with the same bytes.
        if volume not in volumes(api, host, storage, "iso"):
            upid = api.upload(f"nodes/{host}/storage/{storage}/upload", doing, fields, seed.file, seed.content)
            api.watch.dispatched(upid, doing)
            tasks.follow(api, upid, doing)

    again(api.pace, (AnswerLostError,), once)
    return volume


def delete(api: Api, host: str, volume: str) -> None:
    """Delete a volume; one that is gone is no fault."""
    storage, _, name = volume.partition(":")
    doing, path = f"delete {volume} on {host}", f"nodes/{host}/storage/{storage}/content/{volume}"

    def once(_: int) -> None:
        if volume not in volumes(api, host, storage, name.partition("/")[0]):
            return
        upid = api.write("delete", path, doing)
        if upid is not None:  # storages that delete at once start no task
            api.watch.dispatched(upid, doing)
            tasks.follow(api, upid, doing)

    again(api.pace, (AnswerLostError,), once)
