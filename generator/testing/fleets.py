"""Strategies for small fleets: services that know each other, in names and numbers so few that they collide."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from generator.testing.minimal import CATEGORY
from generator.testing.strategies import services
from generator.testing.workloads import Draw, workloads

Json = dict[str, Any]
Fleet = Mapping[str, Json]
# `app-worker` is also what component `worker` of `app` is called; `y` and `null` are words to YAML 1.1.
NAMES = ("app", "app-worker", "b", "a1", "web-lb", "app-headless", "x" * 52)
REFUSED_NAMES = ("y", "null")
_BASE = {
    "summary": "A service",
    "category": CATEGORY,
    "image": "docker.io/example/app:1.0.0",
    "probes": {"none": "it has no port"},
    "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
}


@st.composite
def fleets(draw: Draw, most: int = 3) -> Fleet:
    """Draw one to `most` services by name, each as its file says it."""
    names = sorted(draw(st.lists(_NAME, min_size=1, max_size=most, unique=True)))
    return {name: draw(workloads(names) if draw(_IS_SOUND) else _OTHERS) for name in names}


_NAME = st.sampled_from([*NAMES * 5, *REFUSED_NAMES])
_IS_SOUND = st.sampled_from([True, True, True, True, False])
_UPSTREAM = st.builds(
    lambda pods, values: {
        "summary": "A chart",
        "category": CATEGORY,
        "chart": {
            "name": "x", "repository": "https://charts.example.net", "version": "1.0.0", "pods": pods, "values": values,
        },
        "ports": {"http": 80},
    },
    st.sampled_from([{}, {"server": {"resources": _BASE["resources"], "ports": ["http"]}}]),
    st.sampled_from([{}, {"a": None, "b": "yes", "c": [1, {"d": "{{ .x }}"}]}, {"port": "${port:self}"}]),
)  # fmt: skip
_WILD = services(names=NAMES, base=_BASE).map(lambda service: {**service, "summary": "A service", "category": CATEGORY})
_OTHERS = st.one_of(_UPSTREAM, _WILD)
