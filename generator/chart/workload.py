"""Workloads: what runs, under which account, with which rights and how it may be disturbed."""

import hashlib
import json
from collections.abc import Iterator

from generator.catalogue.service import Component, Json, Service
from generator.chart.pod import has_rules, pod_body
from generator.chart.scope import Body, Printed, Scope, workloads_of
from generator.chart.storage import claim_templates
from generator.fleet.arithmetic import strategy_of

_JOB_KEYS = ("activeDeadlineSeconds", "backoffLimit", "parallelism")
_USUAL_PROGRESS_S = 600
_AFTER_START_S = 120
_RELOAD = {"reloader.stakater.com/auto": "true"}


def build_workloads(scope: Scope, service: Service) -> Iterator[Printed]:
    """The workload of each component, its account, roles and disruption budget."""
    for component in workloads_of(service):
        yield "ServiceAccount", component.workload, _marks(component)
        yield from _roles(component)
        body = _marks(component)
        if any(_secrets_of(component)):
            body["annotations"] = _RELOAD
        pod = pod_body(scope, service, component)
        match component.kind:
            case "CronJob":
                yield "CronJob", component.workload, body | _cronjob(scope, component) | {"pod": pod}
            case "Job":
                name = job_name(component.workload, pod)
                yield "Job", name, body | {"job": _job(component), "pod": pod}
            case "StatefulSet":
                yield "StatefulSet", component.workload, body | _statefulset(scope, component) | {"pod": pod}
            case "DaemonSet":
                yield "DaemonSet", component.workload, body | {"strategy": strategy_of(component), "pod": pod}
            case "Deployment":
                yield "Deployment", component.workload, body | _deployment(component) | {"pod": pod}
        if pod.get("spread"):
            yield "PodDisruptionBudget", component.workload, _marks(component)


def job_name(workload: str, pod: Body) -> str:
    """A Job is named with digits of its pod template: a change is another Job."""
    text = json.dumps(pod, sort_keys=True, separators=(",", ":"))
    return f"{workload}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def _marks(component: Component) -> Body:
    body: Body = {"component": component.name}
    if component.labels:
        body["labels"] = dict(component.labels)
    return body


def _secrets_of(component: Component) -> Iterator[bool]:
    for container in component.containers:
        yield bool(container.secrets) or any(file.secret for file in container.files.values())


def _deployment(component: Component) -> Body:
    body: Body = {"replicas": component.replicas, "strategy": strategy_of(component)}
    startup = max((_startup_s(container.probes.get("startup")) for container in component.containers), default=0)
    if startup + _AFTER_START_S > _USUAL_PROGRESS_S:
        body["progressDeadlineSeconds"] = startup + _AFTER_START_S
    return body


def _startup_s(probe: Json | None) -> int:
    return int(probe.get("failureThreshold", 3)) * int(probe.get("periodSeconds", 10)) if probe else 0


def _statefulset(scope: Scope, component: Component) -> Body:
    body: Body = {"replicas": component.replicas, "serviceName": f"{component.workload}-headless"}
    body["strategy"] = strategy_of(component)
    if templates := claim_templates(scope, component):
        body["volumeClaimTemplates"] = templates
    return body


def _cronjob(scope: Scope, component: Component) -> Body:
    stated = component.schedule
    schedule: Json = {key: value for key, value in stated.items() if key not in _JOB_KEYS}
    schedule.setdefault("timeZone", scope.fleet.site.timezone)
    return {"schedule": schedule, "job": _job(component)}


def _job(component: Component) -> Json:
    return {key: component.schedule[key] for key in _JOB_KEYS if key in component.schedule}


def _roles(component: Component) -> Iterator[Printed]:
    if not has_rules(component):
        return
    account = {"component": component.name, "account": component.workload}
    for kind, name, rules in (
        ("Role", component.workload, component.rbac_namespace),
        # The prefix keeps clear of Kubernetes' own roles (view, edit) and of those of upstream charts.
        ("ClusterRole", f"chartroom-{component.workload}", component.rbac_cluster),
    ):
        if rules:
            yield kind, name, {"component": component.name, "rules": list(rules)}
            yield f"{kind}Binding", name, account
