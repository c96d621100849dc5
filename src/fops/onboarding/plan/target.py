"""Where it can run: the wish, if it is possible, else what detection suggests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fops.kernel.errors import NotDeployable, UsageError
from fops.onboarding.model import Assumption, ServicePlan, Target
from fops.onboarding.ports import Tree

_SERVERLESS_FILES = (
    "serverless.yml",
    "serverless.yaml",
    "serverless.ts",
    "serverless.json",
    "samconfig.toml",
)
_TEMPLATES = ("template.yaml", "template.yml")
_SAM = "AWS::Serverless"  # the transform and the resource types of the AWS Serverless Application Model


def choose(wish: Target | None, services: Sequence[ServicePlan], tree: Tree, *, pages: bool) -> Target:
    """The target; `tree` is the first service's folder. Raises NotDeployable for one that cannot work, with what would."""
    target = wish or _suggested(services, tree)
    _refuse_impossible(target, services)
    if pages and target is not Target.STATIC:
        raise UsageError(
            f"--set pages=true needs the target static, and this is {target.value}",
            hint="GitHub Pages serves files only: leave it out, or add --target static",
        )
    return target


def left_out(target: Target, services: Sequence[ServicePlan]) -> Iterator[Assumption]:
    """Processes that a function cannot be: it answers requests and then stops; commands that nothing runs."""
    for service in services:
        for process in service.processes if target is Target.SERVERLESS else ():
            if process.port is None:
                why = "a function only answers requests, so this process is not run; the target k8s would run it"
                yield Assumption(
                    service=service.name, fact="processes", value=process.name, why=why, answer_with=""
                )
        if service.release_command and not service.releases_on(target):
            yield _by_hand(service)


def _by_hand(service: ServicePlan) -> Assumption:
    why = "nothing here runs a command before a release, so a person does; a program on the target k8s gets a Job"
    return Assumption(
        service=service.name, fact="release_command", value=service.release_command, why=why, answer_with=""
    )


def _suggested(services: Sequence[ServicePlan], tree: Tree) -> Target:
    if len(services) > 1:
        return Target.K8S
    if services[0].static:
        return Target.STATIC
    return Target.SERVERLESS if _is_function(services[0]) or _says_serverless(tree) else Target.K8S


def _says_serverless(tree: Tree) -> bool:
    return any(tree.size(name) is not None for name in _SERVERLESS_FILES) or any(
        _SAM in (tree.read(name) or "") for name in _TEMPLATES
    )


def _is_function(service: ServicePlan) -> bool:
    return not service.static and not service.processes


def _refuse_impossible(target: Target, services: Sequence[ServicePlan]) -> None:
    service = services[0]
    if target is Target.K8S and any(map(_is_function, services)):
        name = next(one.name for one in services if _is_function(one))
        raise NotDeployable(
            f"{name} is a Lambda function and starts no server that a cluster could run",
            hint="use --target serverless; if it does start one: --set start_command='…'",
        )
    if target is not Target.K8S and len(services) > 1:
        names = ", ".join(f"--path {one.path}" for one in services)
        raise NotDeployable(
            f"target {target.value} takes one application and there are {len(services)}",
            hint=f"choose one: {names}",
        )
    if target is Target.STATIC and not service.static:
        starts = service.start_command or "a server"
        raise NotDeployable(
            f"{service.name} cannot be served as static files: {service.framework or service.language} starts {starts}",
            hint="use --target k8s or serverless; if its build gives only files: --set static=true --set output_folder=…",
        )
    if target is Target.SERVERLESS and service.processes and service.port is None:
        raise NotDeployable(
            f"{service.name} only has workers, and a function answers requests",
            hint="use --target k8s; if it does listen: --set port=…",
        )
