"""No image that changes under its name: a tag other than `latest`, or a digest, everywhere.

Pass: `FROM python:3.13.7-slim`, `image: redis:8.2.1`, a bare image in the base that each overlay gives a tag.
Fail: `FROM python`, `image: redis:latest`, `docker pull tool:latest` in a script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fops.onboarding.verify.bundle import (
    Bundle,
    File,
    dig,
    is_compose,
    is_dockerfile,
    is_kustomization,
    is_shell,
    is_workflow,
    mapping,
    numbered,
)
from fops.onboarding.verify.dockerfile import base_images
from fops.onboarding.verify.finding import Finding, Rule
from fops.onboarding.verify.manifests import WORKLOADS, Workload, holds, objects, repository

_LATEST = re.compile(r"[\w./-]+:latest\b")


def moves(image: str) -> bool:
    """Whether an image is named without tag and digest, or as `latest`."""
    if "@" in image or "$" in image:  # a variable is filled in later, from a value of its own
        return False
    return image == repository(image) or image.endswith(":latest")


def _takes(file: File) -> bool:
    kinds = (is_dockerfile, is_compose, is_workflow, is_shell, is_kustomization, holds(*WORKLOADS))
    return any(kind(file) for kind in kinds)


def _find(bundle: Bundle) -> Iterator[Finding]:
    tagged = _tagged_everywhere(bundle)
    for file in bundle.files:
        for image, line in _images(file):
            if moves(image) and not (image in tagged and image == repository(image)):
                yield Finding(file.path, f"image {image} has no fixed tag", line)
        if is_workflow(file) or is_shell(file):
            yield from _mentions(file)


def _images(file: File) -> Iterator[tuple[str, int | None]]:
    if is_dockerfile(file):
        yield from base_images(file.text)
    elif is_compose(file):
        yield from _compose(file)
    elif is_workflow(file):
        yield from _workflow(file)
    else:
        for item in objects(file):
            for container in Workload(item).containers() if item.kind in WORKLOADS else ():
                yield container.image, item.line(f"{container.path}.image")


def _compose(file: File) -> Iterator[tuple[str, int | None]]:
    for document in file.documents:
        for name, service in mapping(dig(document, "services")).items():
            if dig(service, "image") and not dig(
                service, "build"
            ):  # what is built here is named, not fetched
                yield str(service["image"]), file.line(f"services.{name}.image")


def _workflow(file: File) -> Iterator[tuple[str, int | None]]:
    for document in file.documents:
        for name, job in mapping(dig(document, "jobs")).items():
            container = dig(job, "container")
            if image := container if isinstance(container, str) else dig(container, "image"):
                yield str(image), file.line(f"jobs.{name}.container")
            for key, service in mapping(dig(job, "services")).items():
                yield str(dig(service, "image")), file.line(f"jobs.{name}.services.{key}")


def _mentions(file: File) -> Iterator[Finding]:
    for number, line in file.lines():
        for mention in _LATEST.findall(line.partition(" #")[0]):
            yield Finding(file.path, f"image {mention} has no fixed tag", number)


def _tagged_everywhere(bundle: Bundle) -> frozenset[str]:
    """The images that every overlay which sets tags gives one, so that a base may leave it out."""
    overlays = [
        set(_tags(document)) for file in bundle.files if is_kustomization(file) for document in file.documents
    ]
    setting = [names for names in overlays if names]
    return frozenset(set.intersection(*setting)) if setting else frozenset()


def _tags(document: Mapping[str, object]) -> Iterator[str]:
    for _, image in numbered(dig(document, "images")):
        tag = image.get("newTag")
        if image.get("digest") or (tag and tag != "latest"):
            yield str(image.get("name"))


RULE = Rule("no-moving-image", _takes, _find)
