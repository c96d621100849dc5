"""What runs of a service in the cluster: one workload a process, and a Job for what goes before a roll-out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fops.onboarding.generate.container.commands import kubernetes_words, needs_init
from fops.onboarding.generate.container.runtime import (
    APP_USER,
    RELEASE,
    Runtime,
    components,
    runtime,
    started,
)
from fops.onboarding.generate.kubernetes.names import joined
from fops.onboarding.model import OnboardingPlan, ServicePlan
from fops.onboarding.plan.names import lettered

# Pods are called by the first 58 characters of `WORKLOAD-HASH-`: the dash has to be among them for alerts to match.
_LONGEST = 57
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
    """One Deployment, or one Job where it `ends`.

    `words` is empty where the image's own command is meant; `single` says that there must be one pod. `needs_init`: see
    `commands`; nobody knows what the first process of a user's own image is.
    """

    name: str
    service: str
    component: str
    words: tuple[str, ...]
    port: int | None
    health_path: str | None
    single: bool
    main: bool
    ends: bool
    needs_init: bool
    runtime: Runtime
    resources: Resources

    @property
    def service_name(self) -> str:
        """The Service's name: unlike other objects' names it may not begin with a digit (RFC 1035)."""
        return lettered(self.name)

    @property
    def group(self) -> int:
        """The group whose members may write a volume: the user's own where its number is known."""
        return self.runtime.user or APP_USER

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


def workloads(plan: OnboardingPlan, service: ServicePlan) -> tuple[Workload, ...]:
    """The service's lasting workloads, the serving one first and named like the service."""
    return tuple(_workloads(plan, service))


def release_job(plan: OnboardingPlan, service: ServicePlan) -> Workload | None:
    """What has to end well before a new version is rolled out, None where there is nothing such."""
    if not service.releases_on(plan.target):
        return None
    command = started(service, service.release_command)
    return Workload(
        name=joined(service.name, RELEASE, longest=_LONGEST),
        service=service.name,
        component=RELEASE,
        words=tuple(kubernetes_words(command)),
        port=None,
        health_path=None,
        single=True,
        main=False,
        ends=True,
        needs_init=service.dockerfile is None and needs_init(command),
        runtime=runtime(service),
        resources=_resources(service),
    )


def _resources(service: ServicePlan) -> Resources:
    return _RESOURCES["static" if service.static else service.language]


def _workloads(plan: OnboardingPlan, service: ServicePlan) -> Iterator[Workload]:
    runs = runtime(service)
    for index, (part, process) in enumerate(components(plan, service)):
        main = index == 0
        command = started(service, process.command)
        yield Workload(
            name=service.name if main else joined(service.name, part, longest=_LONGEST),
            service=service.name,
            component=part,
            words=() if main else tuple(kubernetes_words(command)),
            port=runs.port if main else process.port,
            health_path=runs.health_path if main else None,
            single=service.data is not None or bool(_SINGLE.search(part)),
            main=main,
            ends=False,
            needs_init=not service.static and service.dockerfile is None and needs_init(command),
            runtime=runs,
            resources=_resources(service),
        )
