"""What runs of a service in the cluster: one workload a process, and the names everything else refers to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fops.onboarding.generate.container.commands import kubernetes_words
from fops.onboarding.generate.container.runtime import Runtime, component, processes, runtime, started
from fops.onboarding.model import OnboardingPlan, ServicePlan

LABEL_LENGTH = 63  # of a DNS label and of a label's value
# Processes of which there must be one: two would send everything twice.
_SINGLE = re.compile(r"beat|cron|clock|schedul")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What a pod asks for and may take; `starts_within` is in seconds, generous to a cold start on a busy node."""

    cpu: str
    memory: str
    cpu_limit: str
    memory_limit: str
    starts_within: int


_RESOURCES: Mapping[str, Resources] = MappingProxyType({
    "static": Resources(cpu="10m", memory="32Mi", cpu_limit="200m", memory_limit="64Mi", starts_within=30),
    "go": Resources(cpu="50m", memory="64Mi", cpu_limit="500m", memory_limit="256Mi", starts_within=30),
    "python": Resources(cpu="100m", memory="192Mi", cpu_limit="1", memory_limit="512Mi", starts_within=60),
    "node": Resources(cpu="100m", memory="192Mi", cpu_limit="1", memory_limit="512Mi", starts_within=60),
    "java": Resources(cpu="250m", memory="512Mi", cpu_limit="2", memory_limit="1Gi", starts_within=180),
})  # fmt: skip
"""Starting points by how the runtimes behave when idle and under light load; the dashboard shows what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One Deployment. `words` is empty where the image's own command is meant; `serves` says that a Service fronts it."""

    name: str
    service: str
    component: str
    words: tuple[str, ...]
    port: int | None
    health_path: str | None
    single: bool
    main: bool
    runtime: Runtime
    resources: Resources

    @property
    def service_name(self) -> str:
        """The Service's name: unlike other objects' names it may not begin with a digit (RFC 1035)."""
        return self.name if self.name[0].isalpha() else label(f"app-{self.name}")

    @property
    def probes(self) -> Mapping[str, Mapping[str, int]]:
        """The timing of each probe in seconds; until the start probe has passed, the others wait."""
        return {
            "startupProbe": {
                "periodSeconds": 3,
                "timeoutSeconds": 3,
                "failureThreshold": self.resources.starts_within // 3,
            },
            "readinessProbe": {"periodSeconds": 10, "timeoutSeconds": 3, "failureThreshold": 3},
            "livenessProbe": {"periodSeconds": 20, "timeoutSeconds": 5, "failureThreshold": 3},
        }


def workloads(service: ServicePlan) -> tuple[Workload, ...]:
    """The service's workloads, the serving one first and named like the service."""
    return tuple(_workloads(service))


def _workloads(service: ServicePlan) -> Iterator[Workload]:
    runs = runtime(service)
    resources = _RESOURCES["static" if service.static else service.language]
    names: set[str] = set()
    for index, process in enumerate(processes(service)):
        main = index == 0
        part = _unused(component(process), names)
        yield Workload(
            name=service.name if main else label(f"{service.name[:40].strip('-')}-{part}"),
            service=service.name,
            component=part,
            words=() if main else tuple(kubernetes_words(started(service, process))),
            port=runs.port if main else process.port,
            health_path=runs.health_path if main else None,
            single=bool(_SINGLE.search(part)),
            main=main,
            runtime=runs,
            resources=resources,
        )


def _unused(part: str, names: set[str]) -> str:
    found = next(
        name for name in (part, *(f"{part}-{number}" for number in range(2, 1000))) if name not in names
    )
    names.add(found)
    return found


def label(text: str) -> str:
    """A text that is a DNS label but for its length, shortened to one."""
    return text[:LABEL_LENGTH].strip("-")


def namespace(plan: OnboardingPlan, environment: str) -> str:
    """The namespace of an environment: `NAME-ENVIRONMENT`, the name shortened where both are too long."""
    kept = max(LABEL_LENGTH - len(environment) - 1, 0)
    return label(f"{plan.name[:kept].strip('-')}-{environment}".strip("-"))


def host(service: ServicePlan, environment: str) -> str:
    """The placeholder for a host name, to be confirmed: `NAME.ENVIRONMENT.example.com`."""
    return f"{service.name}.{environment}.example.com"


def secret_name(service: ServicePlan) -> str:
    """The Secret that a person creates: its name is referred to, its values are nowhere in the repository."""
    return f"{service.name[: LABEL_LENGTH - 8].strip('-')}-secrets"


def tls_name(service: ServicePlan) -> str:
    """The Secret with the certificate of the service's host, created by hand or by a certificate manager."""
    return f"{service.name[: LABEL_LENGTH - 4].strip('-')}-tls"
