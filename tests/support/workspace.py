"""A small valid repository of values, to change one thing in and see what happens.

    repository = Repository.minimal(tmp_path)
    repository.write("values/apps/media/sonarr.yaml", SONARR)
    repository.change("values/site.yaml", "vlan: 20", "vlan: 10")
    repository.findings()           # every error, printed as a user sees it
    repository.fleet().services     # one environment, resolved

It has one domain (apps/media) and one environment (prod). `plex` is an ordinary workload, exposed and
with an address of the LAN; `traefik` is its gateway; `prometheus` is the scraper and an upstream chart.
Its only finding is that images carry no digest, which `findings()` leaves out as it counts errors only.
"""

from dataclasses import dataclass
from pathlib import Path

from generator.catalogue import Catalogue, Resolver, read_sources
from generator.finding import Finding, Severity, format_finding
from generator.fleet import Fleet
from generator.pipeline.workspace import Workspace, open_workspace

SITE = """\
default_environment: prod
zone: home.example.net
timezone: Europe/Berlin
kubernetes: {version: "1.36", cluster_domain: cluster.local, api: 10.0.10.10, pods: 10.244.0.0/16, services: 10.96.0.0/12}
backends: {routing: gateway-api, network_policy: cilium, load_balancer: metallb, secrets: external-secrets, backup: velero}
registries: [docker.io, ghcr.io]
networks:
  cluster: {vlan: 10, subnet: 10.0.10.0/24, router: 10.0.10.1}
  lan: {vlan: 20, subnet: 10.0.20.0/24, router: 10.0.20.1, dhcp: 10.0.20.128-10.0.20.254}
addresses: {nas: 10.0.10.5}
address_pools:
  lan: {network: lan, range: 10.0.20.10-10.0.20.20}
devices:
  gpu: {resource: example.net/gpu}
  tun: {resource: example.net/tun}
storage:
  default: longhorn
  classes:
    longhorn: {provisioner: driver.longhorn.io, replicas: 2, accessModes: [ReadWriteOnce, ReadWriteMany], min: 1Gi, max: 100Gi}
    local: {provisioner: rancher.io/local-path, accessModes: [ReadWriteOnce]}
  nfs:
    media: {server: nas, path: /mnt/media, size: 20Ti, supplementalGroups: [65536], backup: tier4}
backup:
  destinations:
    nas: {bucket: backups, endpoint: "https://nas.example.net:3900", failure_domain: nas, secret: backup-nas}
  tiers:
    tier1: {schedule: "0 * * * *", keep: 30d, destinations: [nas], rpo: 2h}
    tier4: {}
gateways:
  lan: {service: traefik, gatewayClassName: traefik, ip: 10.0.20.10, from: [lan], issuer: letsencrypt}
issuers:
  letsencrypt: {server: "https://acme.example.net/directory", email: ops@example.net, solver: {cloudflare: {token: cloudflare/API_TOKEN}}}
secret_store: {kind: ClusterSecretStore, name: vault, refreshInterval: 1h, shared: [cloudflare, backup-nas], provider: {fake: {}}}
monitoring: {scraper: prometheus, interval: 60s}
priority_classes: {critical: 1000, standard: 0}
argocd: {repoURL: "https://git.example.net/fleet.git", targetRevision: refs/heads/main}
defaults: {priorityClassName: standard, env: {TZ: "${site:timezone}"}}
"""  # noqa: E501
DOMAIN = """\
summary: Media
owner: alex
categories: [streaming, network]
budget: {requests: {cpu: 4, memory: 16Gi}, limits: {memory: 32Gi}, storage: 500Gi}
"""
ENVIRONMENT = "summary: Everything\n"
HOSTS = """\
hosts:
  pve-1: {address: 10.0.10.21, cores: 16, memory: 128Gi, bridges: {vmbr0: {networks: [cluster, lan]}}}
storages:
  fast: {kind: zfs, pool: rpool/data, size: 3Ti, hosts: [pve-1]}
"""
INVENTORY = """\
vm_ids: 100-119
kubernetes: {version: 1.36.3}
defaults: {nodes: {host: pve-1, storage: fast, disks: {system: {size: 100Gi}}}}
nodes:
  talos-1: {role: controlplane, vm_id: 100, mac: "02:00:00:00:01:00", address: 10.0.10.11, cores: 4, memory: 8Gi}
  talos-2: {role: worker, vm_id: 101, mac: "02:00:00:00:01:01", address: 10.0.10.12, cores: 8, memory: 32Gi, devices: {tun: 8}, labels: {disk: ssd}}
  talos-3: {role: worker, vm_id: 102, mac: "02:00:00:00:01:02", address: 10.0.10.13, cores: 8, memory: 32Gi}
"""  # noqa: E501
PLEX = """\
summary: Media server
category: streaming
image: docker.io/plexinc/pms:1.43.3
ports: {http: 32400}
probes: /identity
resources: {requests: {cpu: 100m, memory: 2Gi}, limits: {memory: 4Gi}}
storage:
  config: {size: 50Gi, mountPath: /config, backup: tier1}
expose: {plex: lan}
load_balancer: {ip: 10.0.20.11, ports: [http], from: [lan]}
"""
TRAEFIK = """\
summary: Gateway of the LAN
category: network
image: docker.io/library/traefik:3.7.1
ports: {web: 8000, websecure: 8443}
probes: tcp:web
resources: {requests: {cpu: 50m, memory: 128Mi}, limits: {memory: 256Mi}}
"""
PROMETHEUS = """\
summary: Metrics
category: network
chart:
  name: prometheus
  repository: https://charts.example.net
  version: 1.2.3
  pods: {server: {resources: {requests: {cpu: 100m, memory: 1Gi}, limits: {memory: 2Gi}}, ports: [http]}}
ports: {http: 9090}
"""
MINIMAL = {
    "values/site.yaml": SITE,
    "values/environments/prod.yaml": ENVIRONMENT,
    "values/inventory/hosts.yaml": HOSTS,
    "values/inventory/prod.yaml": INVENTORY,
    "values/apps/media/domain.yaml": DOMAIN,
    "values/apps/media/plex.yaml": PLEX,
    "values/apps/media/traefik.yaml": TRAEFIK,
    "values/apps/media/prometheus.yaml": PROMETHEUS,
}
# A second environment that shares nothing with the first but the LAN.
DEV = """\
summary: To try things on
site:
  zone: dev.example.net
  kubernetes: {api: 10.2.10.10, pods: 10.245.0.0/16, services: 10.112.0.0/12}
  networks: {cluster: {vlan: 110, subnet: 10.2.10.0/24, router: 10.2.10.1}}
  address_pools: {lan: {range: 10.0.20.30-10.0.20.40}}
  gateways: {lan: {ip: 10.0.20.30}}
services:
  plex: {load_balancer: {ip: 10.0.20.31}}
"""
DEV_INVENTORY = """\
vm_ids: 140-159
kubernetes: {version: 1.36.3}
defaults: {nodes: {host: pve-1, storage: fast, disks: {system: {size: 100Gi}}}}
nodes:
  dev-1: {role: controlplane, vm_id: 140, mac: "02:00:00:00:02:00", address: 10.2.10.11, cores: 4, memory: 8Gi}
  dev-2: {role: worker, vm_id: 141, mac: "02:00:00:00:02:01", address: 10.2.10.12, cores: 8, memory: 32Gi}
"""
# A workload that passes; `{name}` is filled in and what differs is appended.
WORKLOAD = """\
summary: A service
category: streaming
image: docker.io/example/{name}:1.0.0
probes: {{none: it has no port}}
resources: {{requests: {{cpu: 10m, memory: 32Mi}}, limits: {{memory: 64Mi}}}}
"""


@dataclass(frozen=True, slots=True)
class Repository:
    """Files below `root`, and what the generator says of them."""

    root: Path

    @classmethod
    def minimal(cls, root: Path) -> "Repository":
        """Write the smallest repository that passes."""
        repository = cls(root)
        for path, text in MINIMAL.items():
            repository.write(path, text)
        return repository

    def with_dev(self) -> "Repository":
        """Add the environment `dev`, which shares only the LAN with `prod`."""
        self.write("values/environments/dev.yaml", DEV)
        self.write("values/inventory/dev.yaml", DEV_INVENTORY)
        return self

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def workload(self, name: str, more: str = "", domain: str = "apps/media") -> None:
        """Write a service that passes, with further lines."""
        self.write(f"values/{domain}/{name}.yaml", WORKLOAD.format(name=name) + more)

    def change(self, path: str, old: str, new: str) -> None:
        """Replace a text that stands in the file exactly once."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
        self.write(path, text.replace(old, new))

    def open(self) -> Workspace:
        return open_workspace(self.root)

    def all_findings(self) -> tuple[Finding, ...]:
        return self.open().findings

    def findings(self) -> str:
        """Every error, printed with its source line; nothing is an empty text."""
        errors = [finding for finding in self.all_findings() if finding.severity is Severity.ERROR]
        return "\n".join(format_finding(finding, self.root) for finding in errors)

    def fleet(self, environment: str = "prod") -> Fleet:
        """One environment, resolved, whatever was found."""
        return self.open().fleets[environment]

    def catalogue(self, environment: str = "prod") -> Catalogue:
        found = Resolver(read_sources(self.root)).resolve(environment)
        assert found is not None, "site or environment cannot be read"
        return found
