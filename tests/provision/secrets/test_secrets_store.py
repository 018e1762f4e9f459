"""The bundle at rest: encrypted, private, whole, and never part of a text."""

import base64
import re
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyrage
import pytest
import yaml

from provision.secrets import access, bundle, files, store
from provision.secrets.error import SecretsError
from provision.secrets.pki import KeyPair

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MARKER = "SEEDED-SECRET-MARKER"
IDENTITY = store.new_identity()


def marked() -> bundle.SecretsBundle:
    pair = KeyPair(MARKER.encode(), MARKER.encode())
    return bundle.SecretsBundle(MARKER, MARKER, MARKER, MARKER, MARKER, pair, pair, pair, MARKER.encode(), pair)


def test_bundle_has_the_shape_of_talosctl() -> None:
    made = bundle.generate(NOW)
    document = yaml.safe_load(bundle.to_yaml(made))
    assert list(document) == ["cluster", "secrets", "trustdinfo", "certs"]
    assert list(document["certs"]) == ["etcd", "k8s", "k8saggregator", "k8sserviceaccount", "os"]
    assert list(document["certs"]["k8sserviceaccount"]) == ["key"]
    for token in (made.bootstrap_token, made.trustd_token):
        assert re.fullmatch(r"[a-z0-9]{6}\.[a-z0-9]{16}", token)
    for text in (made.cluster_id, made.cluster_secret, made.secretbox_key):
        assert len(base64.b64decode(text, validate=True)) == 32


def test_bundle_survives_its_file_and_two_bundles_differ() -> None:
    made = bundle.generate(NOW)
    assert bundle.from_yaml(bundle.to_yaml(made)) == made
    assert bundle.generate(NOW).cluster_id != made.cluster_id


def test_url_safe_cluster_id_is_kept_verbatim() -> None:
    made = replace(bundle.generate(NOW), cluster_id="0raF93qnkMvF-FZNuvyGozXNdLiT2FOWSlyBaW4PR-w=")
    assert bundle.from_yaml(bundle.to_yaml(made)).cluster_id == "0raF93qnkMvF-FZNuvyGozXNdLiT2FOWSlyBaW4PR-w="


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "the secrets bundle is not YAML"),
        (f"[{MARKER}]", "the secrets bundle is not a mapping"),
        (f"cluster: {MARKER}", "cluster.id of the secrets bundle is missing"),
        ("cluster: {id: ''}", "cluster.id of the secrets bundle is missing"),
        (
            re.sub(r"(?m)^    crt: \w+", "    crt: §", bundle.to_yaml(bundle.generate(NOW)), count=1),
            "certs.etcd.crt of the secrets bundle is not base64",
        ),
    ],
)
def test_a_broken_bundle_is_named_without_its_content(text: str, message: str) -> None:
    with pytest.raises(SecretsError) as caught:
        bundle.from_yaml(text)
    assert str(caught.value) == message
    assert caught.value.__cause__ is None or MARKER not in str(caught.value.__cause__)


def test_no_repr_shows_a_secret(tmp_path: Path) -> None:
    shown = [
        repr(marked()),
        repr(marked().etcd),
        repr(access.TalosAccess(MARKER.encode(), marked().talos)),
        repr(store.AgeFile(tmp_path / "x", MARKER)),
    ]
    assert not [text for text in shown if MARKER in text]


def test_age_file_keeps_a_bundle_private(tmp_path: Path) -> None:
    place = store.AgeFile(tmp_path / "prod.secrets.age", IDENTITY)
    assert place.load() is None
    place.save(marked())
    assert place.load() == marked()
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o600
    assert MARKER.encode() not in place.path.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["prod.secrets.age"]


def test_age_file_reads_an_identity_file_with_comments(tmp_path: Path) -> None:
    path = tmp_path / "x.age"
    store.AgeFile(path, IDENTITY).save(marked())
    assert store.AgeFile(path, f"# created: today\n\n{IDENTITY}\n").load() == marked()


def test_age_file_is_replaced_only_when_asked(tmp_path: Path) -> None:
    place = store.AgeFile(tmp_path / "x.age", IDENTITY)
    place.save(marked())
    with pytest.raises(SecretsError) as caught:
        place.save(marked())
    assert str(caught.value) == f"{place.path}: is there already and is not replaced"
    place.save(replace(marked(), cluster_id="other"), replace=True)
    loaded = place.load()
    assert loaded is not None
    assert loaded.cluster_id == "other"


def test_age_file_says_why_it_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.age"
    store.AgeFile(path, IDENTITY).save(marked())
    sealed_nonsense = tmp_path / "y.age"
    public = pyrage.x25519.Identity.from_str(IDENTITY).to_public()
    sealed_nonsense.write_bytes(pyrage.encrypt(MARKER.encode(), [public]))
    for place, message in (
        (store.AgeFile(path, store.new_identity()), f"{path}: is not an age file for this identity"),
        (store.AgeFile(path, MARKER), f"{path}: the age identity is not an X25519 identity (AGE-SECRET-KEY-1…)"),
        (
            store.AgeFile(path, "# only a comment"),
            f"{path}: the age identity is not an X25519 identity (AGE-SECRET-KEY-1…)",
        ),
        (store.AgeFile(tmp_path, IDENTITY), f"{tmp_path}: cannot be read, Is a directory"),
        (store.AgeFile(sealed_nonsense, IDENTITY), f"{sealed_nonsense}: the secrets bundle is not a mapping"),
    ):
        with pytest.raises(SecretsError) as caught:
            place.load()
        assert str(caught.value) == message


def test_private_files_are_read_only_when_private(tmp_path: Path) -> None:
    path = tmp_path / "token"
    files.write_private(path, b"one")
    assert files.read_private(path) == b"one"
    path.chmod(0o640)
    with pytest.raises(SecretsError) as caught:
        files.read_private(path)
    assert str(caught.value) == f"{path}: has mode 0640, others may read it, expected 0600"
    with pytest.raises(SecretsError) as caught:
        files.read_private(tmp_path / "none")
    assert str(caught.value) == f"{tmp_path}/none: cannot be read, No such file or directory"
    with pytest.raises(SecretsError) as caught:
        files.write_private(tmp_path / "none" / "x", b"")
    assert str(caught.value) == f"{tmp_path}/none/x: cannot be written, No such file or directory"
