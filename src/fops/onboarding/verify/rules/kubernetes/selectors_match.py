"""Whatever chooses pods or scales them finds exactly what it means.

Pass: a Deployment whose selector equals its pods' labels; an HPA that names it; a PDB that chooses its pods.
Fail: an HPA for `shop` where the Deployment is `shop-api`; two Deployments that choose each other's pods; a PDB that lets
no pod go, so that no node can be drained.
"""

from __future__ import annotations

from collections.abc import Iterator

from fops.onboarding.verify.bundle import Bundle, dig
from fops.onboarding.verify.finding import Finding, Rule
from fops.onboarding.verify.manifests import Manifest, Workload, holds, manifests, workloads

_SELECTING = ("Deployment", "StatefulSet", "DaemonSet")
_CHOOSING = {"PodDisruptionBudget": "spec.selector", "NetworkPolicy": "spec.podSelector"}


def _find(bundle: Bundle) -> Iterator[Finding]:
    pods = list(workloads(bundle))
    for workload in pods:
        if workload.manifest.kind in _SELECTING:
            yield from _own(workload, pods)
    for choosing in manifests(bundle, *_CHOOSING):
        yield from _chooses(choosing, pods)
    for scaler in manifests(bundle, "HorizontalPodAutoscaler"):
        yield from _scales(scaler, pods)


def _own(workload: Workload, pods: list[Workload]) -> Iterator[Finding]:
    manifest = workload.manifest
    selector, line = dig(manifest.data, "spec", "selector", "matchLabels"), manifest.line("spec.selector")
    if not selector or not workload.chosen_by(selector):
        yield Finding(manifest.file.path, f"{manifest} does not choose its own pods", line)
        return
    for other in pods:
        if other.manifest.name != manifest.name and other.chosen_by(selector):
            yield Finding(manifest.file.path, f"{manifest} also chooses the pods of {other.manifest}", line)


def _chooses(manifest: Manifest, pods: list[Workload]) -> Iterator[Finding]:
    place = _CHOOSING[manifest.kind]
    selector = dig(manifest.data, *place.split("."), "matchLabels")
    if selector and not any(workload.chosen_by(selector) for workload in pods):
        yield Finding(
            manifest.file.path, f"{manifest} chooses no pods of these manifests", manifest.line(place)
        )
    spec = dig(manifest.data, "spec")
    if dig(spec, "maxUnavailable") in (0, "0%") or dig(spec, "minAvailable") == "100%":
        yield Finding(
            manifest.file.path,
            f"{manifest} lets no pod go: nodes could not be drained",
            manifest.line("spec"),
        )


def _scales(scaler: Manifest, pods: list[Workload]) -> Iterator[Finding]:
    kind, name = (dig(scaler.data, "spec", "scaleTargetRef", field) for field in ("kind", "name"))
    target = next((item for item in pods if (item.manifest.kind, item.manifest.name) == (kind, name)), None)
    line = scaler.line("spec.scaleTargetRef")
    if target is None:
        yield Finding(
            scaler.file.path, f"{scaler} scales {kind}/{name}, which is not among these manifests", line
        )
    elif not all(dig(container.data, "resources", "requests") for container in target.containers()):
        yield Finding(
            scaler.file.path, f"{scaler} cannot measure {kind}/{name}: a container requests nothing", line
        )


RULE = Rule("selectors-match", holds(*_SELECTING, *_CHOOSING, "HorizontalPodAutoscaler"), _find)
