"""Each backend in bold, one changed at a time, and what goes when its operator is not there."""

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest

from generator.chart import ChartError, build_values, scopes_of
from tests.chart.catalogue import ROOT, fleets, manifests, one, render_all, resolve_all, with_edits

SCHEMAS = ROOT.parent / "shared" / "crd-schemas"
BACKENDS = {
    "ingress": ("routing: gateway-api", "routing: ingress"),
    "kubernetes": ("network_policy: cilium", "network_policy: kubernetes"),
    "cilium": ("load_balancer: metallb", "load_balancer: cilium"),
    "volsync": ("backup: velero}", "backup: volsync}"),
    "bgp": ("announce: l2", "announce: bgp, peers: [{address: 10.0.10.1, asn: 64512, my_asn: 64513}]"),
}
BUILTIN = {f"{group}.k8s.io" for group in ("rbac.authorization", "networking", "storage", "scheduling", "discovery")}
VAULT = (
    re.search(r"  provider: \{infisical.*?\n.*?\n", (Path(__file__).parent / "values/site.yaml").read_text()).group(0),  # type: ignore[union-attr]
    '  provider: {vault: {server: "https://bao.example.net", path: kv, version: v2, '
    "auth: {kubernetes: {mountPath: kubernetes, role: external-secrets}}}}\n",
)


def changed(tmp_path: Path, backend: str) -> list[dict[str, Any]]:
    edit = VAULT if backend == "vault" else BACKENDS[backend]
    return render_all(with_edits(tmp_path, {"site.yaml": edit}))


def by_kind(found: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [item for item in found if item["kind"] == kind]


@cache
def schema_of(group: str, version: str, kind: str) -> Any:
    """The reference schema of a custom resource, without the patterns that only Go reads."""
    path = SCHEMAS / group / f"{kind.lower()}_{version}.json"

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: plain(inner) for key, inner in value.items() if not (key == "pattern" and isinstance(inner, str))
            }
        return [plain(inner) for inner in value] if isinstance(value, list) else value

    return jsonschema.Draft7Validator(plain(json.loads(path.read_text()))) if path.exists() else None


def faults(found: list[dict[str, Any]]) -> list[str]:
    """What the schemas of Kubernetes 1.36 and of the custom resources say."""
    return [fault for text in sorted({json.dumps(item) for item in found}) for fault in faults_of(text)]


@cache
def faults_of(text: str) -> list[str]:
    """The faults of one object, looked for once: most do not change with the backend."""
    found = [json.loads(text)]
    said = []
    for item in found:
        group, _, version = item["apiVersion"].rpartition("/")
        who = f"{item['kind']}/{item['metadata']['name']}"
        if "." in group and group not in BUILTIN:
            validator = schema_of(group, version, item["kind"])
            said += [f"{who}: {error.message}" for error in validator.iter_errors(item)] if validator else [f"? {who}"]
        else:
            try:
                kubernetes_validate.validate(item, "1.36", strict=True)
            except kubernetes_validate.ValidationError as error:
                said.append(f"{who}: {error}")
    return said


@pytest.mark.shared
@pytest.mark.parametrize("backend", ["as it is", "vault", *BACKENDS])
def test_everything_fits_the_schemas_under_each_backend(tmp_path: Path, backend: str) -> None:
    found = list(manifests()) + list(manifests("staging")) if backend == "as it is" else changed(tmp_path, backend)
    assert len(found) > 100
    unknown = {"? BGPAdvertisement/lan", "? BGPPeer/lan-0"}  # MetalLB's BGP kinds are not among the references
    assert [fault for fault in faults(found) if fault not in unknown] == []


def test_ingress_brings_no_gateway_and_its_own_certificates(tmp_path: Path) -> None:
    found = changed(tmp_path, "ingress")
    assert by_kind(found, "HTTPRoute") + by_kind(found, "Gateway") + by_kind(found, "Certificate") == []
    photos = next(item for item in by_kind(found, "Ingress") if item["metadata"]["name"] == "photos")
    assert photos["spec"]["ingressClassName"] == "traefik"
    assert photos["spec"]["tls"] == [{"hosts": ["photos.home.example.net"], "secretName": "photos-tls"}]
    assert photos["metadata"]["annotations"] == {"cert-manager.io/cluster-issuer": "letsencrypt"}
    # Traefik reads this one on the Service, and nowhere else.
    assert [
        (item["metadata"]["name"], item["metadata"]["annotations"])
        for item in by_kind(found, "Service")
        if "serversscheme" in str(item["metadata"].get("annotations"))
    ] == [("photos", {"traefik.ingress.kubernetes.io/service.serversscheme": "https"})]


def test_plain_policies_open_ports_where_cilium_opens_names(tmp_path: Path) -> None:
    found = changed(tmp_path, "kubernetes")
    assert by_kind(found, "CiliumNetworkPolicy") == []
    policies = {item["metadata"]["name"]: item["spec"] for item in by_kind(found, "NetworkPolicy")}
    blocks = [peer["ipBlock"] for rule in policies["sonarr"]["egress"] for peer in rule["to"] if "ipBlock" in peer]
    assert [block["cidr"] for block in blocks] == ["0.0.0.0/0"]
    assert "10.0.0.0/8" in blocks[0]["except"]
    api = [rule for rule in policies["cert-manager"]["egress"] if rule.get("ports", [{}])[0].get("port") == 6443]
    assert api == [
        {
            "to": [{"ipBlock": {"cidr": "10.0.10.10/32"}}, {"ipBlock": {"cidr": "10.0.10.11/32"}}],
            "ports": [{"protocol": "TCP", "port": 6443}],
        }
    ]
    nodes = [rule for rule in policies["vector"]["egress"] if rule.get("ports", [{}])[0].get("port") == 10250]
    assert [peer["ipBlock"]["cidr"] for peer in nodes[0]["to"]] == ["10.0.10.11/32", "10.0.10.12/32"]


def test_cilium_opens_names_entities_and_answers_of_the_name_servers() -> None:
    spec = one("CiliumNetworkPolicy", "sonarr-internet")["spec"]
    assert spec["egress"][1] == {
        "toFQDNs": [{"matchPattern": "*.thetvdb.com"}, {"matchName": "skyhook.sonarr.tv"}],
        "toPorts": [{"ports": [{"port": "443", "protocol": "TCP"}]}],
    }
    assert spec["egress"][0]["toPorts"][0]["rules"] == {"dns": [{"matchPattern": "*"}]}
    webhook = one("CiliumNetworkPolicy", "cert-manager-cluster")["spec"]
    assert webhook["ingress"][0]["fromEntities"] == ["host", "kube-apiserver", "remote-node"]
    assert webhook["egress"][0]["toEntities"] == ["kube-apiserver"]


def test_no_policy_has_an_empty_list() -> None:
    for item in by_kind(list(manifests()), "NetworkPolicy"):
        spec = item["spec"]
        assert spec["policyTypes"] == ["Ingress", "Egress"]
        assert [key for key in ("ingress", "egress") if spec.get(key) == []] == []
        for rule in [*spec.get("ingress", []), *spec.get("egress", [])]:
            assert rule.get("from", rule.get("to")) != []


def test_load_balancers_ask_for_their_address_in_the_words_of_the_backend(tmp_path: Path) -> None:
    metallb = one("Service", "mosquitto-lb")
    assert metallb["metadata"]["annotations"] == {"metallb.io/loadBalancerIPs": "10.0.10.102"}
    assert metallb["spec"]["externalTrafficPolicy"] == "Local"
    assert metallb["spec"]["allocateLoadBalancerNodePorts"] is False
    found = changed(tmp_path, "cilium")
    cilium = next(item for item in found if item["metadata"]["name"] == "mosquitto-lb")
    assert cilium["metadata"]["annotations"] == {"lbipam.cilium.io/ips": "10.0.10.102"}
    assert by_kind(found, "IPAddressPool") == []
    assert by_kind(found, "CiliumLoadBalancerIPPool")[0]["spec"] == {
        "blocks": [{"start": "10.0.10.100", "stop": "10.0.10.159"}]
    }
    assert len(by_kind(found, "CiliumL2AnnouncementPolicy")) == 1


def test_bgp_announces_to_its_peers(tmp_path: Path) -> None:
    found = changed(tmp_path, "bgp")
    assert by_kind(found, "L2Advertisement") == []
    assert by_kind(found, "BGPPeer")[0]["spec"] == {"myASN": 64513, "peerASN": 64512, "peerAddress": "10.0.10.1"}


def test_cilium_announces_by_bgp_as_well(tmp_path: Path) -> None:
    with_edits(tmp_path / "first", {"site.yaml": BACKENDS["bgp"]})
    site = tmp_path / "first" / "values" / "site.yaml"
    site.write_text(site.read_text().replace(*BACKENDS["cilium"]))
    found = render_all(resolve_all(tmp_path / "first"))
    assert by_kind(found, "CiliumL2AnnouncementPolicy") == []
    assert by_kind(found, "CiliumBGPClusterConfig")[0]["spec"] == {
        "bgpInstances": [
            {
                "name": "as-64513",
                "localASN": 64513,
                "peers": [
                    {
                        "name": "peer-10-0-10-1",
                        "peerASN": 64512,
                        "peerAddress": "10.0.10.1",
                        "peerConfigRef": {"name": "load-balancers"},
                    }
                ],
            }
        ]
    }
    assert len(by_kind(found, "CiliumBGPPeerConfig")) == len(by_kind(found, "CiliumBGPAdvertisement")) == 1


def test_volsync_copies_each_volume_of_a_tier(tmp_path: Path) -> None:
    found = changed(tmp_path, "volsync")
    assert by_kind(found, "Schedule") + by_kind(found, "BackupStorageLocation") == []
    source = next(item for item in by_kind(found, "ReplicationSource") if item["metadata"]["name"] == "sonarr-config")
    assert source["spec"]["trigger"] == {"schedule": "15 */3 * * *"}
    assert source["spec"]["restic"]["retain"] == {"within": "14d"}
    assert source["spec"]["restic"]["moverSecurityContext"]["runAsNonRoot"] is True
    secret = next(item for item in found if item["metadata"]["name"] == "sonarr-config-restic")
    repository = secret["spec"]["target"]["template"]["data"]["RESTIC_REPOSITORY"]
    assert repository == "s3:https://nas.home.example.net:3900/backups/volsync/sonarr-config"
    mover = next(item for item in found if item["metadata"]["name"] == "volsync-mover")
    assert mover["spec"]["podSelector"] == {"matchLabels": {"app.kubernetes.io/created-by": "volsync"}}


def test_vault_keeps_a_map_per_path(tmp_path: Path) -> None:
    found = changed(tmp_path, "vault")
    secret = next(item for item in by_kind(found, "ExternalSecret") if item["metadata"]["name"] == "sonarr")
    assert secret["spec"]["data"][0]["remoteRef"]["key"] == "media/sonarr"
    assert secret["spec"]["data"][0]["remoteRef"]["property"] == "SONARR__AUTH__APIKEY"


def test_a_secret_backend_without_a_builder_says_so() -> None:
    fleet = fleets()["prod"]
    backends = replace(fleet.site.backends, secrets="vault-agent")
    scopes = scopes_of({"prod": replace(fleet, site=replace(fleet.site, backends=backends))})
    with pytest.raises(ChartError) as caught:
        build_values(scopes)
    assert str(caught.value) == (
        "values/apps/home/mosquitto.yaml:1:1: backend 'vault-agent' cannot give 'mosquitto' its secrets; "
        "use external-secrets"
    )


OPERATORS = [
    ("platform/observability/kube-prometheus-stack", {"ServiceMonitor", "PodMonitor", "PrometheusRule", "Probe"}),
    ("core/security/external-secrets", {"ExternalSecret", "ClusterSecretStore"}),
    ("core/security/gateway-api-crds", {"HTTPRoute", "Gateway", "BackendTLSPolicy"}),
    ("core/security/cert-manager", {"Certificate", "ClusterIssuer"}),
    ("core/security/metallb", {"IPAddressPool", "L2Advertisement"}),
    ("platform/backup/velero", {"Schedule", "BackupStorageLocation"}),
    ("platform/databases/plugin-barman-cloud", {"ObjectStore", "ScheduledBackup"}),
]


@pytest.mark.parametrize(("operator", "kinds"), OPERATORS, ids=[path.rpartition("/")[2] for path, _ in OPERATORS])
def test_no_object_without_its_operator(tmp_path: Path, operator: str, kinds: set[str]) -> None:
    edit = ("disabled: [apps/home/kiosk]", f"disabled: [apps/home/kiosk, {operator}]")
    before = {item["kind"] for item in manifests()}
    after = {item["kind"] for item in render_all(with_edits(tmp_path, {"environments/prod.yaml": edit}))}
    assert kinds <= before
    assert kinds & after == set()
