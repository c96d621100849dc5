"""Alerts and a dashboard on what the cluster exports, and on what the program itself exports where it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fops.onboarding.generate.kubernetes import namespace, workloads
from fops.onboarding.generate.render import Escaped, because, no_mark, render
from fops.onboarding.model import Artifact, OnboardingPlan, ServicePlan, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One graph: `queries` are PromQL with a legend each; DEPLOYMENTS and PODS in them stand for labels."""

    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]


_CLUSTER = (
    Panel(title="Pods ready and wanted", unit="short", queries=(
        ("sum by (deployment) (kube_deployment_status_replicas_available{DEPLOYMENTS})", "{{deployment}} ready"),
        ("sum by (deployment) (kube_deployment_spec_replicas{DEPLOYMENTS})", "{{deployment}} wanted"),
    )),
    Panel(title="Container restarts in 15 minutes", unit="short", queries=(
        ("sum by (pod) (increase(kube_pod_container_status_restarts_total{PODS}[15m]))", "{{pod}}"),
    )),
    Panel(title="CPU used", unit="short", queries=(
        ('sum by (pod) (rate(container_cpu_usage_seconds_total{PODS, container!=""}[5m]))', "{{pod}}"),
    )),
    Panel(title="CPU periods throttled", unit="percentunit", queries=(
        (
            ('sum by (pod) (rate(container_cpu_cfs_throttled_periods_total{PODS, container!=""}[5m]))'
             ' / sum by (pod) (rate(container_cpu_cfs_periods_total{PODS, container!=""}[5m]))'),
            "{{pod}}",
        ),
    )),
    Panel(title="Memory used", unit="bytes", queries=(
        ('sum by (pod) (container_memory_working_set_bytes{PODS, container!=""})', "{{pod}}"),
        ('max by (pod) (kube_pod_container_resource_limits{PODS, resource="memory"})', "{{pod}} limit"),
    )),
    Panel(title="Network received and sent", unit="Bps", queries=(
        ("sum by (pod) (rate(container_network_receive_bytes_total{PODS}[5m]))", "{{pod}} received"),
        ("sum by (pod) (rate(container_network_transmit_bytes_total{PODS}[5m]))", "{{pod}} sent"),
    )),
)  # fmt: skip
"""Exported by kube-state-metrics and by the kubelet's cAdvisor for every pod."""

_PROGRAM: Mapping[str, tuple[Panel, ...]] = MappingProxyType({
    "python": (
        Panel(title="Resident memory of the program", unit="bytes", queries=(("process_resident_memory_bytes{PODS}", "{{pod}}"),)),
        Panel(title="Open file descriptors", unit="short", queries=(("process_open_fds{PODS}", "{{pod}}"),)),
    ),
    "go": (
        Panel(title="Goroutines", unit="short", queries=(("go_goroutines{PODS}", "{{pod}}"),)),
        Panel(title="Heap in use", unit="bytes", queries=(("go_memstats_heap_inuse_bytes{PODS}", "{{pod}}"),)),
    ),
    "java": (
        Panel(title="Heap used", unit="bytes", queries=(('sum by (pod) (jvm_memory_used_bytes{PODS, area="heap"})', "{{pod}}"),)),
        Panel(title="Live threads", unit="short", queries=(("jvm_threads_live_threads{PODS}", "{{pod}}"),)),
    ),
})  # fmt: skip
"""What the default registry of each language's usual client exports (prometheus_client, promhttp, Micrometer). The
client of Node exports nothing by default, so there is only `up`."""

_REQUESTS = (
    Panel(title="Requests per second by status", unit="reqps", queries=(
        ("sum by (status) (rate(http_server_requests_seconds_count{PODS}[5m]))", "{{status}}"),
    )),
    Panel(title="Mean duration of requests", unit="s", queries=(
        (
            ("sum by (uri) (rate(http_server_requests_seconds_sum{PODS}[5m]))"
             " / sum by (uri) (rate(http_server_requests_seconds_count{PODS}[5m]))"),
            "{{uri}}",
        ),
    )),
)  # fmt: skip
"""Exported by Spring Boot's actuator for its own web server."""


def artifacts(plan: OnboardingPlan) -> Iterator[Artifact]:
    """The rules and the dashboard; nothing where no pods run."""
    if plan.target is not Target.K8S:
        return
    facts = [f"{service.name}:{fact}" for service in plan.services for fact in ("language", "metrics_path")]
    every = [workload for service in plan.services for workload in workloads(plan, service)]
    deployments = "|".join(workload.name for workload in every)
    namespaces = "|".join(namespace(plan, environment) for environment in plan.environments)
    scraped = [service for service in plan.services if service.metrics_path]
    yield render(
        "monitoring/prometheus-rules.yaml.j2",
        path="deploy/monitoring/prometheus-rules.yaml",
        reason="Alerts on what makes the services unavailable, built on metrics that exist in the cluster.",
        facts=facts,
        name=plan.name,
        namespaces=namespaces,
        deployments=deployments,
        scaled=any(one.port and not one.single for one in every),
        production=namespace(plan, plan.production),
        scraped=[{"name": service.name, "because": because(service)} for service in scraped],
    )
    yield render(
        "monitoring/dashboard.json.j2",
        path="deploy/monitoring/dashboard.json",
        reason="Shows pods, CPU, memory and restarts, and what the programs export themselves.",
        facts=facts,
        name=plan.name,
        uid=plan.name[:40],  # Grafana's longest
        namespaces=[namespace(plan, environment) for environment in reversed(plan.environments)],
        panels=[
            *_panels(_CLUSTER, deployments),
            *(panel for service in scraped for panel in _own_panels(service)),
        ],
    )


def _own_panels(service: ServicePlan) -> Iterator[Mapping[str, Any]]:
    up = Panel(title=f"Scraped: {service.name}", unit="short", queries=(("up{PODS}", "{{pod}}"),))
    requests = _REQUESTS if service.framework == "spring-boot" else ()
    yield from _panels(
        (up, *_PROGRAM.get(service.language, ()), *requests), service.name, mark=because(service)
    )


def _panels(
    panels: Iterable[Panel], names: str, *, mark: Callable[..., Escaped] = no_mark
) -> Iterator[Mapping[str, Any]]:
    """The panels with their labels filled in; `$namespace` is the dashboard's own variable."""
    for panel in panels:
        queries = [
            {"expression": _selecting(expression, names), "legend": legend}
            for expression, legend in panel.queries
        ]
        yield {"title": panel.title, "unit": panel.unit, "queries": queries, "because": mark}


def _selecting(expression: str, names: str) -> str:
    deployments = f'namespace="$namespace", deployment=~"{names}"'
    return expression.replace("DEPLOYMENTS", deployments).replace(
        "PODS", f'namespace="$namespace", pod=~"({names})-.*"'
    )
