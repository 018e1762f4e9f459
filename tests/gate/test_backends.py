"""The catalogue is clean under each backend that the site may choose, one changed at a time."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.gate.edit import ROOT, check, copy_repository

INFISICAL = re.compile(r"    infisical:\n(?:      .*\n)+")
VAULT = """\
    vault:
      server: https://vault.home.example.net:8200
      path: secret
      version: v2
      auth:
        kubernetes:
          mountPath: kubernetes
          role: external-secrets
          serviceAccountRef: {name: external-secrets, namespace: external-secrets}
"""


# VolSync copies claims that are named; those of upstream charts are named by the charts. Velero takes them by a label.
WAIVER = """\
  - rule: backup/copied
    object: {name}
    reason: {reason}
    owner: alex
    created: "2026-11-21"
    until: "2027-04-30"
"""
UNNAMED = {
    "Volume/jupyterhub/jupyterhub-hub-db": "the chart names the claim; users and servers can be made again",
    "Volume/jupyterhub/jupyterhub-singleuser-home": "the hub makes one claim for each user, so nobody can name them",
    "Volume/valkey/valkey-valkey-data": "the chart names the claim; services fill their caches again",
}


@dataclass(frozen=True)
class Backend:
    """What to write in the site file instead; `waived` is what somebody answers for under this backend."""

    site: Mapping[str, str] = field(default_factory=dict)
    vault: bool = False
    waived: Mapping[str, str] = field(default_factory=dict)


BACKENDS = {
    "routing ingress": Backend({"routing: gateway-api": "routing: ingress"}),
    "network policy plain": Backend({"network_policy: cilium": "network_policy: kubernetes"}),
    "load balancer cilium": Backend({"load_balancer: metallb": "load_balancer: cilium"}),
    "backup volsync": Backend({"backup: velero}": "backup: volsync}"}, waived=UNNAMED),
    "secrets vault": Backend(vault=True),
}


@pytest.mark.parametrize("name", BACKENDS)
def test_catalogue_is_clean_under(name: str, tmp_path: Path) -> None:
    """Warnings are those of the catalogue as it is: images whose digest nobody knows."""
    found = check(_changed(tmp_path, BACKENDS[name]))
    assert [said for said in found if said.severity == "error"] == []
    assert {said.rule for said in found} == {"images/digest"}


def _changed(top: Path, backend: Backend) -> Path:
    copy_repository(top)
    site = top / "values" / "site.yaml"
    text = site.read_text(encoding="utf-8")
    for old, new in backend.site.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    if backend.vault:
        text, many = INFISICAL.subn(VAULT, text)
        assert many == 1
        for path in (top / "values" / "environments").glob("*.yaml"):
            own = re.sub(r", provider: \{infisical: .*?\}\}\}", "", path.read_text(encoding="utf-8"))
            path.write_text(own, encoding="utf-8")
    site.write_text(text, encoding="utf-8")
    if backend.waived:
        (top / "policies").unlink()
        shutil.copytree(ROOT / "policies", top / "policies")
        waivers = top / "policies" / "waivers.yaml"
        more = "".join(WAIVER.format(name=name, reason=reason) for name, reason in backend.waived.items())
        waivers.write_text(f"{waivers.read_text(encoding='utf-8')}{more}", encoding="utf-8")
    return top
