"""Documents to YAML text: the same input always gives the same bytes."""

from collections.abc import Sequence
from typing import Any

import yaml

from provision.machineconfig.model import Document

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def emit(documents: Sequence[Document]) -> str:
    """Write documents in the given order and with their keys in the given order; PEMs stay readable."""
    return yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, width=1 << 30)


def read(text: str) -> list[Document]:
    """Read documents back, leaving out empty ones.

    Raises:
        yaml.YAMLError: the text is not YAML.
    """
    return [document for document in yaml.load_all(text, Loader=_LOADER) if document is not None]


# libyaml writes the same bytes several times as fast; where PyYAML was built without it, Python's own dumper does.
_Emitter: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_Emitter):  # type: ignore[misc,valid-type]  # one of two classes with the same methods
    def ignore_aliases(self, data: object) -> bool:  # the name is PyYAML's
        """Write a value twice where it stands twice: Talos reads anchors, people rather not."""
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)
