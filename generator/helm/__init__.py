"""Charts in, manifests out."""

from generator.helm.command import HelmCommand
from generator.helm.engine import Engine
from generator.helm.error import HelmError
from generator.helm.foreign import PACKED, read_any_chart
from generator.helm.pairs import Pair, Pairs, documents_of, kinds_of
from generator.helm.renderer import Renderer, command, renderer
from generator.helm.texts import ChartTexts, library_texts, read_chart

__all__ = [
    "PACKED",
    "ChartTexts",
    "Engine",
    "HelmCommand",
    "HelmError",
    "Pair",
    "Pairs",
    "Renderer",
    "command",
    "documents_of",
    "kinds_of",
    "library_texts",
    "read_any_chart",
    "read_chart",
    "renderer",
]
