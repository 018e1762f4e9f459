"""The shapes of site.yaml, domain.yaml and environments/<env>.yaml."""

from generator.catalogue.shape.build import (
    ABSOLUTE,
    CIDR,
    DATE,
    HOST,
    IPV4,
    LABEL,
    LABEL_HINT,
    RANGE,
    Schema,
    anything,
    boolean,
    duration,
    either,
    integer,
    listing,
    mapping,
    nullable,
    one_of,
    quantity,
    record,
    text,
    without_required,
)
from generator.catalogue.shape.fields import COMPONENT, CONTAINER
from generator.catalogue.shape.service import DEFAULTS, DRAFT, SERVICE

_IP = text("", IPV4, "an IPv4 address")
_CIDR = text("", CIDR, "a range such as 10.0.10.0/24")
_RANGE = text("", RANGE, "a range such as 10.0.20.10-10.0.20.60")
_HOST = text("", HOST, "a host name")
_SECRET_ITEM = text("OWNER/KEY of the secret store", r"^[a-z0-9-]+/[-._a-zA-Z0-9]+$", "`OWNER/KEY`")
_ASN = integer("Number of a BGP router", 1, 2**32 - 1)
_GROUPS = listing(integer("", 1), "Groups that a pod gets with it")

_NETWORK = record(
    {
        "vlan": integer("VLAN id", 1, 4094),
        "subnet": _CIDR,
        "router": _IP,
        "dhcp": text("Addresses that DHCP gives away", RANGE, "a range such as 10.0.20.128-10.0.20.254"),
        "dns": text("Name server; the router unless stated", IPV4, "an IPv4 address"),
    },
    required=("vlan", "subnet", "router"),
)
_POOL = record(
    {
        "network": text("The network that the addresses belong to"),
        "range": _RANGE,
        "announce": one_of("How the LAN learns of them; l2 unless stated", "l2", "bgp"),
        "peers": listing(
            record(
                {"address": _IP, "asn": _ASN, "my_asn": _ASN},
                "A BGP router: its address and number, and ours",
                required=("address", "asn", "my_asn"),
            ),
            "Routers, with announce bgp",
        ),
    }
)
_CLASS = record(
    {
        "provisioner": text("CSI driver"),
        "pool": text("The disk of the nodes that it fills"),
        "replicas": integer("Copies on different nodes; 1 unless stated", 1, 9),
        "accessModes": listing(
            one_of("", "ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany", "ReadWriteOncePod"), least=1
        ),
        "min": quantity("Smallest volume"),
        "max": quantity("Largest volume"),
        "parameters": mapping(text(), "StorageClass parameters"),
        "reclaimPolicy": one_of("Delete unless stated", "Delete", "Retain"),
        "volumeBindingMode": one_of("Immediate unless stated", "Immediate", "WaitForFirstConsumer"),
        "allowVolumeExpansion": boolean("true unless stated"),
        "made_by": text("The service whose chart makes the class, where we do not"),
    },
    required=("provisioner", "accessModes"),
)
_SHARE = record(
    {
        "server": text("Named address of the site, or an IP"),
        "path": text("Exported path", ABSOLUTE, "a path that starts with /"),
        "size": quantity("Its size"),
        "supplementalGroups": _GROUPS,
        "mountOptions": listing(text(), "NFS mount options"),
        "backup": either(
            "Its tier; above tier4 with `by`",
            text(),
            record(
                {
                    "tier": text("Backup tier"),
                    "by": either(
                        "Who copies it",
                        one_of("File-system backup", "velero"),
                        record(
                            {
                                "nas": record(
                                    {"destination": text(), "rpo": duration()}, required=("destination", "rpo")
                                )
                            },
                            "The share's own replication",
                            required=("nas",),
                        ),
                    ),
                },
                required=("tier",),
            ),
        ),
    },
    required=("server", "path", "size", "backup"),
)
_DESTINATION = record(
    {
        "bucket": text("Bucket"),
        "endpoint": text("S3 endpoint", r"^https?://\S+$", "a URL"),
        "region": text("Region name"),
        "failure_domain": text("What fails together with it"),
        "secret": text("Shared item of the secret store"),
        "link_mbit": integer("Megabits a second between it and the cluster", 1),
    },
    required=("bucket", "endpoint", "failure_domain", "secret"),
)
_TIER = record(
    {
        "schedule": text("Cron expression"),
        "keep": duration("How long a copy is kept"),
        "destinations": listing(text(), "Where copies go"),
        "rpo": duration("The most that may be lost"),
        "rto": duration("The longest that a restore may take"),
        "drill": one_of("How often a restore is tried", "weekly", "monthly", "quarterly"),
    }
)
_GATEWAY = record(
    {
        "service": text("The service that answers"),
        "gatewayClassName": text("Gateway or Ingress class"),
        "ip": _IP,
        "from": listing(text(), "Networks of the site, or `internet`", least=1),
        "issuer": text("Issuer of its certificates"),
        "zone": _HOST,
        "auth": one_of("required: every host states how it authenticates", "required"),
    },
    required=("service", "gatewayClassName", "ip", "from"),
)
_ISSUER = record(
    {
        "server": text("ACME directory", r"^https://\S+$", "a URL that starts with https://"),
        "email": text("Contact", r"^\S+@\S+$", "an e-mail address"),
        "solver": either(
            "How it proves that the zone is ours",
            record({"cloudflare": record({"token": _SECRET_ITEM}, required=("token",))}, required=("cloudflare",)),
            record(
                {
                    "rfc2136": record(
                        {
                            "nameserver": text(),
                            "tsigKeyName": text(),
                            "tsigAlgorithm": text(),
                            "tsigSecret": _SECRET_ITEM,
                        },
                        required=("nameserver", "tsigKeyName", "tsigSecret"),
                    )
                },
                required=("rfc2136",),
            ),
        ),
    },
    required=("server", "email", "solver"),
)
SITE: dict[str, Schema] = {
    "default_environment": text("The environment whose values are values.yaml", LABEL, LABEL_HINT),
    "zone": _HOST,
    "timezone": text("IANA name of the time zone", r"^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$", "a zone such as Europe/Berlin"),
    "kubernetes": record(
        {
            "version": text("Minor version", r"^1\.[0-9]+$", 'a minor version in quotes, such as "1.36"'),
            "cluster_domain": _HOST,
            "api": _IP,
            "pods": _CIDR,
            "services": _CIDR,
        },
        required=("version", "cluster_domain", "api", "pods", "services"),
    ),
    "backends": record(
        {
            "routing": one_of("", "gateway-api", "ingress"),
            "network_policy": one_of("", "kubernetes", "cilium"),
            "load_balancer": one_of("", "metallb", "cilium"),
            "secrets": one_of("", "external-secrets"),
            "backup": one_of("", "velero", "volsync"),
        },
        required=("routing", "network_policy", "load_balancer", "secrets", "backup"),
    ),
    "registries": listing(_HOST, "Images may come from nowhere else", least=1),
    "require_digests": boolean("A missing digest is an error"),
    "networks": mapping(_NETWORK, "Networks by name", LABEL, LABEL_HINT),
    "addresses": mapping(_IP, "Machines outside the cluster by name", LABEL, LABEL_HINT),
    "address_pools": mapping(_POOL, "Addresses for load balancers", LABEL, LABEL_HINT),
    "devices": mapping(
        record(
            {"resource": text("Extended resource"), "runtimeClassName": text(), "supplementalGroups": _GROUPS},
            required=("resource",),
        ),
        "How a pod asks for what a node offers",
        LABEL,
        LABEL_HINT,
    ),
    "storage": record(
        {
            "default": text("Class of a claim that names none"),
            "classes": mapping(_CLASS, "Storage classes", LABEL, LABEL_HINT),
            "nfs": mapping(_SHARE, "NFS shares", LABEL, LABEL_HINT),
        },
        required=("default", "classes"),
    ),
    "backup": record(
        {
            "destinations": mapping(_DESTINATION, "Buckets for copies", LABEL, LABEL_HINT),
            "tiers": mapping(_TIER, "Backup tiers, best first", r"^tier[1-4]$", "tier1 to tier4"),
        },
        required=("tiers",),
    ),
    "gateways": mapping(_GATEWAY, "Gateways by name", LABEL, LABEL_HINT),
    "issuers": mapping(_ISSUER, "Certificate issuers", LABEL, LABEL_HINT),
    "secret_store": record(
        {
            "kind": one_of("", "ClusterSecretStore", "SecretStore"),
            "name": text("", LABEL, LABEL_HINT),
            "refreshInterval": duration(),
            "shared": listing(text("", LABEL, LABEL_HINT), "Items that belong to no service"),
            "provider": anything("The provider block as External Secrets writes it"),
        },
        required=("kind", "name", "refreshInterval", "provider"),
    ),
    "providers": record({"postgres": text(), "valkey": text(), "bucket": text()}, "Which service answers `needs`"),
    "monitoring": record(
        {"scraper": text("Service that scrapes"), "prober": text("Service that probes"), "interval": duration()},
        required=("scraper", "interval"),
    ),
    "priority_classes": mapping(integer("", -2147483648, 1000000000), "Name to value", LABEL, LABEL_HINT),
    "argocd": record(
        {"repoURL": text("", r"^(https|ssh|file)://\S+$", "a URL"), "targetRevision": text("Full ref")},
        required=("repoURL", "targetRevision"),
    ),
    "defaults": DEFAULTS,
}
SITE_REQUIRED = (
    "default_environment", "zone", "timezone", "kubernetes", "backends", "registries", "networks", "address_pools",
    "storage", "backup", "gateways", "secret_store", "monitoring", "argocd",
)  # fmt: skip
BUDGET = record(
    {
        "requests": record({"cpu": quantity(), "memory": quantity()}),
        "limits": record({"memory": quantity()}),
        "storage": quantity(),
    },
    "What all services of the domain may need together",
)
DOMAIN: dict[str, Schema] = {
    "summary": text("One line", longest=120),
    "owner": text("Who answers for exceptions and alerts"),
    "categories": listing(text("", LABEL, LABEL_HINT), "Groups on the reference pages", least=1),
    "budget": BUDGET,
    "defaults": DEFAULTS,
    "pod_security": record(
        {
            "level": one_of("", "baseline", "privileged"),
            "reason": text("Why"),
            "until": text("Last day", DATE, "a date such as 2027-05-31"),
        },
        "Level of the domain's own namespace, where it is not restricted",
        required=("level", "reason", "until"),
    ),
}


DOMAIN_REQUIRED = ("summary", "owner", "categories", "budget")


def site_schema() -> Schema:
    """The lowest layer of the site: nothing lies below it, so there is nothing that null could remove."""
    return {
        "$schema": DRAFT,
        "title": "Chartroom site",
        **record(SITE, "What the whole site shares", SITE_REQUIRED),
    }


def domain_schema() -> Schema:
    """A domain's defaults lie over the site's, so there a null has something to remove."""
    fields = {**DOMAIN, "defaults": nullable(without_required(DEFAULTS))}
    return {
        "$schema": DRAFT,
        "title": "Chartroom domain",
        **record(fields, "A group of services with one budget", DOMAIN_REQUIRED),
    }


def environment_schema() -> Schema:
    """What one environment changes. Below `site`, `domains` and `services` nothing is required."""
    service = without_required(record({**SERVICE, **CONTAINER, **COMPONENT}))
    fields: dict[str, Schema] = {
        "summary": text("One line"),
        "enabled": listing(text(), "Paths below values/ that alone run"),
        "disabled": listing(text(), "Paths below values/ that do not run"),
        "survives": one_of("What the cluster must bear", "one-node"),
        "site": without_required(record(SITE)),
        "domains": mapping(without_required(record(DOMAIN)), "Domain to what differs", LABEL, LABEL_HINT),
        "services": mapping(service, "Service to what differs", LABEL, LABEL_HINT),
    }
    return {
        "$schema": DRAFT,
        "title": "Chartroom environment",
        **nullable(record(fields, "One cluster")),
        "required": ["summary"],
    }
