"""Every image and upstream chart, what pins it, and who runs it."""

from collections import defaultdict
from collections.abc import Iterator

from generator.catalogue.service import Chart, Image, Service
from generator.docs.endpoints import service_link
from generator.docs.markdown import Markdown, code, join
from generator.docs.pages import write
from generator.docs.view import Reference, Row, View, across, by_text

_FOLDER = "services/"
Key = tuple[str, str, str]
Users = dict[Key, dict[str, None]]
_NO_DIGEST = Markdown("**no digest**")


def images_page(reference: Reference) -> str:
    every = {
        image.text: image
        for view in reference.views
        for service in view.fleet.services.values()
        for image in images_of(service)
    }
    users = _users(reference)
    return write(
        "images",
        {
            "images": across(
                ("image", "tag", "digest", "used by"),
                [(view.name, _images(view, users)) for view in reference.views],
                by_text,
            ),
            "charts": across(
                ("chart", "version", "from", "used by"),
                [(view.name, _charts(view, users)) for view in reference.views],
                by_text,
            ),
            "count": len(every),
            "bare": sum(1 for image in every.values() if image.digest is None),
            "required": any(view.fleet.site.require_digests for view in reference.views),
        },
    )


def images_of(service: Service) -> Iterator[Image]:
    """Yield the image of every container, and of a Postgres cluster."""
    for component in service.components.values():
        for container in component.containers:
            yield container.image
    if service.postgres is not None:
        yield service.postgres.image


def _images(view: View, users: Users) -> list[Row]:
    here = {_image_key(image) for service in view.fleet.services.values() for image in images_of(service)}
    return [
        (code(repository), code(tag), code(digest) if digest else _NO_DIGEST, _links(users[(repository, tag, digest)]))
        for repository, tag, digest in sorted(here)
    ]


def _charts(view: View, users: Users) -> list[Row]:
    here = {_chart_key(service.chart) for service in view.fleet.services.values() if service.chart is not None}
    return [
        (code(name), code(version), code(source), _links(users[(name, version, source)]))
        for name, version, source in sorted(here)
    ]


def _image_key(image: Image) -> Key:
    return (image.repository, image.tag, image.digest or "")


def _chart_key(chart: Chart) -> Key:
    return (chart.name or chart.path or "", chart.version, chart.repository or chart.git or "")


def _users(reference: Reference) -> Users:
    """Who uses each image and chart, in any environment."""
    users: Users = defaultdict(dict)
    for name in reference.services:
        for _, service in reference.running(name):
            for image in images_of(service):
                users[_image_key(image)][name] = None
            if service.chart is not None:
                users[_chart_key(service.chart)][name] = None
    return users


def _links(names: dict[str, None]) -> Markdown:
    return join(service_link(name, _FOLDER) for name in names)
