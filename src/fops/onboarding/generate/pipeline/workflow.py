"""The pipeline: one GitHub Actions workflow that lints, tests, audits, builds, scans and deploys every service."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fops.onboarding.generate.cloud.serverless import is_zipped
from fops.onboarding.generate.container import dockerfile_path
from fops.onboarding.generate.container.runtime import build_arguments, build_defaults
from fops.onboarding.generate.pipeline.beside import Container, containers, variables
from fops.onboarding.generate.pipeline.pins import uses
from fops.onboarding.generate.pipeline.toolchains import Toolchain, toolchain
from fops.onboarding.generate.render import Escaped, because, render
from fops.onboarding.generate.render.escape import escape_workflow
from fops.onboarding.generate.render.places import is_taken
from fops.onboarding.model import Artifact, OnboardingPlan, ServicePlan, Target
from fops.onboarding.plan.releases import TOOLS, image_tag, java_release

PATH = ".github/workflows/pipeline.yml"
# On a pull request `github.ref` is refs/pull/N/merge: this alone keeps forks and other branches out.
RELEASED = Escaped("github.ref == format('refs/heads/{0}', github.event.repository.default_branch)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Where images go: `kind` names the sign-in template, `oidc` says whether that needs an identity token."""

    host: str
    kind: str

    @property
    def oidc(self) -> bool:
        """Whether the job proves who it is instead of holding a key."""
        return self.kind in {"ecr", "google"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What every job of one service knows."""

    id: str
    title: str
    service: ServicePlan
    tools: Toolchain

    @property
    def because(self) -> Callable[..., Escaped]:
        """The mark for the facts of this job's service."""
        return because(self.service)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Job):
    """Lint or test: the command, the fact it comes from, and what runs beside it."""

    step: str
    command: str
    fact: str
    beside: tuple[Container, ...] = ()
    env: tuple[tuple[str, Escaped], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Build(Job):
    """An image or a folder of files. `template` is the job's template below `workflow/jobs/`.

    `dockerfile` is a path from the repository's top.
    """

    template: str
    dockerfile: str
    needs: tuple[str, ...]
    registry: Registry
    upload: str = "actions/upload-artifact"

    @property
    def artifact(self) -> str:
        """The name the built files are handed on under; Pages knows only one."""
        return (
            "github-pages" if self.upload == "actions/upload-pages-artifact" else f"files-{self.service.name}"
        )

    @property
    def arguments(self) -> tuple[str, ...]:
        """Expressions for the arguments of the image's build; one for a variable that is not set gives nothing."""
        names = (variable.name for variable in build_arguments(self.service))
        return tuple(f"vars.{name} && format('{name}={{0}}', vars.{name})" for name in names)

    @property
    def variables(self) -> Mapping[str, str]:
        """Expressions for the variables that a build of files reads."""
        defaults = build_defaults(self.service)
        return {name: f"vars.{name}" + (f" || '{text}'" if text else "") for name, text in defaults.items()}

    @property
    def folder(self) -> str:
        """The built files' folder from the repository's top."""
        return output(self.service)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The deployment to one environment."""

    template: str
    environment: str
    needs: tuple[str, ...]
    protected: bool
    cloud: str
    images: bool
    services: tuple[ServicePlan, ...]
    artifacts: tuple[Build, ...]


def artifacts(plan: OnboardingPlan) -> Iterator[Artifact]:
    """The workflow file."""
    checks = tuple(check for service in plan.services for check in _checks(service))
    builds = tuple(build for service in plan.services for build in _builds(plan, service, checks))
    yield render(
        "workflow/pipeline.yml.j2",
        path=PATH,
        reason="Lints, tests, scans, builds and deploys every service on each change, with least privilege.",
        facts=[f"{service.name}:language" for service in plan.services],
        # In a filter `*` stands for what a pattern could misread; what deploys is decided by RELEASED.
        branch=re.sub(r"[^\w./-]+", "*", plan.source.default_branch),
        checks=checks,
        builds=builds,
        stages=_stages(plan, builds, checks),
        released=RELEASED,
        script=script_path(plan),
        uses=uses,
        own=_own,
        expr=_expression,
        uv=TOOLS["uv"],
        bun_version=_bun_version,
        java_release=java_release,
        kubectl=f"v{image_tag('kubernetes')}",
    )


def script_path(plan: OnboardingPlan) -> str:
    """Where the deploy script is: the pipeline calls it, so that it has another name where the repository has its own."""
    return "scripts/fops-deploy.sh" if is_taken("scripts/deploy.sh", plan.existing) else "scripts/deploy.sh"


def output(service: ServicePlan) -> str:
    """The folder a static service's files end up in, from the repository's top."""
    folder = (service.output_folder or ".").strip("/")
    if folder in {"", "."}:
        return service.path
    return f"{service.prefix}{folder}"


def registry_of(image: str) -> Registry:
    """The registry of an image name, by its host; a name without one is Docker Hub's."""
    first, slash, _ = image.partition("/")
    host = first if slash and ("." in first or ":" in first) else "docker.io"
    if host == "ghcr.io":
        return Registry(host=host, kind="ghcr")
    if re.fullmatch(r"\d+\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com", host):
        return Registry(host=host, kind="ecr")
    google = host == "gcr.io" or host.endswith((".gcr.io", "-docker.pkg.dev"))
    return Registry(host=host, kind="google" if google else "other")


def _expression(text: str) -> Escaped:
    return Escaped(f"${{{{ {text} }}}}")


def _bun_version(service: ServicePlan) -> str:
    """The version of Bun; what a repository pins may be that of Node, which Bun stands in for."""
    return image_tag("bun", service.runtime_version if re.match(r"1(\.|$)", service.runtime_version) else "")


def _own(command: str) -> Escaped:
    """A command of the repository as it stands: how it is written is its owner's business, not a linter's."""
    plain = escape_workflow(command)
    return plain if plain == command else escape_workflow(f"# shellcheck disable=all\n{command}")


def _checks(service: ServicePlan) -> Iterator[Check]:
    tools = toolchain(service)
    common: dict[str, Any] = {"service": service, "tools": tools}
    if service.lint_command:
        yield Check(
            id=f"lint-{service.name}",
            title=f"Lint {service.name}",
            step="Lint",
            command=tools.inside(service.lint_command),
            fact="lint_command",
            **common,
        )
    if service.test_command:
        yield Check(
            id=f"test-{service.name}",
            title=f"Test {service.name}",
            step="Test",
            command=tools.inside(service.test_command),
            fact="test_command",
            beside=tuple(containers(service)),
            env=tuple(variables(service)),
            **common,
        )


def _builds(plan: OnboardingPlan, service: ServicePlan, checks: tuple[Check, ...]) -> Iterator[Build]:
    template = _build_template(plan, service)
    if template is None:
        return
    yield Build(
        id=f"build-{service.name}",
        title=f"Build {service.name}",
        service=service,
        tools=toolchain(service),
        template=template,
        dockerfile=dockerfile_path(plan, service),
        needs=("audit", *(check.id for check in checks if check.service is service)),
        registry=registry_of(service.image),
        upload="actions/upload-pages-artifact" if plan.pages else "actions/upload-artifact",
    )


def _build_template(plan: OnboardingPlan, service: ServicePlan) -> str | None:
    if plan.target is Target.K8S:
        return "image"
    if plan.target is Target.SERVERLESS:
        return None if is_zipped(plan) else "lambda_image"
    return "files" if service.build_command or plan.pages else None


def _stages(plan: OnboardingPlan, builds: tuple[Build, ...], checks: tuple[Check, ...]) -> Iterator[Stage]:
    """One deployment after the other: an environment gets a version only when the one before it took it."""
    environments = (plan.production,) if plan.pages else plan.environments
    needs = tuple(job.id for job in builds) or ("audit", *(check.id for check in checks))
    for environment in environments:
        yield Stage(
            template="pages" if plan.pages else "deploy",
            environment=environment,
            needs=needs,
            protected=environment == plan.production,
            cloud=_cloud(plan),
            images=any(build.template != "files" for build in builds),
            services=plan.services,
            artifacts=tuple(build for build in builds if build.template == "files"),
        )
        needs = (f"deploy-{environment}",)


def _cloud(plan: OnboardingPlan) -> str:
    """How a deploy job reaches its target: a template below `workflow/cloud/`."""
    if plan.target is Target.K8S:
        google = registry_of(plan.services[0].image).kind == "google"
        return "google" if google else "kubernetes"
    return "sam" if is_zipped(plan) else "aws"
