"""Every Secret, ConfigMap, key and ServiceAccount that a pod or Ingress names is generated, or listed for people to set up.

Pass: `secretKeyRef {name: shop-secrets, key: DATABASE_URL}`, both named in the runbook. Fail: a ConfigMap key nobody
wrote; a Secret the runbook does not tell of: the pod would wait in CreateContainerConfigError.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fops.onboarding.verify.bundle import Bundle, dig, is_kustomization, items, mapping, numbered
from fops.onboarding.verify.finding import Finding, Rule
from fops.onboarding.verify.manifests import WORKLOADS, Manifest, Workload, holds, manifests, workloads

_KINDS = {
    "secretKeyRef": "Secret", "secretRef": "Secret", "secret": "Secret",
    "configMapKeyRef": "ConfigMap", "configMapRef": "ConfigMap", "configMap": "ConfigMap",
}  # fmt: skip
Keys = dict[tuple[str, str], set[str]]


@dataclass(frozen=True, slots=True)
class Reference:
    """A named object, and a key in it where one is named; `path` leads to the place that names it."""

    kind: str
    name: str
    path: str
    key: str | None = None


def _find(bundle: Bundle) -> Iterator[Finding]:
    made, told = _generated(bundle), set(re.findall(r"[\w.-]+", bundle.by_hand()))
    for manifest, references in _referring(bundle):
        for reference in references:
            if says := _missing(reference, made, told):
                yield Finding(manifest.file.path, says, manifest.line(reference.path))


def _missing(reference: Reference, made: Keys, told: set[str]) -> str | None:
    keys = made.get((reference.kind, reference.name))
    if keys is not None:
        known = reference.key is None or reference.key in keys
        return None if known else f"{reference.kind} {reference.name} has no key {reference.key}"
    if reference.kind == "Secret" and {reference.name, reference.key or reference.name} <= told:
        return None
    return f"{reference.kind} {reference.name} is neither generated nor listed to set up by hand"


def _referring(bundle: Bundle) -> Iterator[tuple[Manifest, Iterator[Reference]]]:
    for workload in workloads(bundle):
        yield workload.manifest, _of_pod(workload)
    for ingress in manifests(bundle, "Ingress"):
        if not any("cert-manager.io" in key for key in mapping(dig(ingress.data, "metadata", "annotations"))):
            yield ingress, _of_ingress(ingress)


def _of_pod(workload: Workload) -> Iterator[Reference]:
    spec = f"{workload.path}.spec"
    for container in workload.containers():
        for index, source in numbered(container.data.get("envFrom")):
            yield from _named(source, f"{container.path}.envFrom.{index}")
        for index, variable in numbered(container.data.get("env")):
            yield from _named(mapping(variable.get("valueFrom")), f"{container.path}.env.{index}")
    for index, volume in numbered(workload.pod.get("volumes")):
        yield from _named(volume, f"{spec}.volumes.{index}")
    for index, pull in numbered(workload.pod.get("imagePullSecrets")):
        yield Reference("Secret", str(pull.get("name")), f"{spec}.imagePullSecrets.{index}")
    if account := workload.pod.get("serviceAccountName"):
        yield Reference("ServiceAccount", str(account), f"{spec}.serviceAccountName")


def _named(source: Mapping[str, Any], path: str) -> Iterator[Reference]:
    for field, kind in _KINDS.items():
        reference = mapping(source.get(field))
        if reference and not reference.get("optional"):
            name, key = reference.get("name") or reference.get("secretName"), reference.get("key")
            yield Reference(kind, str(name), path, None if key is None else str(key))


def _of_ingress(ingress: Manifest) -> Iterator[Reference]:
    for index, item in numbered(dig(ingress.data, "spec", "tls")):
        if item.get("secretName"):
            yield Reference("Secret", str(item["secretName"]), f"spec.tls.{index}.secretName")


def _generated(bundle: Bundle) -> Keys:
    """(kind, name) → its keys."""
    made: Keys = {("ServiceAccount", "default"): set()}
    for item in manifests(bundle, "Secret", "ConfigMap", "ServiceAccount"):
        keys = {
            str(key)
            for field in ("data", "stringData", "binaryData")
            for key in mapping(item.data.get(field))
        }
        made.setdefault((item.kind, item.name), set()).update(keys)
    for file in bundle.files:
        for document in file.documents if is_kustomization(file) else ():
            for _, generator in numbered(dig(document, "configMapGenerator")):
                keys = {str(entry).partition("=")[0] for entry in items(generator.get("literals"))}
                made.setdefault(("ConfigMap", str(generator.get("name"))), set()).update(keys)
    return made


RULE = Rule("references-provided", holds(*WORKLOADS, "Ingress"), _find)
