"""A NetworkPolicy lets through what the other manifests need: the Service's port in, and names out.

Pass: ingress on port `http`, to which the Service sends; egress to port 53 besides the others.
Fail: ingress on 80 for pods the Service reaches on 8000; egress without DNS, so that no name resolves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fops.onboarding.verify.bundle import Bundle, dig, items, numbered
from fops.onboarding.verify.finding import Finding, Rule
from fops.onboarding.verify.manifests import Manifest, Workload, holds, manifests, workloads


def _find(bundle: Bundle) -> Iterator[Finding]:
    policies = list(manifests(bundle, "NetworkPolicy"))
    for workload in workloads(bundle):
        mine = [
            item
            for item in policies
            if workload.chosen_by(dig(item.data, "spec", "podSelector", "matchLabels"))
        ]
        for target in sorted(_reached(bundle, workload)):
            yield from _judge(mine, workload, "Ingress", target, "to which a Service sends")
        yield from _judge(mine, workload, "Egress", "53", "so no name resolves")


def _reached(bundle: Bundle, workload: Workload) -> set[str]:
    """The ports of a workload that Services send to, by number or name as text."""
    return {
        str(port.get("targetPort", port.get("port")))
        for service in manifests(bundle, "Service")
        if (selector := dig(service.data, "spec", "selector")) and workload.chosen_by(selector)
        for _, port in numbered(dig(service.data, "spec", "ports"))
    }


def _judge(policies: list[Manifest], workload: Workload, way: str, port: str, why: str) -> Iterator[Finding]:
    """Policies add up: one that admits is enough, and none at all admits everything."""
    deciding = [policy for policy in policies if way in _ways(policy)]
    if deciding and not any(_admits(policy, way, _names(workload, port)) for policy in deciding):
        policy = deciding[0]
        says = f"{policy} has no {way.lower()} on port {port} for {workload.manifest}, {why}"
        yield Finding(policy.file.path, says, policy.line(f"spec.{way.lower()}"))


def _ways(policy: Manifest) -> Sequence[str]:
    stated = items(dig(policy.data, "spec", "policyTypes"))
    return stated or ("Ingress", *(("Egress",) if dig(policy.data, "spec", "egress") else ()))


def _admits(policy: Manifest, way: str, names: set[str]) -> bool:
    rules = [rule for _, rule in numbered(dig(policy.data, "spec", way.lower()))]
    return any(
        not rule.get("ports") or any(_covers(item, names) for _, item in numbered(rule["ports"]))
        for rule in rules
    )


def _covers(item: Mapping[str, Any], names: set[str]) -> bool:
    first, last = item.get("port"), item.get("endPort")
    if isinstance(first, int) and isinstance(last, int):
        return any(name.isdigit() and first <= int(name) <= last for name in names)
    return first is None or str(first) in names


def _names(workload: Workload, port: str) -> set[str]:
    """A container's port by number and by name."""
    ports = (item for container in workload.containers() for _, item in numbered(container.data.get("ports")))
    known = ({str(item.get("name")), str(item.get("containerPort"))} for item in ports)
    return {port}.union(*(names for names in known if port in names))


RULE = Rule("network-policy-admits", holds("NetworkPolicy"), _find)
