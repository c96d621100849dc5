"""Pods meet the "restricted" Pod Security Standard of Kubernetes.

Pass: runAsNonRoot, seccomp RuntimeDefault, no privilege escalation, all capabilities dropped.
Fail: a container without `allowPrivilegeEscalation: false`; runAsUser 0; a hostPath volume; hostNetwork; an image of the
user's whose Dockerfile names its user by a name, since Kubernetes cannot check that one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fops.onboarding.verify.bundle import Bundle, dig, items, numbered
from fops.onboarding.verify.finding import Finding, Rule
from fops.onboarding.verify.manifests import WORKLOADS, Container, Workload, holds, workloads

_HOST = ("hostNetwork", "hostPID", "hostIPC")
_PROFILES = ("RuntimeDefault", "Localhost")


def _find(bundle: Bundle) -> Iterator[Finding]:
    for workload in workloads(bundle):
        for path, says in _faults(workload):
            yield Finding(
                workload.manifest.file.path, f"{workload.manifest}: {says}", workload.manifest.line(path)
            )


def _faults(workload: Workload) -> Iterator[tuple[str, str]]:
    spec = f"{workload.path}.spec"
    for field in _HOST:
        if workload.pod.get(field):
            yield f"{spec}.{field}", f"{field} shares the node's"
    for index, volume in numbered(workload.pod.get("volumes")):
        if "hostPath" in volume:
            yield f"{spec}.volumes.{index}", "a hostPath volume opens the node's disk"
    for container in workload.containers():
        for says in _container(workload, container):
            yield f"{container.path}.securityContext", f"container {container.name} {says}"


def _container(workload: Workload, container: Container) -> Iterator[str]:
    own = dig(container.data, "securityContext")
    if _setting(workload, own, "runAsNonRoot") is not True or _setting(workload, own, "runAsUser") == 0:
        yield "may run as root"
    if dig(_setting(workload, own, "seccompProfile"), "type") not in _PROFILES:
        yield "has no seccomp profile"
    if dig(own, "allowPrivilegeEscalation") is not False or dig(own, "privileged"):
        yield "may gain privileges"
    if "ALL" not in items(dig(own, "capabilities", "drop")):
        yield "keeps capabilities"


def _setting(workload: Workload, own: Any, field: str) -> Any:
    """A container's own setting, else the pod's."""
    value = dig(own, field)
    return value if value is not None else dig(workload.pod, "securityContext", field)


RULE = Rule("pod-security", holds(*WORKLOADS), _find)
