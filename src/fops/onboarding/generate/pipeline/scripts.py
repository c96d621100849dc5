"""The deploy script: what the pipeline calls where F-Ops is not at hand, and what people call by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from fops.onboarding.generate.cloud.serverless import is_zipped, url_output
from fops.onboarding.generate.container import dockerfile_path, runtime
from fops.onboarding.generate.container.runtime import build_arguments
from fops.onboarding.generate.pipeline.toolchains import toolchain
from fops.onboarding.generate.pipeline.workflow import output, script_path
from fops.onboarding.generate.render import Escaped, because, render
from fops.onboarding.generate.render.places import above, place
from fops.onboarding.model import Artifact, OnboardingPlan, ServicePlan, Target
from fops.onboarding.plan.names import lettered

# Commands that need no environment, and those that do.
_COMMANDS = MappingProxyType({
    "kubernetes": (("build", "push", "connect", "identity"), ("apply", "undo", "release")),
    "lambda": (("build", "push"), ("apply", "undo", "release")),
    "sam": (("build",), ("apply", "undo")),
    "static": (("build",), ("apply", "undo", "release")),
})  # fmt: skip
_SUMMARIES = MappingProxyType({
    "kubernetes": "Build, publish and deploy to Kubernetes; what does not become healthy is undone.",
    "lambda": "Build, publish and deploy to AWS Lambda; what does not answer is undone.",
    "sam": "Build and deploy to AWS Lambda; what does not answer is undone.",
    "static": "Build and publish the site; what does not answer is undone.",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What the script knows of one service. `stack` begins the names of its stacks; `highest` is the highest HTTP status that still means healthy; `release` is the command a Job runs."""

    name: str
    stack: str
    image: str
    context: str
    path: str
    dockerfile: str
    arguments: tuple[str, ...]
    release: str
    install: str
    build: str
    folder: str
    url: str
    health: str
    highest: int
    because: Callable[..., Escaped]


def artifacts(plan: OnboardingPlan) -> Iterator[Artifact]:
    """The script; none where GitHub Pages publishes, since only its own workflow can."""
    if plan.pages:
        return
    kind = kind_of(plan)
    plain, in_environment = _COMMANDS[kind]
    yield render(
        "scripts/deploy.sh.j2",
        path=script_path(plan),
        script=script_path(plan),
        top="/".join(".." for _ in above(place(script_path(plan), plan.existing))),
        reason="Builds, deploys, waits and undoes: what the pipeline calls without F-Ops, and people by hand.",
        facts=[f"{service.name}:language" for service in plan.services],
        executable=True,
        kind=kind,
        summary=_SUMMARIES[kind],
        stack=lettered(plan.name),
        environments=plan.environments,
        services=[_item(plan, service) for service in plan.services],
        releases=any(service.releases_on(plan.target) for service in plan.services),
        plain=plain,
        in_environment=in_environment,
        built=any(service.build_command for service in plan.services),
        whole=any(output(service) == "." for service in plan.services),
    )


def kind_of(plan: OnboardingPlan) -> str:
    """Which script a plan gets: the name of a folder below `templates/scripts/`."""
    if plan.target is Target.K8S:
        return "kubernetes"
    if plan.target is Target.STATIC:
        return "static"
    return "sam" if is_zipped(plan) else "lambda"


def _item(plan: OnboardingPlan, service: ServicePlan) -> Item:
    tools = toolchain(service)
    health = runtime(service).health_path
    return Item(
        name=service.name,
        stack=lettered(service.name),
        image=service.image,
        context=service.context,
        path=service.path,
        dockerfile=dockerfile_path(plan, service),
        arguments=tuple(variable.name for variable in build_arguments(service)),
        release=service.release_command if service.releases_on(plan.target) else "",
        install=tools.install if service.build_command else "",
        build=tools.inside(service.build_command) if service.build_command else "",
        folder=output(service),
        url=url_output(plan, service),
        health=quote(health or "/", safe="/?&=%:@+,;~"),
        highest=399 if health else 499,  # without a health path, being there is all that can be asked
        because=because(service),
    )
