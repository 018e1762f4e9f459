"""The text that emit writes, compared whole."""

import os
import subprocess
import sys
from collections import OrderedDict
from enum import Enum, IntEnum, StrEnum

import pytest

from generator.emitter import emit, emit_all


class Word(StrEnum):
    ON = "on"


class OldWord(str, Enum):  # noqa: UP042 - whose format() is not its text, unlike StrEnum
    MEDIA = "media"


class Size(IntEnum):
    SMALL = 1


VALUE = {
    "apiVersion": "v1",
    "metadata": {"name": "sonarr", "labels": {}, "on": True},
    "ports": [{"name": "http", "port": 8989, "hosts": ["a.example", "b.example"]}, {}, []],
    "matrix": [[1, 2], [[], [None, False]]],
    "args": ("--log-level=info", "-c", "*.plex.direct", "10.0.20.11", "10.0.0.0/8", "1.36.3", "128Mi", "1h30m"),
    "files": {"nginx.conf": "server {\n\tlisten 80;\n\n}\n", "motd": "  hi\nyou", "end": ["a\n\n", {"b": "c\nd\n"}]},
    "rule": 'up{job="sonarr"} == 0',
    "path": "C:\\temp",
    "both": 'it\'s "so"',
    "both quoted": '"it\'s"',
    "crlf": "a\r\nb",
    "blank at end": "a \nb\n",
    "kitchen": "Küche",
    "override": "\u202etxt.exe",
    "tag": "\U000e0041",
    "long": "word " * 60 + "end",
}
TEXT = """\
# Written by 'chartroom charts' from values/apps/media/sonarr.yaml.
#
# Do not edit.
apiVersion: v1
metadata:
  name: sonarr
  labels: {}
  "on": true
ports:
- name: http
  port: 8989
  hosts:
  - a.example
  - b.example
- {}
- []
matrix:
- - 1
  - 2
- - []
  - - null
    - false
args:
- --log-level=info
- "-c"
- "*.plex.direct"
- 10.0.20.11
- 10.0.0.0/8
- 1.36.3
- 128Mi
- 1h30m
files:
  nginx.conf: |
    server {
    \tlisten 80;

    }
  motd: |2-
      hi
    you
  end:
  - |+
    a

  - b: |
      c
      d
rule: 'up{job="sonarr"} == 0'
path: 'C:\\temp'
both: it's "so"
both quoted: '"it''s"'
crlf: "a\\r\\nb"
blank at end: "a \\nb\\n"
kitchen: "Küche"
override: "\\u202etxt.exe"
tag: "\\U000e0041"
long: LONG
""".replace("LONG", "word " * 60 + "end")
HEADER = "Written by 'chartroom charts' from values/apps/media/sonarr.yaml.\n\nDo not edit."


def test_emit_writes_every_shape() -> None:
    assert emit(VALUE, header=HEADER) == TEXT


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{}\n"),
        ([], "[]\n"),
        ((), "[]\n"),
        (None, "null\n"),
        (True, "true\n"),
        ("yes", '"yes"\n'),
        ("a\nb\n", '"a\\nb\\n"\n'),
        ([1], "- 1\n"),
        (0, "0\n"),
        (-(2**53), "-9007199254740992\n"),
        (1.0, "1\n"),
        (-0.0, "0\n"),
        (0.1, "0.1\n"),
        (-2.5, "-2.5\n"),
        (1e-300, "1.0e-300\n"),
        (1.5e-7, "1.5e-07\n"),
        (OrderedDict(b=1, a=OrderedDict()), "b: 1\na: {}\n"),
        ({Word.ON: Word.ON, "old": OldWord.MEDIA, "size": Size.SMALL}, '"on": "on"\nold: media\nsize: 1\n'),
    ],
)
def test_emit_writes_one_value(value: object, text: str) -> None:
    assert emit(value) == text


def test_emit_all_separates_documents() -> None:
    assert emit_all([{"a": 1}, [], {"b": 2}], header="h") == "# h\na: 1\n---\n[]\n---\nb: 2\n"


def test_emit_all_writes_nothing_for_no_document() -> None:
    assert emit_all([]) == ""


def test_emit_writes_the_same_object_twice_without_an_anchor() -> None:
    shared = {"a": [1]}

    assert emit({"x": shared, "y": shared}) == 'x:\n  a:\n  - 1\n"y":\n  a:\n  - 1\n'


@pytest.mark.parametrize("seed", ["0", "1"])
@pytest.mark.parametrize("locale", ["C", "tr_TR.UTF-8"])
def test_emit_writes_the_same_bytes_under_another_hash_seed_and_locale(seed: str, locale: str) -> None:
    program = (
        "import sys, tests.emitter.test_emitter_shape as t\n"
        "from generator.emitter import emit\n"
        "sys.stdout.buffer.write(emit(t.VALUE, header=t.HEADER).encode())"
    )
    environment = {
        "PYTHONHASHSEED": seed,
        "LC_ALL": locale,
        "TZ": "Pacific/Apia",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)

    assert run.stdout == TEXT.encode()
