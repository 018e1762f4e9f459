"""Make a schematic known to the Image Factory: it answers 404 for images of one that nobody ever posted.

Source: facts provisioning.md 3.5.
"""

import json
import urllib.error
import urllib.request

from provision.machineconfig.schematic import canonical, schematic_id
from provision.plan.wanted import Wanted

TIMEOUT_S = 60.0


class FactoryError(Exception):
    """The Image Factory does not take the schematic, or computes another id for it."""


def post(wanted: Wanted, factory: str) -> None:
    """Post the schematic; the same one again does no harm.

    Raises:
        FactoryError: it cannot be reached, refuses, or answers another id.
    """
    text, expected = canonical(wanted.inventory.talos.schematic), schematic_id(wanted.inventory.talos.schematic)
    url = f"{factory}/schematics"
    if not url.startswith(("https://", "http://127.0.0.1:")):
        raise FactoryError(f"{url}: https is expected")
    request = urllib.request.Request(url, data=text.encode(), method="POST")  # noqa: S310  # the scheme is checked above
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310  # the same
            found = json.loads(answer.read())["id"]
    except (urllib.error.URLError, TimeoutError, ValueError, KeyError) as error:
        raise FactoryError(f"{url}: the schematic could not be posted: {error}") from error
    if found != expected:
        raise FactoryError(f"{url}: answered the id {found}, we computed {expected}")
