"""The Kubernetes objects of a bundle, and the questions rules ask them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fops.onboarding.model import ServicePlan
from fops.onboarding.verify.bundle import Bundle, File, dig, is_kustomization, mapping, numbered

_TEMPLATES = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object: the file it stands in, which document of it, and its content."""

    file: File
    document: int
    data: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """Such as Deployment."""
        return str(self.data.get("kind"))

    @property
    def name(self) -> str:
        """metadata.name."""
        return str(dig(self.data, "metadata", "name"))

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"

    def line(self, path: str) -> int | None:
        """The line of a path inside this object."""
        return self.file.line(path, document=self.document)


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a workload; `path` leads to it inside the object."""

    path: str
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its name in the pod."""
        return str(self.data.get("name"))

    @property
    def image(self) -> str:
        """As written, with tag or digest."""
        return str(self.data.get("image") or "")

    def opens(self, port: Any) -> bool:
        """Whether it opens this port, given by number or name."""
        field = "containerPort" if isinstance(port, int) else "name"
        return any(item.get(field) == port for _, item in numbered(self.data.get("ports")))


@dataclass(frozen=True, slots=True)
class Workload:
    """An object that makes pods."""

    manifest: Manifest

    @property
    def path(self) -> str:
        """Where the pod template stands inside the object."""
        return ".".join(_TEMPLATES[self.manifest.kind])

    @property
    def labels(self) -> Mapping[str, Any]:
        """The labels of its pods."""
        return mapping(dig(self.manifest.data, *_TEMPLATES[self.manifest.kind], "metadata", "labels"))

    @property
    def pod(self) -> Mapping[str, Any]:
        """The pod's spec."""
        return mapping(dig(self.manifest.data, *_TEMPLATES[self.manifest.kind], "spec"))

    def containers(self) -> Iterator[Container]:
        """The containers that stay, then those that start the pod."""
        for group in ("containers", "initContainers"):
            for index, data in numbered(self.pod.get(group)):
                yield Container(f"{self.path}.spec.{group}.{index}", data)

    def chosen_by(self, selector: Any) -> bool:
        """Whether a selector of labels chooses its pods; an empty one chooses every pod."""
        return all(self.labels.get(key) == value for key, value in mapping(selector).items())

    def opens(self, port: Any) -> bool:
        """Whether one of its containers opens this port."""
        return any(container.opens(port) for container in self.containers())


def holds(*kinds: str) -> Callable[[File], bool]:
    """A `takes` of a rule: files with a whole object of one of the kinds; all kinds when none is named."""

    def takes(file: File) -> bool:
        return any(not kinds or manifest.kind in kinds for manifest in objects(file))

    return takes


def manifests(bundle: Bundle, *kinds: str) -> Iterator[Manifest]:
    """Every whole object of the kinds, all kinds when none is named; patches are no objects."""
    for file in bundle.files:
        yield from (manifest for manifest in objects(file) if not kinds or manifest.kind in kinds)


def workloads(bundle: Bundle) -> Iterator[Workload]:
    """Every object that makes pods."""
    return (Workload(manifest) for manifest in manifests(bundle, *_TEMPLATES))


WORKLOADS = tuple(_TEMPLATES)


def service_of(bundle: Bundle, workload: Workload) -> ServicePlan | None:
    """The service of the plan a workload runs: by its image, else by the folder it stands in."""
    images = {repository(container.image) for container in workload.containers()}
    folder = posixpath.basename(posixpath.dirname(workload.manifest.file.place))
    by_image = (service for service in bundle.plan.services if service.image in images)
    return next(by_image, next((service for service in bundle.plan.services if service.name == folder), None))


def repository(image: str) -> str:
    """An image's name without tag and digest."""
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return head + slash + last.partition(":")[0]


def objects(file: File) -> Iterator[Manifest]:
    """The whole objects of one file; none in a patch or a kustomization."""
    if file.patch or is_kustomization(file):
        return
    for index, document in enumerate(file.documents):
        if dig(document, "apiVersion") and dig(document, "kind"):
            yield Manifest(file, index, document)
