# ruff: noqa: E501 - the lines are those of values files
"""A small valid site to try services in: one domain, one environment, and every operator that reads our objects.

What a service may lean on: gateway `lan` (and `internet`, where a login is asked for), networks `cluster`
and `lan`, the address pool `lan` (10.0.20.10 to 10.0.20.40, of which .10 and .11 are taken), backup
tiers `tier1`, `tier3` and `tier4`, storage classes `longhorn` and `local`, the NFS share `media`, devices
`gpu` and `tun`, the categories `tools` and `system`, and `postgres`, `valkey` and `garage` for `needs`.
"""

from collections.abc import Iterator

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
  lan: {network: lan, range: 10.0.20.10-10.0.20.40}
devices:
  gpu: {resource: example.net/gpu, supplementalGroups: [44]}
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
    tier3: {schedule: "30 2 * * *", keep: 7d, destinations: [nas], rpo: 26h}
    tier4: {}
gateways:
  lan: {service: traefik, gatewayClassName: traefik, ip: 10.0.20.10, from: [lan], issuer: letsencrypt}
  internet: {service: traefik-internet, gatewayClassName: traefik-internet, ip: 10.0.20.11, from: [internet], issuer: letsencrypt, auth: required}
issuers:
  letsencrypt: {server: "https://acme.example.net/directory", email: ops@example.net, solver: {cloudflare: {token: cloudflare/API_TOKEN}}}
secret_store: {kind: ClusterSecretStore, name: vault, refreshInterval: 1h, shared: [cloudflare, backup-nas, shared], provider: {fake: {data: [{key: a, value: b}]}}}
providers: {postgres: postgres, valkey: valkey, bucket: garage}
monitoring: {scraper: kube-prometheus-stack, prober: blackbox-exporter, interval: 60s}
priority_classes: {critical: 1000, standard: 0}
argocd: {repoURL: "https://git.example.net/fleet.git", targetRevision: refs/heads/main}
defaults: {priorityClassName: standard, securityContext: {runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000}, env: {TZ: "${site:timezone}"}}
"""
DOMAIN = """\
summary: A domain to try things in
owner: alex
categories: [tools, system]
budget: {requests: {cpu: 100, memory: 1Ti}, limits: {memory: 2Ti}, storage: 100Ti}
"""
HOSTS = """\
hosts:
  pve-1: {address: 10.0.10.21, cores: 64, memory: 512Gi, bridges: {vmbr0: {networks: [cluster, lan]}}}
storages:
  fast: {kind: zfs, pool: rpool/data, size: 3Ti, hosts: [pve-1]}
"""
INVENTORY = """\
vm_ids: 100-119
kubernetes: {version: 1.36.3}
defaults: {nodes: {host: pve-1, storage: fast, disks: {system: {size: 100Gi}}}}
nodes:
  talos-1: {role: controlplane, vm_id: 100, mac: "02:00:00:00:01:00", address: 10.0.10.11, cores: 4, memory: 8Gi}
  talos-2: {role: worker, vm_id: 101, mac: "02:00:00:00:01:01", address: 10.0.10.12, cores: 16, memory: 64Gi, devices: {tun: 8, gpu: 2}, labels: {disk: ssd}}
  talos-3: {role: worker, vm_id: 102, mac: "02:00:00:00:01:02", address: 10.0.10.13, cores: 16, memory: 64Gi}
"""
_WORKLOAD = """\
summary: {summary}
category: system
image: docker.io/example/{name}:1.0.0
probes: {probes}
resources: {{requests: {{cpu: 10m, memory: 32Mi}}, limits: {{memory: 64Mi}}}}
"""
_WORKLOADS = {
    "traefik": ("Gateway of the LAN", "tcp:web", "ports: {web: 8000, websecure: 8443}\n"),
    "traefik-internet": ("Gateway of the internet", "tcp:web", "ports: {web: 8000, websecure: 8443}\n"),
    "blackbox-exporter": ("Asks what has no metrics", "tcp:http", "ports: {http: 9115}\nmetrics: /metrics\n"),
    "valkey": (
        "Caches of services",
        "tcp:redis",
        "ports: {redis: 6379}\nsecrets: [VALKEY_PASSWORD]\nprovides: {valkey: {port: redis, password: VALKEY_PASSWORD}}\n",
    ),
    "garage": ("Buckets of services", "tcp:s3", "ports: {s3: 3900}\nprovides: {bucket: {port: s3, region: garage}}\n"),
}
_CHART = """\
summary: {summary}
category: system
chart: {{name: {name}, repository: "https://charts.example.net", version: 1.0.0, pods: {pods}}}
"""
_CHARTS = {
    "kube-prometheus-stack": "Metrics and alerts",
    "external-secrets": "Secrets from the store",
    "gateway-api-crds": "Definitions of gateways and routes",
    "cert-manager": "Certificates",
    "metallb": "Addresses of the LAN",
    "cilium": "Network and policies",
    "velero": "Backups",
    "cloudnative-pg": "PostgreSQL clusters",
    "plugin-barman-cloud": "Backups of PostgreSQL",
}
_POD = "{server: {resources: {requests: {cpu: 10m, memory: 64Mi}, limits: {memory: 128Mi}}, ports: [http]}}"
_POSTGRES = """\
summary: Databases of services
category: system
postgres:
  instances: 1
  image: ghcr.io/cloudnative-pg/postgresql:18.1
  storage: {size: 5Gi, backup: tier1}
  resources: {requests: {cpu: 10m, memory: 256Mi}, limits: {memory: 512Mi}}
depends_on: [cloudnative-pg]
"""
TIER_AND_DOMAIN = "apps/trial"
CATEGORY = "tools"


def minimal_files() -> dict[str, str]:
    """Return the files of the site by path."""
    return {
        "values/site.yaml": SITE,
        "values/environments/prod.yaml": "summary: Everything\n",
        "values/inventory/hosts.yaml": HOSTS,
        "values/inventory/prod.yaml": INVENTORY,
        f"values/{TIER_AND_DOMAIN}/domain.yaml": DOMAIN,
        **{f"values/{TIER_AND_DOMAIN}/{name}.yaml": text for name, text in _services()},
    }


def _services() -> Iterator[tuple[str, str]]:
    for name, (summary, probes, more) in _WORKLOADS.items():
        yield name, _WORKLOAD.format(name=name, summary=summary, probes=probes) + more
    for name, summary in _CHARTS.items():
        pods = _POD if name == "kube-prometheus-stack" else "{}"
        yield (
            name,
            _CHART.format(name=name, summary=summary, pods=pods) + ("ports: {http: 9090}\n" if pods == _POD else ""),
        )
    yield "postgres", _POSTGRES
