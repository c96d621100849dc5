"""Where it can run: the wish, if it is possible, else what detection suggests."""

from __future__ import annotations

from collections.abc import Sequence

from fops.kernel.errors import NotDeployable
from fops.onboarding.model import ServicePlan, Target
from fops.onboarding.ports import Tree

_SERVERLESS_FILES = ("serverless.yml", "serverless.yaml", "samconfig.toml")


def choose(wish: Target | None, services: Sequence[ServicePlan], tree: Tree) -> Target:
    """The target. Raises NotDeployable for one that cannot work, with what would."""
    if wish is not None:
        _refuse_impossible(wish, services)
        return wish
    if len(services) == 1 and services[0].static:
        return Target.STATIC
    if len(services) == 1 and any(name in tree.files for name in _SERVERLESS_FILES):
        return Target.SERVERLESS
    return Target.K8S


def _refuse_impossible(wish: Target, services: Sequence[ServicePlan]) -> None:
    if wish is Target.K8S:
        return
    if len(services) > 1:
        names = ", ".join(f"--path {service.path}" for service in services)
        raise NotDeployable(
            f"target {wish.value} takes one application and there are {len(services)}",
            hint=f"choose one: {names}",
        )
    service = services[0]
    if wish is Target.STATIC and not service.static:
        why = f"{service.framework or service.language} starts a process ({service.start_command or 'a server'})"
        raise NotDeployable(f"{service.name} cannot be served as static files: {why}",
                            hint="use --target k8s or serverless; if its build gives only files: --set static=true --set output_folder=…")  # fmt: skip
    if (
        wish is Target.SERVERLESS
        and service.processes
        and not any(process.port for process in service.processes)
    ):
        raise NotDeployable(f"{service.name} only has workers, and a function answers requests",
                            hint="use --target k8s; if it does listen: --set port=…")  # fmt: skip
