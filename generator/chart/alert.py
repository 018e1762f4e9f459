"""Which default alerts apply to a service, with what they need to know; and its own."""

import re
from collections.abc import Iterator

from generator.catalogue.service import Component, Json, Service
from generator.chart.scope import Body, Printed, Scope, workloads_of
from generator.chart.slo import slo_alerts
from generator.fleet.copies import copied, copy_names, is_templated

_RUNBOOK = "docs/operations/runbooks/alerts.md"
_JOB_DEADLINE_S = 3600
_JOB_START_S = 600
# How the pods of each kind are named by their controllers.
_POD_NAMES = {
    "Deployment": "-[a-z0-9]{6,10}-[a-z0-9]{5}",
    "StatefulSet": "-[0-9]+",
    "DaemonSet": "-[a-z0-9]{5}",
    "CronJob": "-[0-9]+-[a-z0-9]{5}",
    "Job": "-[0-9a-f]{6}-[a-z0-9]{5}",
}


def build_alerts(scope: Scope, service: Service) -> Iterator[Printed]:
    """One PrometheusRule per service."""
    applying = dict(sorted(_applying(scope, service)))
    refused = {name for name, alert in service.alerts.items() if alert.disabled is not None}
    defaults = {name: given for name, given in applying.items() if name not in refused}
    domain = scope.fleet.domains.get(service.domain)
    marks = {"service": service.name, "domain": service.domain, "owner": domain.owner if domain else ""}
    marks = {key: text for key, text in marks.items() if text}
    alerts = [*_own(service, marks), *slo_alerts(service, up_match(scope, service), marks, _RUNBOOK)]
    if not defaults and not alerts:
        return
    body: Body = {"marks": marks}
    if defaults:
        body["defaults"] = defaults
    if alerts:
        body["alerts"] = alerts
    yield "PrometheusRule", service.name, body


def _own(service: Service, marks: dict[str, str]) -> Iterator[Json]:
    """The rules that the service states itself, as Prometheus reads them."""
    for alert in service.alerts.values():
        if alert.expr is not None:
            rule: Json = {"alert": alert.name, "expr": alert.expr} | ({"for": alert.for_} if alert.for_ else {})
            annotations = {"summary": alert.summary or alert.name, "runbook": alert.runbook or _RUNBOOK}
            yield rule | {"annotations": annotations, "labels": {"severity": alert.severity or "warning", **marks}}


def _applying(scope: Scope, service: Service) -> Iterator[tuple[str, Body]]:
    namespace = scope.namespace(service.name)
    if match := up_match(scope, service):
        yield "TargetDown", {"metric": match[0], "match": match[1]}
    if pods := pod_names(service):
        yield "PodRestarting", {"namespace": namespace, "pods": pods}
        yield "MemoryNearLimit", {"namespace": namespace, "pods": pods}
    if claims := _claims(service):
        yield "VolumeFilling", {"namespace": namespace, "claims": claims}
    if backups := list(_backups(scope, service)):
        yield "BackupStale", {"backups": backups}
    if certificates := _certificates(scope, service):
        yield "CertificateExpiring", {"certificates": certificates}
    workloads = list(workloads_of(service))
    if failing := [expr for component in workloads if (expr := _replicas(namespace, component))]:
        yield "ReplicaFailure", {"expr": " or ".join(failing)}
    if jobs := [component for component in workloads if component.kind in ("CronJob", "Job")]:
        yield "JobFailed", _jobs(namespace, jobs)


def up_match(scope: Scope, service: Service) -> tuple[str, str] | None:
    """Metric and labels that say whether a service answers; None where nobody asks it."""
    namespace = scope.namespace(service.name)
    if any(component.metrics for component in service.components.values()) or service.postgres:
        if service.chart is not None:
            return "up", f'namespace="{namespace}"'
        return "up", f'namespace="{namespace}",job="{service.name}"'
    if service.name in scope.probes:
        return "probe_success", f'job="{service.name}"'
    return None


def pod_names(service: Service) -> str | None:
    """A pattern that the names of a service's pods match, and as few others as may be."""
    if service.chart is not None:
        return ".+" if service.chart.pods else None
    if service.postgres is not None:
        return f"{service.name}-[0-9]+"
    names = [component.workload + _POD_NAMES[component.kind] for component in workloads_of(service)]
    return "|".join(names) or None


def _claims(service: Service) -> str | None:
    """Claims of our own; a full share is the business of whoever serves it."""
    if service.postgres is not None:
        return f"{service.name}-[0-9]+"
    claims: list[str] = []
    for component in workloads_of(service):
        for volume in component.volumes.values():
            if volume.form == "size" and is_templated(component):
                claims.append(f"{volume.name}-{component.workload}-[0-9]+")
            elif volume.form == "size":
                claims.append(f"{component.workload}-{volume.name}")
    return "|".join(claims) or None


def _backups(scope: Scope, service: Service) -> Iterator[Json]:
    """What tells how old the last copy of each tier is."""
    site = scope.fleet.site
    if service.postgres is not None:
        tier = site.tiers.get(service.postgres.storage.tier or "")
        if tier and tier.rpo_s and tier.schedule and scope.has("barmancloud.cnpg.io"):
            match = f'namespace="{scope.namespace(service.name)}",pod=~"{service.name}-[0-9]+"'
            metric = "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp"
            yield {"metric": metric, "match": match, "seconds": 2 * tier.rpo_s}
        return
    if site.backends.backup == "volsync" and scope.has("volsync.backube"):
        yield from _replicated(scope, service)
    if site.backends.backup != "velero" or not scope.has("velero.io"):
        return
    tiers = {volume.tier for component in workloads_of(service) for volume in component.volumes.values()}
    for name in sorted(tier for tier in tiers if tier):
        tier = site.tiers.get(name)
        if tier and tier.schedule and tier.rpo_s:
            schedules = "|".join(copy_names(name, tier.destinations))
            metric = "velero_backup_last_successful_timestamp"
            yield {"metric": metric, "match": f'schedule=~"{schedules}"', "seconds": 2 * tier.rpo_s}


def _replicated(scope: Scope, service: Service) -> Iterator[Json]:
    """VolSync says by itself when a copy is late: no timestamp is needed."""
    sources = [
        source
        for item in copied(service, scope.fleet.site.tiers)
        for claim in item.claims
        for source in copy_names(claim, item.tier.destinations)
    ]
    if sources:
        match = f'obj_namespace="{scope.namespace(service.name)}",obj_name=~"{"|".join(sorted(sources))}"'
        yield {"metric": "volsync_volume_out_of_sync", "match": match, "seconds": 0}


def _certificates(scope: Scope, service: Service) -> str | None:
    names = [
        re.escape(f"gateway-{gateway.name}")
        for gateway in scope.fleet.site.gateways.values()
        if gateway.service == service.name and gateway.issuer
    ]
    return "|".join(f"{name}.*" for name in sorted(names)).replace("\\-", "-") or None


def _replicas(namespace: str, component: Component) -> str | None:
    name = component.workload
    match component.kind:
        case "Deployment":
            labels = f'namespace="{namespace}",deployment="{name}",condition="ReplicaFailure",status="true"'
            return f"kube_deployment_status_condition{{{labels}}} == 1"
        case "StatefulSet":
            labels = f'namespace="{namespace}",statefulset="{name}"'
            return f"kube_statefulset_status_replicas{{{labels}}} < kube_statefulset_replicas{{{labels}}}"
        case "DaemonSet":
            labels = f'namespace="{namespace}",daemonset="{name}"'
            return (
                f"kube_daemonset_status_current_number_scheduled{{{labels}}}"
                f" < kube_daemonset_status_desired_number_scheduled{{{labels}}}"
            )
        case _:
            return None


def _jobs(namespace: str, components: list[Component]) -> Body:
    """A CronJob fails while its last success is older than its last start, once a run had time to end."""
    parts: list[str] = []
    patience = 60
    for component in components:
        if component.kind == "Job":
            labels = f'namespace="{namespace}",job_name=~"{component.workload}-[0-9a-f]{{6}}"'
            parts.append(f"kube_job_status_failed{{{labels}}} > 0")
            continue
        labels = f'namespace="{namespace}",cronjob="{component.workload}"'
        started = f"kube_cronjob_status_last_schedule_time{{{labels}}}"
        succeeded = f"kube_cronjob_status_last_successful_time{{{labels}}}"
        parts.append(f"{started} > {succeeded} or ({started} unless {succeeded})")
        deadline = int(component.schedule.get("activeDeadlineSeconds", _JOB_DEADLINE_S))
        patience = max(patience, deadline + int(component.schedule.get("startingDeadlineSeconds", _JOB_START_S)))
    return {"expr": " or ".join(parts), "for": f"{patience}s"}
