"""The nouns of the service file. Frozen values, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SCHEMA = "fops.service/v1"


class Runtime(StrEnum):
    """Where an environment runs its services."""

    K8S = "k8s"
    SERVERLESS = "serverless"
    STATIC = "static"


class Protection(StrEnum):
    """What a deployment needs before it may change an environment."""

    NONE = "none"
    APPROVAL = "approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One long-running process of a service; `port` is None for a worker."""

    name: str
    command: str
    port: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One deployable service. `path` is its folder from the repository's top; `image` has no tag.

    `image` is None where no container is built; `health` is the path a probe asks, None where a probe can only
    connect; `backing` names what it needs beside it; `secrets` names variables whose values live elsewhere; `owner`
    is the team that answers for it, None where the file names none.
    """

    name: str
    path: str
    language: str
    image: str | None = None
    port: int | None = None
    health: str | None = None
    processes: tuple[Process, ...] = ()
    backing: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One place the services run in, in the order of promotion.

    `manifests` is what a deployment renders: a Kustomize overlay or a CloudFormation template, from the
    repository's top. `namespace` belongs to k8s alone, `parameters` (a file) to the other two.
    """

    name: str
    target: Runtime
    protection: Protection
    manifests: str | None = None
    namespace: str | None = None
    parameters: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFile:
    """The whole of `fops.yaml`, schema `fops.service/v1`."""

    name: str
    services: tuple[Service, ...]
    environments: tuple[Environment, ...]

    def service(self, name: str) -> Service | None:
        """The service of that name, None when the file has none."""
        return next((service for service in self.services if service.name == name), None)

    def environment(self, name: str) -> Environment | None:
        """The environment of that name, None when the file has none."""
        return next((environment for environment in self.environments if environment.name == name), None)
