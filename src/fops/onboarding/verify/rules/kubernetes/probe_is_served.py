"""A probe asks for a path the program is known to serve, on a port its container opens.

Pass: `/healthz` where the plan found that route; a TCP probe where it found none; `/` of a static site.
Fail: `/health` for a program without such a route: the pod would be restarted for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.verify.bundle import Bundle, dig, mapping
from fops.onboarding.verify.finding import Finding, Rule
from fops.onboarding.verify.manifests import WORKLOADS, Container, Workload, holds, service_of, workloads

_PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
_LOCATION = re.compile(
    r"\blocation\s+(?:=\s+)?(/\S*)"
)  # a web server's configuration, in or beside a Dockerfile
# Spring Boot serves these two below its health path as soon as it runs in Kubernetes.
_BELOW_ACTUATOR = ("/liveness", "/readiness")


def _find(bundle: Bundle) -> Iterator[Finding]:
    for workload in workloads(bundle):
        served = _served(bundle, workload)
        for container in workload.containers():
            for probe in _PROBES:
                if probe in container.data:
                    yield from _judge(workload, container, probe, served)


def _judge(workload: Workload, container: Container, probe: str, served: frozenset[str]) -> Iterator[Finding]:
    manifest, place = workload.manifest, f"{container.path}.{probe}"
    action = mapping(dig(container.data, probe, "httpGet") or dig(container.data, probe, "tcpSocket"))
    if action and not container.opens(action.get("port")):
        says = f"{probe} asks port {action.get('port')}, which container {container.name} does not open"
        yield Finding(manifest.file.path, says, manifest.line(place))
    path = dig(container.data, probe, "httpGet", "path")
    if path is not None and str(path) not in served:
        says = f"{probe} asks for {path}, which nothing shows {container.name} to serve"
        yield Finding(manifest.file.path, says, manifest.line(f"{place}.httpGet.path"))


def _served(bundle: Bundle, workload: Workload) -> frozenset[str]:
    service = service_of(bundle, workload)
    if service is None:
        return frozenset()
    paths = {service.health_path, "/" if service.static else None}
    if service.health_path and service.health_path.endswith("/actuator/health"):
        paths |= {service.health_path + end for end in _BELOW_ACTUATOR}
    if service.static:
        paths |= {path for file in bundle.files for path in _LOCATION.findall(file.text)}
    return frozenset(path for path in paths if path)


RULE = Rule("probe-is-served", holds(*WORKLOADS), _find)
