"""Every image and upstream chart, what pins it, and who runs it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from generator.catalogue.service import Chart, Image, Service
from generator.docs.endpoints import service_link
from generator.docs.markdown import Markdown, code, join
from generator.docs.pages import write
from generator.docs.view import Reference, Row, across, by_text

_FOLDER = "services/"
Key = tuple[str, ...]
# What one service runs in one environment: images as repository, tag, digest and their whole text,
# and of an upstream chart its name, version and where it is from.
Pinned = tuple[tuple[Key, ...], Key | None]
# Environment -> service -> what it runs there; both in order.
PinnedBy = Mapping[str, Mapping[str, Pinned]]
Users = dict[Key, dict[str, None]]
_NO_DIGEST = Markdown("**no digest**")


def pinned_by(reference: Reference) -> dict[str, dict[str, Pinned]]:
    """Return what pins what every service runs: all that the page needs to know of them."""
    return {
        view.name: {name: pinned(service) for name, service in view.fleet.services.items()} for view in reference.views
    }


def pinned(service: Service) -> Pinned:
    """Return what pins what one service runs."""
    images = tuple(dict.fromkeys(_image_key(image) for image in images_of(service)))
    return images, _chart_key(service.chart) if service.chart is not None else None


def images_page(found: PinnedBy, *, required: bool) -> str:
    """Write the page. `required` says that some environment refuses an image without a digest."""
    users = _users(found)
    every = {key[3]: key[2] for own in found.values() for images, _ in own.values() for key in images}
    return write(
        "images",
        {
            "images": across(
                ("image", "tag", "digest", "used by"),
                [(name, _images(own.values(), users)) for name, own in found.items()],
                by_text,
            ),
            "charts": across(
                ("chart", "version", "from", "used by"),
                [(name, _charts(own.values(), users)) for name, own in found.items()],
                by_text,
            ),
            "count": len(every),
            "bare": sum(1 for digest in every.values() if not digest),
            "required": required,
        },
    )


def digests_required(reference: Reference) -> bool:
    """Say whether some environment refuses an image without a digest."""
    return any(view.fleet.site.require_digests for view in reference.views)


def images_of(service: Service) -> Iterator[Image]:
    """Yield the image of every container, and of a Postgres cluster."""
    for component in service.components.values():
        for container in component.containers:
            yield container.image
    if service.postgres is not None:
        yield service.postgres.image


def _images(own: Iterable[Pinned], users: Users) -> list[Row]:
    here = {tuple(key[:3]) for images, _ in own for key in images}
    return [
        (code(repository), code(tag), code(digest) if digest else _NO_DIGEST, _links(users[(repository, tag, digest)]))
        for repository, tag, digest in sorted(here)
    ]


def _charts(own: Iterable[Pinned], users: Users) -> list[Row]:
    here = {tuple(chart) for _, chart in own if chart is not None}
    return [
        (code(name), code(version), code(source), _links(users[(name, version, source)]))
        for name, version, source in sorted(here)
    ]


def _image_key(image: Image) -> Key:
    return (image.repository, image.tag, image.digest or "", image.text)


def _chart_key(chart: Chart) -> Key:
    return (chart.name or chart.path or "", chart.version, chart.repository or chart.git or "")


def _users(found: PinnedBy) -> Users:
    """Who uses each image and chart, in any environment."""
    users: Users = defaultdict(dict)
    for name in sorted({name for own in found.values() for name in own}):
        for own in found.values():
            if name in own:
                images, chart = own[name]
                for image in images:
                    users[tuple(image[:3])][name] = None
                if chart is not None:
                    users[tuple(chart)][name] = None
    return users


def _links(names: dict[str, None]) -> Markdown:
    return join(service_link(name, _FOLDER) for name in names)
