"""Edits of the small fleet: one for each kind of mark, and harmless ones."""

from tests.diff.repository import Edit

_WEB, _WORK, _POSTGRES = "apps/pages/web.yaml", "apps/pages/work.yaml", "platform/shared/postgres.yaml"
_SITE = "site.yaml"
_EXCEPTION = (
    "exceptions: {root: {allow: {readOnlyRootFilesystem: false}, reason: writes where it likes, until: 2027-05-31}}\n"
)

DANGEROUS: dict[str, list[Edit]] = {
    "frozen": [(_WORK, "size: 10Gi", "size: 20Gi")],
    "volume": [(_WEB, "  data: {size: 5Gi, mountPath: /data, backup: tier1}\n", "")],
    "volume-nfs": [(_WEB, "  media: {nfs: media, mountPath: /media}\n", "")],
    "volume-postgres": [(_POSTGRES, None, None), (_SITE, "providers: {postgres: postgres}\n", "")],
    "namespace": [(_WEB, "category: things\n", "category: things\nnamespace: elsewhere\n")],
    "exposure-route": [(_WEB, "expose: {web: lan}", "expose: {web: {gateway: [lan, internet], auth: app}}")],
    "exposure-address": [
        (_WEB, "expose: {web: lan}", "expose: {web: lan}\nload_balancer: {ip: 10.0.10.105, ports: [http], from: [lan]}")
    ],
    "exposure-callers": [(_WORK, "metrics:", "called_by: {lan: {lan: [http]}}\nmetrics:")],
    "egress-host": [(_WEB, "[api.example.org]", '[api.example.org, "*.example.com"]')],
    "egress-anywhere": [(_WEB, "[api.example.org]", '["*"]')],
    "egress-service": [(_WORK, "metrics:", "talks_to: [web]\nmetrics:")],
    "egress-nodes": [(_WEB, "[api.example.org]}", "[api.example.org], nodes: [10250]}")],
    "privilege-pod": [(_WEB, "category: things\n", "category: things\n" + _EXCEPTION)],
    "privilege-role": [
        (_WEB, "probes:", 'rbac: {namespace: [{apiGroups: [""], resources: [pods], verbs: [get]}]}\nprobes:')
    ],
    # What a namespace of its own asks of the project that its Application belongs to.
    "privilege-project": [(_WORK, "summary:", "namespace: apart\nsummary:")],
    "backup-tier": [(_WEB, "backup: tier1", "backup: tier4")],
    "backup-schedule": [
        (_SITE, 'tier2: {schedule: "30 2 * * *", keep: 7d, destinations: [slow], rpo: 26h}', "tier2: {}")
    ],
    "backup-postgres": [(_POSTGRES, "backup: tier1", "backup: tier4")],
    "budget": [(_WEB, "memory: 64Mi}, limits: {memory: 128Mi}", "memory: 3Gi}, limits: {memory: 3Gi}")],
}  # fmt: skip

HARMLESS: dict[str, list[Edit]] = {
    "image": [(_WEB, "web:1.2", "web:1.3")],
    "more memory": [(_WEB, "memory: 64Mi}, limits: {memory: 128Mi}", "memory: 96Mi}, limits: {memory: 256Mi}")],
    "environment variable": [(_WEB, "MODE: plain", "MODE: fancy")],
    "probe": [(_WEB, "probes: /ready", "probes: /alive")],
    "label": [(_WEB, "category: things\n", "category: things\nlabels: {example.net/team: media}\n")],
    "host": [(_WEB, "expose: {web: lan}", "expose: {}")],
    "fewer calls": [(_WEB, "internet: [api.example.org]", "internet: []")],
    "copies kept longer": [(_SITE, "keep: 7d", "keep: 14d")],
    "larger claim": [(_WEB, "size: 5Gi", "size: 6Gi")],
    "new service": [
        (
            "apps/pages/extra.yaml",
            None,
            "summary: One more\ncategory: things\nimage: docker.io/a/extra:1\nports: {http: 80}\nprobes: /\n"
            "resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 32Mi}}\ntalks_to: [work]\n",
        )
    ],
    "summary": [(_WEB, "A web page", "A better page")],
    "chart version": [("platform/shared/door.yaml", "version: 1.0.0", "version: 1.1.0")],
}
