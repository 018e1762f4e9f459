"""The readers that emitted text must survive, each as a function from text to plain data."""

import json
from collections.abc import Callable
from pathlib import Path

import helm_python
import ruamel.yaml
import yaml

Reader = Callable[[str], object]

TRICKY_TEXTS = (
    *["", " ", "\n", "\n\n", "\t", "y", "Y", "n", "N", "yes", "Yes", "no", "On", "off", "OFF", "true", "True", "FALSE"],
    *["null", "Null", "NULL", "~", ".nan", ".NaN", ".inf", "-.inf", "+.INF", "nan", "inf", "=", "<<", "-", "--", "---"],
    *["...", "?", ":", "::", ",", "!", "&", "*", "#", "|", ">", "@", "`", "%", "[", "]", "{", "}", "'", '"', "\\"],
    *[
        "0",
        "1",
        "-1",
        "+1",
        "08",
        "0777",
        "0o17",
        "0b11",
        "0x1F",
        "1e3",
        "1E+3",
        "1_000",
        "1.0",
        ".5",
        "5.",
        "1.",
        "-0",
    ],
    *[
        "12:30",
        "12:30:45.6",
        "190:20:30",
        "2020-01-01",
        "2020-1-1",
        "2001-12-14t21:59:43.10-05:00",
        "2020-01-01 10:00:00",
    ],
    *[
        "1.2.3",
        "10.0.20.11",
        "10.0.0.0/8",
        "1..2",
        "1.2.",
        "128Mi",
        "100m",
        "5d",
        "5Ti",
        "0.5Gi",
        "1h30m",
        "1_0m",
        "0x1Fg",
    ],
    *["- x", "-x", "--flag", "--inf", "? x", "x: y", "x:", ": x", "x #y", "#x", "x#y", "x:y", " x", "x ", "x  y", "@x"],
    *["&a", "*a", "!x", "!!python/object:os.system", "!!binary aGk=", "%YAML 1.1", "[a]", "{a: b}", "{{ .Values }}"],
    *[
        "{{- end }}",
        "${A}",
        "$(A)",
        "'x'",
        '"x"',
        "it's",
        'a "b" c',
        "\\n",
        "a\\",
        "C:\\x",
        "a\tb",
        "\ta",
        "a\t",
        "a\rb",
    ],
    *[
        "a\nb",
        "a\nb\n",
        "a\nb\n\n\n",
        "\na",
        "\n\n a\nb",
        " a\nb",
        "\ta\nb",
        "a\n\tb",
        "a \nb",
        "a\n \nb",
        "a\r\nb\r\n",
    ],
    *[
        "# a\nb",
        "- a\n- b",
        "a: b\nc: d\n",
        "---\na\n",
        "...\na\n",
        "%a\nb",
        "a\n# b",
        "{{ a }}\n{{ b }}\n",
        "\n  \n",
        "a\n\n\nb\n",
    ],
    *[
        "\0",
        "\x1b[0m",
        "\x7f",
        "\x85",
        "a\x85b\n",
        "\xa0",
        "\u2028",
        "a\u2029b\nc",
        "\ufeff",
        "\ufeffa\n",
        "\ufffe",
        "\uffff",
    ],
    *[
        "\u202ex",
        "\u200b",
        "Küche",
        "Küche\nBad\n",
        "日本",
        "\U0001f600",
        "\U0001f600\n\U0001f600\n",
        "\U000e0001",
        "x" * 2000,
    ],
)


def pyyaml(text: str) -> object:
    """YAML 1.1 in pure Python."""
    return yaml.load(text, Loader=yaml.SafeLoader)


def libyaml(text: str) -> object:
    """YAML 1.1 as libyaml, written in C, takes it."""
    return yaml.load(text, Loader=yaml.CSafeLoader)


def ruamel_12(text: str) -> object:
    """YAML 1.2 in pure Python."""
    return ruamel.yaml.YAML(typ="safe", pure=True).load(text)


class HelmReader:
    """Kubernetes' own reader, sigs.k8s.io/yaml, as the Helm engine uses it on a chart's values.yaml.

    It reads the key `x` of the text and prints it as JSON through a Helm template.
    """

    def __init__(self, folder: Path) -> None:
        self._chart = folder / "reader"
        (self._chart / "templates").mkdir(parents=True)
        (self._chart / "Chart.yaml").write_text("apiVersion: v2\nname: reader\nversion: 1.0.0\n")
        (self._chart / "templates" / "x.yaml").write_text("{{ .Values.x | toJson }}")

    def __call__(self, text: str) -> object:
        (self._chart / "values.yaml").write_text(text, encoding="utf-8", newline="")
        with helm_python.Chart.load(str(self._chart)) as chart:
            rendered = chart.render({}, name="r", namespace="n")
        return {"x": json.loads(rendered["reader/templates/x.yaml"])}


def same(left: object, right: object) -> bool:
    """Tell whether two values are the same data: `True` is no 1 here, but 1.0 is (JSON has one number)."""
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, int | float) and isinstance(right, int | float):
        return isinstance(left, bool) is isinstance(right, bool) and left == right
    return type(left) is type(right) and left == right
