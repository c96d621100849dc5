"""The image that runs is the one the pipeline builds, and each overlay sets the tag of that one.

Pass: Deployment, overlay and pipeline all name `ghcr.io/acme/shop`. Fail: an overlay that tags `ghcr.io/acme/shop-api`,
which no container uses; a Deployment of an image of the plan that neither workflow nor script mentions.
"""

from __future__ import annotations

from collections.abc import Iterator

from fops.onboarding.verify.bundle import Bundle, File, dig, is_kustomization, is_shell, is_workflow, numbered
from fops.onboarding.verify.finding import Finding, Rule
from fops.onboarding.verify.manifests import WORKLOADS, holds, repository, workloads

_RUNS = holds(*WORKLOADS)


def _takes(file: File) -> bool:
    return _RUNS(file) or (
        is_kustomization(file) and any(dig(document, "images") for document in file.documents)
    )


def _find(bundle: Bundle) -> Iterator[Finding]:
    used = {
        repository(container.image) for workload in workloads(bundle) for container in workload.containers()
    }
    for file in bundle.files:
        for index, name, _ in _overrides(file):
            if name not in used:
                yield Finding(
                    file.path,
                    f"sets the tag of {name}, which no container uses",
                    file.line(f"images.{index}"),
                )
    yield from _unbuilt(bundle)


def _unbuilt(bundle: Bundle) -> Iterator[Finding]:
    builders = [file for file in bundle.files if is_workflow(file) or is_shell(file)]
    renamed = {name: new for file in bundle.files for _, name, new in _overrides(file)}
    planned = {service.image for service in bundle.plan.services}
    for workload in workloads(bundle):
        for container in workload.containers():
            image = renamed.get(repository(container.image), repository(container.image))
            if image in planned and builders and not any(image in file.text for file in builders):
                line = workload.manifest.line(f"{container.path}.image")
                yield Finding(workload.manifest.file.path, f"nothing in the pipeline builds {image}", line)


def _overrides(file: File) -> Iterator[tuple[int, str, str]]:
    for document in file.documents if is_kustomization(file) else ():
        for index, image in numbered(dig(document, "images")):
            name = str(image.get("name"))
            yield index, name, str(image.get("newName") or name)


RULE = Rule("image-is-built", _takes, _find)
