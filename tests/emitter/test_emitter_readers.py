"""Whatever is emitted, every reader reads back what was written."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.emitter import emit
from tests.emitter.readers import TRICKY_TEXTS, HelmReader, Reader, libyaml, pyyaml, ruamel_12, same

TEXTS = st.one_of(
    st.sampled_from(TRICKY_TEXTS),
    st.lists(st.sampled_from([*TRICKY_TEXTS, " ", "\n", "\n  "]), min_size=2, max_size=5).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text("0123456789_.:-+eExXobTZ /aminf", max_size=12),
    st.text(" \n\t#-a:'\"", max_size=12),
)
SHORT_TEXTS = TEXTS.filter(lambda text: len(text) < 100)
# A whole number beyond 2^53 is refused.
FLOATS = st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: abs(x) <= 2**53 or not x.is_integer())
NUMBERS = st.integers(-(2**53), 2**53) | FLOATS
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SHORT_TEXTS, inner, max_size=4),
    max_leaves=12,
)
HELM = "helm"


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reader]:
    helm = HelmReader(tmp_path_factory.mktemp("helm"))
    return {"pyyaml": pyyaml, "libyaml": libyaml, "ruamel": ruamel_12, HELM: helm}


def assert_read_back(readers: dict[str, Reader], value: object, names: tuple[str, ...]) -> None:
    # The value stands in a list: Helm drops a null of a map, which is its merge and not its reader.
    written = {"x": [value]}
    text = emit(written)
    for name in names:
        read = readers[name](text)
        assert same(without_order(name, written), without_order(name, read)), f"{name} read {read!r} from\n{text}"


def without_order(reader: str, value: Any) -> Any:
    """Sort the keys where the reader does: Go prints maps sorted."""
    if reader != HELM:
        return value
    if isinstance(value, dict):
        return {key: without_order(reader, value[key]) for key in sorted(value)}
    return [without_order(reader, item) for item in value] if isinstance(value, list) else value


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=VALUES)
def test_emit_writes_what_every_reader_reads_back(readers: dict[str, Reader], value: object) -> None:
    assert_read_back(readers, value, tuple(readers))


@settings(max_examples=400, deadline=None)
@given(text=TEXTS)
def test_emit_writes_texts_that_every_reader_reads_back(readers: dict[str, Reader], text: str) -> None:
    key = text[:100]
    assert_read_back(readers, {"value": text, "list": [text, [text]], key: {key: text}}, tuple(readers))


@pytest.mark.parametrize("reader", ["pyyaml", "libyaml", "ruamel", HELM])
def test_emit_writes_tricky_texts_as_values_keys_and_items(readers: dict[str, Reader], reader: str) -> None:
    as_keys = {text: text for text in TRICKY_TEXTS if len(text) < 1000}
    nested = [{text: [text, [text, {"a": text}]]} for text in TRICKY_TEXTS if len(text) < 1000]
    for value in (as_keys, nested, list(TRICKY_TEXTS)):
        assert_read_back(readers, value, (reader,))


# What sigs.k8s.io/yaml makes of a plain scalar: it shows that the reader in these tests is Kubernetes' own.
AS_KUBERNETES_READS = {
    "yes": True,
    "On": True,
    "y": True,
    "n": False,
    "0777": 511,
    "08": 8,
    "0o17": 15,
    "0b11": 3,
    "1e3": 1000,
    "1_000": 1000,
    "12:30": "12:30",
    "2020-01-01": "2020-01-01",
    "=": "=",
    "1.0": 1,
    "~": None,
    "!!binary aGk=": "hi",
}


@pytest.mark.parametrize(("plain", "read"), AS_KUBERNETES_READS.items())
def test_helm_reader_reads_plain_scalars_as_kubernetes_does(
    readers: dict[str, Reader], plain: str, read: object
) -> None:
    assert same(readers[HELM](f"x:\n- {plain}\n"), {"x": [read]})


@pytest.mark.parametrize("plain", AS_KUBERNETES_READS)
def test_emit_quotes_what_readers_take_for_something_else(plain: str) -> None:
    assert emit({plain: plain}) == f'"{plain}": "{plain}"\n'


def test_emit_writes_helm_template_text_that_is_not_evaluated(tmp_path: Path) -> None:
    value = ["{{ .Values }}", "{{- fail `x` }}", "a\n{{ end }}\n", "!!python/name:os.system", "*a", "&a"]

    assert HelmReader(tmp_path)(emit({"x": value})) == {"x": value}
