"""What a runner needs before it can run a service's own commands: language, package manager, cache, install line.

A cache is named only where its key file exists: the setup actions fail on a missing lock file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from fops.onboarding.generate.container.node import is_berry, manager_release
from fops.onboarding.generate.container.python import conda_file, requirements_read
from fops.onboarding.model import ServicePlan
from fops.onboarding.plan.answers import RULE as ANSWER
from fops.onboarding.plan.releases import HELD_BACK, IMAGES, TOOLS

_DEVELOPMENT_REQUIREMENTS = (
    "requirements-dev.txt", "requirements_dev.txt", "dev-requirements.txt", "requirements/dev.txt",
    "requirements-test.txt", "requirements_test.txt", "test-requirements.txt", "requirements/test.txt",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolchain:
    """How one package manager is set up on a runner.

    `setup` names the template below `workflow/setup/`; `tool` is a line that installs the package manager, None
    where the runner or the setup action has it; `cache` is the setup action's word for it, None without `key`,
    the lock file's path from the repository's top; `runner` is put before commands that live in an environment.
    """

    setup: str | None
    install: str = ""
    tool: str | None = None
    cache: str | None = None
    key: str | None = None
    runner: str = ""

    def inside(self, command: str) -> str:
        """The command as it has to be called, each part inside the package manager's environment."""
        if not self.runner:
            return command
        return " && ".join(self._prefixed(part) for part in command.split(" && "))

    def _prefixed(self, part: str) -> str:
        manager = self.runner.split()[0]
        return part if part.startswith((f"{manager} ", "cd ")) else f"{self.runner} {part}"


def toolchain(service: ServicePlan) -> Toolchain:
    """The toolchain of a service; a package manager unknown here gets its language's and the plan's own install line.

    Runners install what tests need too, so only an answer of `--set` replaces the line chosen here.
    """
    by_manager = _MANAGERS.get(service.package_manager)
    if by_manager is None:
        return Toolchain(setup=_LANGUAGES.get(service.language), install=service.install_command)
    tools = by_manager(service)
    told = service.evidence.get("install_command")
    return replace(tools, install=service.install_command) if told and told.rule == ANSWER else tools


def _pip(service: ServicePlan) -> Toolchain:
    development = [f"pip install -r {name}" for name in _DEVELOPMENT_REQUIREMENTS if name in service.files]
    install = [service.install_command] if service.install_command else []
    return Toolchain(
        setup="python",
        install=" && ".join([*install, *development]),
        cache="pip",
        key=_key(service, *requirements_read(service), "requirements.txt", "pyproject.toml"),
    )


def _poetry(service: ServicePlan) -> Toolchain:
    return Toolchain(
        setup="python",
        tool=_pipx("poetry"),
        install="poetry install --no-interaction",
        cache="poetry",
        key=_key(service, "poetry.lock"),
        runner="poetry run",
    )


def _pipenv(service: ServicePlan) -> Toolchain:
    key = _key(service, "Pipfile.lock")
    return Toolchain(
        setup="python",
        tool=_pipx("pipenv"),
        install="pipenv sync --dev" if key else "pipenv install --dev",
        cache="pipenv",
        key=key,
        runner="pipenv run",
    )


def _pdm(service: ServicePlan) -> Toolchain:
    locked = _key(service, "pdm.lock")
    install = "pdm sync --dev" if locked else "pdm install"
    return Toolchain(setup="python", tool=_pipx("pdm"), install=install, runner="pdm run")


def _uv(service: ServicePlan) -> Toolchain:
    key = _key(service, "uv.lock")
    if key is None and "pyproject.toml" not in service.files:
        return Toolchain(
            setup="uv", install=service.install_command, cache="uv", key=_key(service, "requirements.txt")
        )
    install = "uv sync --locked" if key else "uv sync"
    return Toolchain(setup="uv", install=install, cache="uv", key=key, runner="uv run")


def _conda(service: ServicePlan) -> Toolchain:
    install = f"micromamba create --yes --name app --file {conda_file(service)}"
    return Toolchain(
        setup="conda", tool=_from_conda("micromamba"), install=install, runner="micromamba run --name app"
    )


def _pixi(service: ServicePlan) -> Toolchain:
    install = "pixi install --locked" if _key(service, "pixi.lock") else "pixi install"
    return Toolchain(setup="conda", tool=_from_conda("pixi"), install=install, runner="pixi run")


def _npm(service: ServicePlan) -> Toolchain:
    key = _key(service, "package-lock.json", "npm-shrinkwrap.json")
    return Toolchain(setup="node", install="npm ci" if key else "npm install", cache="npm", key=key)


def _pnpm(service: ServicePlan) -> Toolchain:
    key = _key(service, "pnpm-lock.yaml")
    flag = "--frozen-lockfile" if key else "--no-frozen-lockfile"
    install = f"pnpm install {flag}"
    return Toolchain(setup="node", tool=_corepack(service), install=install, cache="pnpm", key=key)


def _yarn(service: ServicePlan) -> Toolchain:
    key = _key(service, "yarn.lock")
    frozen = "--immutable" if is_berry(service) else "--frozen-lockfile"
    install = f"yarn install {frozen}" if key else "yarn install"
    return Toolchain(setup="node", tool=_corepack(service), install=install, cache="yarn", key=key)


def _bun(service: ServicePlan) -> Toolchain:
    locked = _key(service, "bun.lock", "bun.lockb")
    return Toolchain(setup="bun", install="bun install --frozen-lockfile" if locked else "bun install")


def _go(service: ServicePlan) -> Toolchain:
    return Toolchain(setup="go", install="go mod download", cache="go", key=_key(service, "go.sum"))


def _maven(service: ServicePlan) -> Toolchain:
    return Toolchain(setup="java", cache="maven", key=_key(service, "pom.xml"))


def _gradle(_: ServicePlan) -> Toolchain:
    return Toolchain(setup="gradle")


def _pipx(name: str) -> str:
    held = HELD_BACK.get(name)
    return f"pipx install {name}=={TOOLS[name]}" + (f" --preinstall {held}" if held else "")


def _from_conda(name: str) -> str:
    """The version that the image builds with, by the conda that GitHub's runners have."""
    version = IMAGES[name].rpartition(":")[2]
    channel = "--override-channels --channel conda-forge"
    return (
        f'conda create --yes --quiet {channel} --prefix "$RUNNER_TEMP/tools" {name}={version} '
        '&& echo "$RUNNER_TEMP/tools/bin" >> "$GITHUB_PATH"'
    )


def _corepack(service: ServicePlan) -> str:
    """The version the project names in `packageManager` wins; the one given here is for projects that name none."""
    name = f"{service.package_manager}@{manager_release(service)}"
    return f"corepack enable && corepack prepare {name} --activate"


def _key(service: ServicePlan, *names: str) -> str | None:
    found = next((name for name in names if name in service.files), None)
    if found is None:
        return None
    return found if service.context == "." else f"{service.context}/{found}"


_MANAGERS: Mapping[str, Callable[[ServicePlan], Toolchain]] = MappingProxyType({
    "pip": _pip, "poetry": _poetry, "pipenv": _pipenv, "pdm": _pdm, "uv": _uv, "npm": _npm, "pnpm": _pnpm,
    "conda": _conda, "pixi": _pixi, "yarn": _yarn, "bun": _bun, "go": _go, "maven": _maven, "gradle": _gradle,
})  # fmt: skip
_LANGUAGES = MappingProxyType({"python": "python", "node": "node", "go": "go", "java": "java"})
