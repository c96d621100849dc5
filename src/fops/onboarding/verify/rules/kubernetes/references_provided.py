"""Every Secret, ConfigMap, key and ServiceAccount that a pod or Ingress names is generated, or listed for people to set up.

Pass: `secretKeyRef {name: shop-secrets, key: DATABASE_URL}`, both named in the runbook. Fail: a ConfigMap key nobody
wrote; a Secret the runbook does not tell of: the pod would wait in CreateContainerConfigError.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fops.onboarding.verify.bundle import Bundle, dig, is_kustomization, mapping, numbered
from fops.onboarding.verify.finding import Finding, Rule
from fops.onboarding.verify.manifests import WORKLOADS, Manifest, Workload, holds, manifests, workloads

_KINDS = {
    "secretKeyRef": "Secret", "secretRef": "Secret", "secret": "Secret",
    "configMapKeyRef": "ConfigMap", "configMapRef": "ConfigMap", "configMap": "ConfigMap",
}  # fmt: skip
Reference = tuple[str, str, str | None, str]  # kind, name, key, path inside the object


def _find(bundle: Bundle) -> Iterator[Finding]:
    made, told = _generated(bundle), set(re.findall(r"[\w.-]+", bundle.by_hand()))
    for manifest, references in _referring(bundle):
        for kind, name, key, path in references:
            keys = made.get((kind, name))
            missing = key if keys is not None and key not in keys else name if keys is None else None
            if missing and not _told(kind, {name, key}, told, generated=keys is not None):
                says = f"{kind} {name} is neither generated nor listed to set up by hand"
                if missing == key:
                    says = f"{kind} {name} has no key {key}"
                yield Finding(manifest.file.path, says, manifest.line(path))


def _told(kind: str, names: set[str | None], told: set[str], *, generated: bool) -> bool:
    return kind == "Secret" and not generated and names - {None} <= told


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
        yield "Secret", str(pull.get("name")), None, f"{spec}.imagePullSecrets.{index}"
    if account := workload.pod.get("serviceAccountName"):
        yield "ServiceAccount", str(account), None, f"{spec}.serviceAccountName"


def _named(source: Mapping[str, Any], path: str) -> Iterator[Reference]:
    for field, kind in _KINDS.items():
        reference = mapping(source.get(field))
        if reference and not reference.get("optional"):
            yield kind, str(reference.get("name") or reference.get("secretName")), reference.get("key"), path


def _of_ingress(ingress: Manifest) -> Iterator[Reference]:
    for index, item in numbered(dig(ingress.data, "spec", "tls")):
        if item.get("secretName"):
            yield "Secret", str(item["secretName"]), None, f"spec.tls.{index}.secretName"


def _generated(bundle: Bundle) -> dict[tuple[str, str], set[str | None]]:
    """(kind, name) → its keys; None stands for the object as a whole."""
    made: dict[tuple[str, str], set[str | None]] = {("ServiceAccount", "default"): {None}}
    for item in manifests(bundle, "Secret", "ConfigMap", "ServiceAccount"):
        keys = {
            key for field in ("data", "stringData", "binaryData") for key in mapping(item.data.get(field))
        }
        made.setdefault((item.kind, item.name), {None}).update(keys)
    for file in bundle.files:
        for document in file.documents if is_kustomization(file) else ():
            for _, generator in numbered(dig(document, "configMapGenerator")):
                keys = {str(entry).partition("=")[0] for entry in generator.get("literals") or ()}
                made.setdefault(("ConfigMap", str(generator.get("name"))), {None}).update(keys)
    return made


RULE = Rule("references-provided", holds(*WORKLOADS, "Ingress"), _find)
