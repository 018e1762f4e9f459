"""Read and judge many texts, each distinct one once, with results that a cache can keep."""

import json
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from generator.schema.fault import Fault
from generator.schema.kubernetes import schema_folder
from generator.schema.manifest import Manifest, read_manifests
from generator.schema.validator import Validator


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one text holds and what is wrong with it.

    `faults` says of each whose it is: a number is an index into `manifests`, None is the text.
    """

    manifests: tuple[Manifest, ...]
    faults: tuple[tuple[int | None, Fault], ...]

    def to_bytes(self) -> bytes:
        """Return the verdict in a form that `from_bytes` takes back unchanged."""
        stored = {
            "manifests": [[manifest.source, manifest.line, manifest.object] for manifest in self.manifests],
            "faults": [[owner, fault.to_json()] for owner, fault in self.faults],
        }
        return json.dumps(stored, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Verdict":
        """Take back what `to_bytes` gave.

        Raises:
            ValueError: these are other bytes.
        """
        try:
            parts = json.loads(stored)
            manifests = tuple(Manifest(source, object_, line) for source, line, object_ in parts["manifests"])
            faults = tuple((owner, Fault.from_json(fault)) for owner, fault in parts["faults"])
        except (KeyError, TypeError, UnicodeDecodeError) as error:
            raise ValueError("these bytes are no verdict") from error
        return cls(manifests, faults)


def judge(text: str, validator: Validator) -> Verdict:
    """Read one text and check each of its objects; every fault carries a line of the text."""
    reading = read_manifests(text)
    faults: list[tuple[int | None, Fault]] = [(None, fault) for fault in reading.faults]
    for number, manifest in enumerate(reading.manifests):
        faults += [(number, replace(fault, line=manifest.line)) for fault in validator.check(manifest.object)]
    return Verdict(reading.manifests, tuple(faults))


class Judge:
    """Judges texts by one validator, each distinct text once; `known` holds verdicts by `key_of` their text.

    A stored verdict that cannot be read back is made anew: the cache only ever saves time.
    """

    def __init__(self, validator: Validator, known: MutableMapping[str, bytes] | None = None) -> None:
        self._validator = validator
        self._known = known
        self._fresh: dict[str, Verdict] = {}

    def verdict(self, text: str) -> Verdict:
        """Return what is to say of a text."""
        found = self._fresh.get(text)
        if found is None:
            found = self._fresh[text] = self._recalled(text)
        return found

    def _recalled(self, text: str) -> Verdict:
        if self._known is None:
            return judge(text, self._validator)
        key = key_of(text, self._validator)
        found = _recalled(self._known, key) or judge(text, self._validator)
        if key not in self._known:
            self._known[key] = found.to_bytes()
        return found


def judge_all(
    texts: Iterable[str], validator: Validator, known: MutableMapping[str, bytes] | None = None
) -> list[Verdict]:
    """Judge texts in order, each distinct one once."""
    judging = Judge(validator, known)
    return [judging.verdict(text) for text in texts]


def key_of(text: str, validator: Validator) -> str:
    """Return what a verdict depends on, as one name: text, Kubernetes version, schemas, code."""
    return sha256(f"{revision()}\0{validator.fingerprint}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()


@cache
def revision() -> str:
    """Return a digest of this package, its data and the release of the Kubernetes schemas."""
    digest = sha256()
    package = Path(__file__).parent
    for file in sorted([*package.glob("*.py"), *package.glob("custom/*/*.yaml")]):
        digest.update(f"{file.relative_to(package)}\0".encode() + file.read_bytes())
    for file in sorted(schema_folder().parent.parent.glob("kubernetes_validate-*.dist-info/RECORD")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _recalled(known: MutableMapping[str, bytes], key: str) -> Verdict | None:
    """Take a verdict out of the cache; what cannot be read back leaves it."""
    if key not in known:
        return None
    try:
        return Verdict.from_bytes(known[key])
    except ValueError:
        del known[key]
        return None
