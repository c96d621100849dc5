"""The nouns of onboarding. Frozen values, no I/O."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

RULES_VERSION = (
    "2026.11"  # stamped into plans and locks; raised when a rule changes what the same input gives
)

CERTAIN, STRONG, LIKELY, WEAK = 1.0, 0.9, 0.7, 0.4
"""Confidences. CERTAIN: the repository says so in a file made for it. STRONG: convention of the ecosystem, seen in
its files. LIKELY: inferred from code or a single hint. WEAK: a documented default, nothing in the repository."""

FACT_NAMES = (
    "name", "language", "package_manager", "framework", "runtime_version", "install_command", "build_command",
    "start_command", "release_command", "port", "health_path", "output_folder", "static", "workspaces", "services",
    "processes", "env", "secrets", "test_command", "lint_command",
)  # fmt: skip


class Target(StrEnum):
    """Where the application will run."""

    K8S = "k8s"
    SERVERLESS = "serverless"
    STATIC = "static"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One detected value with its evidence.

    `value` is JSON; `file` is relative to the application's folder and `line` 1-based, both None when the value is
    a documented default or given by `--set`; `rule` is a stable id such as `python.version.python-version-file`.
    """

    name: str
    value: Any
    rule: str
    confidence: float
    file: str | None = None
    line: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape CONTRACT calls a fact."""
        return {
            "value": self.value,
            "file": self.file,
            "line": self.line,
            "rule": self.rule,
            "confidence": self.confidence,
        }


def seen_from_top(folder: str, file: str) -> str:
    """A path relative to an application's folder as one relative to the repository's top."""
    return posixpath.normpath(posixpath.join(folder, file))


def undeclared_server(facts: Mapping[str, Fact]) -> str:
    """The package that custom takes to serve the program and nothing declares; empty where another start was given."""
    package, start = facts.get("server_package"), facts.get("start_command")
    return str(package.value) if package and start and package.rule == start.rule else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two sources that say different things; the taken one first. Shown, never hidden."""

    app: str
    fact: str
    taken: Fact
    other: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """One application found: its folder relative to the repository's top (`.` for the top) and its facts by name."""

    path: str
    facts: Mapping[str, Fact]

    def value(self, name: str, default: Any = None) -> Any:
        """The value of a fact, or `default` where it was not found."""
        fact = self.facts.get(name)
        return default if fact is None else fact.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What detection saw. `apps` lists the root first; `reason` says why not deployable, or what is not supported."""

    deployable: bool
    reason: str | None
    apps: tuple[App, ...]
    conflicts: tuple[Conflict, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A question nobody answered: the fact, the default taken, why, and the flag that answers it."""

    service: str
    fact: str
    value: Any
    why: str
    answer_with: str

    def as_json(self) -> dict[str, Any]:
        """The shape of a question, in the plan and in results."""
        return {
            "service": self.service,
            "fact": self.fact,
            "value": self.value,
            "why": self.why,
            "answer_with": self.answer_with,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvVariable:
    """A variable the program reads. `default` is the one in the code or example file, None when it must be set.

    `built`: the build writes its value into what browsers get, so that it is neither secret nor set at run time.
    """

    name: str
    default: str | None = None
    secret: bool = False
    built: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One long-running process of a service. `port` is None for a worker."""

    name: str
    command: str
    port: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingDockerfile:
    """What the user's own Dockerfile says; it wins over detection. `user` None means root; `arguments` are its ARGs."""

    path: str
    port: int | None
    user: str | None
    stages: tuple[str, ...]
    healthcheck: str | None = None
    arguments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """The file a program keeps its data in where no server does; `path` is as the program names it.

    `folder` is mounted from a volume: below the working folder, or absolute. None where the file lies among the
    program's own, which a volume would hide.
    """

    path: str
    folder: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePlan:
    """Everything the generators may know about one application. Commands are shell text; empty means none.

    `path` is the application's folder, `context` the folder its container is built from (the workspace's root for
    a member of a workspace), both relative to the repository's top. `files` are the paths below `context` that
    generators may ask for (manifests, locks, configuration). `release_command` ends, and each release is rolled out
    only after it went well. `evidence` has the fact behind each field by name.
    """

    name: str
    path: str
    context: str
    language: str
    package_manager: str
    framework: str | None
    runtime_version: str
    install_command: str
    build_command: str
    start_command: str
    release_command: str
    test_command: str
    lint_command: str
    port: int | None
    health_path: str | None
    metrics_path: str | None
    output_folder: str | None
    static: bool
    image: str
    processes: tuple[Process, ...]
    backing: tuple[str, ...]
    env: tuple[EnvVariable, ...]
    files: frozenset[str]
    dockerfile: ExistingDockerfile | None
    evidence: Mapping[str, Fact]
    data: DataFile | None = None

    @property
    def secrets(self) -> tuple[EnvVariable, ...]:
        """The variables that belong into a Secret."""
        return tuple(variable for variable in self.env if variable.secret)

    @property
    def configuration(self) -> tuple[EnvVariable, ...]:
        """The variables that belong into a ConfigMap."""
        return tuple(variable for variable in self.env if not (variable.secret or variable.built))

    @property
    def build_variables(self) -> tuple[EnvVariable, ...]:
        """The variables that belong to the build."""
        return tuple(variable for variable in self.env if variable.built)

    def releases_on(self, target: Target) -> bool:
        """Whether the release command runs by itself: in a cluster, out of an image that has the program."""
        return bool(self.release_command) and target is Target.K8S and not self.static

    @property
    def prefix(self) -> str:
        """The folder as a prefix for paths: empty at the top, else `apps/web/`."""
        return "" if self.path == "." else f"{self.path}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the input came from; `url` has no credentials. `commit` is None for a plain folder."""

    url: str
    owner: str | None
    name: str
    default_branch: str
    ref: str | None
    commit: str | None
    dirty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OnboardingPlan:
    """The frozen plan: all that generation needs, nothing it must ask for. Schema `fops.onboarding-plan/v1`."""

    source: Source
    target: Target
    environments: tuple[str, ...]
    services: tuple[ServicePlan, ...]
    assumptions: tuple[Assumption, ...]
    existing: frozenset[str]
    fops_version: str
    rules_version: str = RULES_VERSION
    pages: bool = False

    @property
    def name(self) -> str:
        """The first service's name: what the whole is called."""
        return self.services[0].name

    @property
    def production(self) -> str:
        """The environment that needs protection: `prod` or `production` where there is one, else the last."""
        return next(
            (name for name in self.environments if name in {"prod", "production"}), self.environments[-1]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One generated file. `path` is relative to the repository's top.

    `reason`: one sentence why it exists. `template`: the template it came from. `facts`: names `service:fact` the
    whole file rests on. `lines`: 1-based line → names of that line alone. `executable`: file mode 755.
    `beside`: the user's file this proposal stands next to, when that one wins.
    """

    path: str
    text: str
    reason: str
    template: str
    facts: tuple[str, ...] = ()
    lines: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    template_lines: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    executable: bool = False
    beside: str | None = None


CheckStatus = Literal["pass", "findings", "could-not-run", "skipped", "waived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One verdict on one artifact. `detail` quotes the finding, or says how to make the check run."""

    artifact: str
    check: str
    status: CheckStatus
    detail: str = ""

    def as_json(self) -> dict[str, str]:
        """The shape CONTRACT calls a check."""
        return {"artifact": self.artifact, "check": self.check, "status": self.status, "detail": self.detail}
