"""A report with one of each thing that formats print, over two small values files."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from generator.finding import Finding, Place, Severity
from generator.report import (
    BudgetUse,
    Connection,
    End,
    EnvironmentCount,
    Holding,
    Listed,
    Meter,
    NodeUse,
    Report,
    RuleRun,
    Skip,
    Timing,
    Unenforced,
    WaiverLine,
    list_findings,
)

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).parent / "golden"
MEDIA = "values/apps/media"
GIB = 1 << 30

_FILES = {
    f"{MEDIA}/jellyfin.yaml": (
        "summary: Media server\nimage: jellyfin/jellyfin:latest\nload_balancer:\n  ip: 10.0.20.11\nprobes: none\n"
    ),
    f"{MEDIA}/plex.yaml": "summary: Another\nload_balancer:\n\tip: 10.0.20.11  # ä tab before it\nreplicas: 2\n",
}

CLASH = Finding(
    Place(f"{MEDIA}/jellyfin.yaml", 4, 7),
    "network/lb-ip-unique",
    f"'jellyfin' claims load-balancer IP 10.0.20.11, held by 'plex' at {MEDIA}/plex.yaml:3:6",
    "choose a free address of pool 'lan' (next: 10.0.20.14)",
    also=(Place(f"{MEDIA}/plex.yaml", 3, 6), Place("charts/media/templates/jellyfin.yaml", 1, 1)),
    replacement="10.0.20.14",
    objects=("Service/media/jellyfin-lb",),
)
MOVING = Finding(
    Place(f"{MEDIA}/jellyfin.yaml", 2, 8),
    "images/moving-tag",
    "'jellyfin' runs jellyfin/jellyfin:latest, a tag that does not move is expected",
    "write the version, as in `jellyfin/jellyfin:10.10.7`",
)
NO_PROBE = Finding(
    Place(f"{MEDIA}/jellyfin.yaml", 5, 9),
    "workload/probes",
    "'jellyfin' has no readiness probe",
    "write probes: <path>",
    Severity.WARNING,
    objects=("Deployment/media/jellyfin",),
)
FORTY = Finding(
    Place("values/templates/web.yaml", 12, 3),
    "pods/read-only-root",
    "template 'web' leaves the root file system writable",
    "write readOnlyRootFilesystem: true",
    also=tuple(Place(f"{MEDIA}/service-{number:02}.yaml", 1, 1) for number in range(40)),
)
OLD = Finding(
    Place(f"{MEDIA}/plex.yaml", 4, 11),
    "workload/replicas",
    "'plex' has 2 replicas of one volume, 1 is expected",
    "write replicas: 1",
)
WAIVED = Finding(
    Place(f"{MEDIA}/plex.yaml", 3, 6),
    "network/host-port",
    "'plex' takes port 32400 of its node",
    "expose it through the gateway",
    objects=("Deployment/media/plex",),
)

RULES = (
    RuleRun(
        "images/moving-tag",
        "Images have a tag that does not move",
        Severity.ERROR,
        page="docs/reference/rules/images-moving-tag.md",
        why="A tag can be moved after review.",
        reference="https://kubernetes.io/docs/concepts/containers/images/",
    ),
    RuleRun(
        "network/host-port",
        "No pod takes a port of its node",
        Severity.ERROR,
        page="docs/reference/rules/network-host-port.md",
    ),
    RuleRun("network/lb-ip-unique", "A load-balancer address has one holder", Severity.ERROR, stage="pytest"),
    RuleRun("pods/read-only-root", "Root file systems are read-only", Severity.ERROR),
    RuleRun("schema/kubernetes", "Objects keep to the Kubernetes schema", Severity.ERROR, stage="schema"),
    RuleRun("workload/probes", "Every container says when it is ready", Severity.WARNING),
)


def write_files(root: Path) -> Path:
    """Write the two files below `root`."""
    for path, text in _FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def listed(root: Path) -> tuple[Listed, ...]:
    """Return the findings of the sample, one waived, one of the baseline."""
    found = list_findings(
        write_files(root),
        (CLASH, MOVING, NO_PROBE, FORTY, OLD),
        waived={WAIVED: ("clients find the server by broadcast", "2027-03-01")},
        environments={CLASH: ("prod", "staging"), MOVING: ("prod",)},
    )
    return tuple(
        replace(item, state="baselined", reason="in the baseline") if item.finding is OLD else item for item in found
    )


def sample(root: Path) -> Report:
    """Return the sample."""
    return Report(
        version="0.1.0",
        today="2026-11-21",
        findings=listed(root),
        rules=RULES,
        environments=(
            EnvironmentCount(
                "prod", 1243, 1240, (Skip("Namespace/kube-system", "Kubernetes makes it", 3),), services=54
            ),
            EnvironmentCount("dev", 180, 180, services=11),
        ),
        budgets=_budgets(),
        nodes=_nodes(),
        connections=tuple(_connections()),
        unenforced=(
            Unenforced(
                "prod", "NFS volume media-films-1a2b3c", "the kubelet mounts it", Place("values/site.yaml", 9, 1)
            ),
            Unenforced("dev", "namespace kube-system", "Kubernetes makes it"),
        ),
        holdings=_holdings(),
        waivers=_waivers(),
        timings=(Timing("render", 0.61), Timing("schema", 0.2), Timing("policy", 0.913)),
        baseline_gone=2,
        notes=("3 charts are not vendored, so their objects were not judged.",),
    )


def _budgets() -> tuple[BudgetUse, ...]:
    def use(environment: str, domain: str, cpu: tuple[int, int | None], memory: int, storage: int) -> BudgetUse:
        return BudgetUse(
            environment, domain, Meter(*cpu), Meter(memory * GIB, 32 * GIB), Meter(storage * GIB, 500 * GIB)
        )

    return (
        use("prod", "media", (6500, 8000), 35, 480),
        use("prod", "databases", (2250, 6000), 14, 120),
        use("prod", "sandbox", (120, None), 1, 0),
        use("dev", "media", (1000, 1000), 4, 20),
    )


def _nodes() -> tuple[NodeUse, ...]:
    def use(name: str, cpu_m: int, pods: Meter | None) -> NodeUse:
        return NodeUse("prod", name, "worker", Meter(cpu_m, 11500), Meter(26 * GIB, 30 * GIB), pods)

    return (use("worker-1", 7500, Meter(40, 110)), use("worker-2", 6000, Meter(111, 110)), use("worker-3", 4500, None))


def _connections() -> Iterable[Connection]:
    traefik, jellyfin, plex = End("traefik", "networking"), End("jellyfin", "media"), End("plex", "media")
    yield Connection("prod", traefik, jellyfin, "8096/TCP", declared=True)
    yield Connection("prod", traefik, plex, "32400/TCP", declared=True)
    yield Connection("prod", jellyfin, End("valkey", "databases"), "6379/TCP", declared=True)
    yield Connection("prod", plex, End("plex.tv"), "443/TCP", declared=True, remark="hosts not enforced")
    yield Connection("prod", plex, End("postgres", "databases"), "5432/TCP", declared=False)
    yield Connection("prod", End("the nodes"), plex, enforced=False, remark="a host-network pod counts as its node")
    yield Connection("dev", traefik, jellyfin, "8096/TCP")


def _holdings() -> tuple[Holding, ...]:
    place = Place(f"{MEDIA}/plex.yaml", 3, 6)
    return (
        Holding("prod", "address", "10.0.10.1", "router of lan", Place("values/site.yaml", 20, 13)),
        Holding("dev", "address", "10.0.10.1", "router of lan", Place("values/site.yaml", 20, 13)),
        Holding("prod", "load-balancer address and port", "10.0.20.11:32400/TCP", "plex", place, "name http"),
        Holding("prod", "host name", "jellyfin.home.example.net", "jellyfin"),
    )


def _waivers() -> tuple[WaiverLine, ...]:
    return (
        WaiverLine(
            "network/host-port",
            "Deployment/media/plex",
            "clients find the server by broadcast",
            "anna",
            "2026-10-01",
            "2027-03-01",
            100,
            silences=1,
            place=Place("policies/waivers.yaml", 3, 3),
        ),
        WaiverLine(
            "images/moving-tag",
            "Deployment/media/kavita",
            "waits for release 0.9",
            "ben",
            "2026-09-01",
            "2026-12-01",
            10,
            "ending",
        ),
        WaiverLine(
            "pods/read-only-root", "Deployment/media/old", "gone", "ben", "2026-01-01", "2026-06-01", -173, "expired"
        ),
    )
