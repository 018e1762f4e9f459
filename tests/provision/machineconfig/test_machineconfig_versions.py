"""Schematic ids against the factory's own vectors, and who may be upgraded to what."""

from typing import Any

import pytest

from provision.machineconfig import schematic, support

# siderolabs/image-factory, pkg/schematic/schematic_test.go, and three ids in daily use
VECTORS: list[tuple[dict[str, Any], str]] = [
    ({}, "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba"),
    ({"customization": {"extraKernelArgs": []}}, "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba"),
    (
        {"customization": {"systemExtensions": {}, "extraKernelArgs": ["noapic", "nolapic"]}},
        "9cba8e32753f91a16c1837ab8abf356af021706ef284aef07380780177d9a06c",
    ),
    (
        {"customization": {"meta": [{"value": "foo", "key": 10}]}},
        "d308a2a5ee2277bed5fbaa104fcbc8d59122abfa737df987a95b4ca763459a7f",
    ),
    (
        {"customization": {"secureboot": {"includeWellKnownCertificates": True}}},
        "fa8e05f142a851d3ee568eb0a8e5841eaf6b0ebc8df9a63df16ac5ed2c04f3e6",
    ),
    (
        {"overlay": {"name": "rpi_generic", "image": "siderolabs/sbc-raspberrypi"}},
        "ee21ef4a5ef808a9b7484cc0dda0f25075021691c8c09a276591eedb638ea1f9",
    ),
    (
        {"customization": {"systemExtensions": {"officialExtensions": ["siderolabs/qemu-guest-agent"]}}},
        "ce4c980550dd2ab1b17bbf2b08801c7eb59418eafe8f279833297925d67c7515",
    ),
]


@pytest.mark.parametrize(("document", "expected"), VECTORS)
def test_schematic_id_is_the_factorys(document: dict[str, Any], expected: str) -> None:
    assert schematic.schematic_id(document) == expected


def test_canonical_form_quotes_as_go_does() -> None:
    document = {
        "overlay": {"options": {"list": ["a", {"b": 1, "c": [True]}], "empty": {}, "none": []}},
        "customization": {
            "embeddedMachineConfiguration": "a: 1\nb: 2\n",
            "extraKernelArgs": ["a=b", "yes", "12", "- x", "it's: y", "one\ntwo"],
        },
    }
    assert (
        schematic.canonical(document)
        == """\
overlay:
    options:
        list:
            - a
            - b: 1
              c:
                  - true
        empty: {}
        none: []
customization:
    embeddedMachineConfiguration: |
        a: 1
        b: 2
    extraKernelArgs:
        - a=b
        - "yes"
        - "12"
        - '- x'
        - 'it''s: y'
        - |-
            one
            two
"""
    )


def test_unknown_schematic_field_is_refused() -> None:
    with pytest.raises(schematic.SchematicError) as caught:
        schematic.schematic_id({"customization": {"systemExtensions": {"official": []}}})
    assert str(caught.value) == (
        "schematic.customization.systemExtensions has the field 'official', the factory knows officialExtensions"
    )


def test_image_names() -> None:
    assert (
        schematic.disk_image_url("abc", "v1.13.9") == "https://factory.talos.dev/image/abc/v1.13.9/nocloud-amd64.qcow2"
    )
    assert schematic.installer_image("abc", "v1.13.9") == "factory.talos.dev/nocloud-installer/abc:v1.13.9"


@pytest.mark.parametrize(
    ("before", "after", "refusal"),
    [
        ("v1.13.9", "v1.14.1", None),
        ("v1.11.0", "v1.13.9", None),
        (
            "v1.14.1",
            "v1.13.9",
            "Talos v1.14.1 cannot go back to v1.13.9: it may bring an older etcd, which cannot read the newer data",
        ),
        ("v1.14.2", "v1.14.1", None),
        ("v1.11.0", "v1.14.1", "Talos v1.14.1 upgrades hosts from 1.12 on, this one has v1.11.0"),
        ("v1.13.9", "v1.15.0", "Talos v1.15.0 is not known to this program, known are 1.13, 1.14"),
        ("latest", "v1.14.1", "'latest' is not a version of Talos"),
        ("v1.13.9", "latest", "'latest' is not a version of Talos"),
    ],
)
def test_talos_upgrade(before: str, after: str, refusal: str | None) -> None:
    assert support.refuses_upgrade(before, after) == refusal


@pytest.mark.parametrize(
    ("before", "after", "refusal"),
    [
        ("1.36.3", "1.36.4", None),
        ("1.35.1", "1.36.0", None),
        ("1.34.0", "1.36.0", "Kubernetes 1.34.0 goes to 1.35 next, not to 1.36.0"),
        ("1.36.3", "1.36.1", "Kubernetes 1.36.3 cannot go back to 1.36.1: there is no procedure for it"),
        ("1.36.3", "1.35.9", "Kubernetes 1.36.3 cannot go back to 1.35.9: there is no procedure for it"),
        ("x", "1.36.1", "'x' is not a version of Kubernetes"),
        ("1.36.1", "x", "'x' is not a version of Kubernetes"),
    ],
)
def test_kubernetes_upgrade(before: str, after: str, refusal: str | None) -> None:
    assert support.refuses_kubernetes_upgrade(before, after) == refusal


def test_unknown_talos_is_not_judged() -> None:
    assert support.refuses_kubernetes("v1.15.0", "1.40.0") is None
    assert support.refuses_kubernetes("v1.13.0", "1.40") is None
