"""A Service sends its traffic to pods that exist, on a port each of them opens.

Pass: `targetPort: http`, and every pod the selector chooses has a container port named `http`.
Fail: `targetPort: 9000` where the container opens 8000; a selector that also chooses the worker's pods.
"""

from __future__ import annotations

from collections.abc import Iterator

from fops.onboarding.verify.bundle import Bundle, dig, numbered
from fops.onboarding.verify.finding import Finding, Rule
from fops.onboarding.verify.manifests import Manifest, Workload, holds, manifests, workloads


def _find(bundle: Bundle) -> Iterator[Finding]:
    pods = list(workloads(bundle))
    for service in manifests(bundle, "Service"):
        if dig(service.data, "spec", "type") == "ExternalName":
            continue
        selector = dig(service.data, "spec", "selector")
        chosen = [workload for workload in pods if selector and workload.chosen_by(selector)]
        if not chosen:
            yield Finding(
                service.file.path,
                f"{service} chooses no pods of these manifests",
                service.line("spec.selector"),
            )
        for workload in chosen:
            yield from _ports(service, workload)


def _ports(service: Manifest, workload: Workload) -> Iterator[Finding]:
    for index, port in numbered(dig(service.data, "spec", "ports")):
        target = port.get("targetPort", port.get("port"))
        if not workload.opens(target):
            says = f"{service} sends to port {target}, which no container of {workload.manifest} opens"
            yield Finding(service.file.path, says, service.line(f"spec.ports.{index}.targetPort"))


RULE = Rule("service-reaches-container", holds("Service"), _find)
