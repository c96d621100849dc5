"""Python images: a virtual environment made where compilers are, run where they are not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from fops.onboarding.generate.container.commands import exec_form
from fops.onboarding.generate.container.django import build_command
from fops.onboarding.generate.container.runtime import (
    APP_USER,
    member,
    processes,
    reads_port,
    started,
    system_packages,
    workdir,
)
from fops.onboarding.model import ServicePlan, undeclared_server
from fops.onboarding.plan.releases import HELD_BACK, IMAGES, TOOLS, TOOLS_BEFORE_PYTHON_3_10, image_tag

# What a driver compiled from source links to, by Debian's package names; wheels bring their own.
_CLIENT_LIBRARIES = {"postgres": "libpq5", "mysql": "libmariadb3"}
# Programs of installed packages; any other first word of a start command is a script of the project itself.
_SERVERS = frozenset({
    "python", "python3", "gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "waitress-serve", "flask", "fastapi",
    "django-admin", "celery", "rq", "dramatiq", "huey_consumer", "streamlit", "gradio", "chainlit", "uwsgi", "sh",
})  # fmt: skip
# Programs that listen on the pod's own loopback unless told otherwise, and the variable that tells them.
_LISTEN_VARIABLES = {"uvicorn": "UVICORN_HOST", "flask": "FLASK_RUN_HOST", "gradio": "GRADIO_SERVER_NAME"}
_CONDA_PREFIX = "/opt/conda/envs/app"
# What adds a package to the environment; pip does where a manager has no command for it that leaves its lock alone.
_ADDS = {
    "uv": "uv pip install",
    "conda": f"micromamba install --yes --prefix {_CONDA_PREFIX} --channel conda-forge",
    "pixi": "pixi add",
}
_PLAIN = re.compile(r"[\w./-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """How a package manager fills the environment: `manifests` are copied before `dependencies`, the program before `project`."""

    manifests: tuple[str, ...]
    dependencies: str = ""
    project: str = ""
    cache: str = "/root/.cache/pip"
    tool: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


def dockerfile(service: ServicePlan) -> tuple[str, Mapping[str, Any]]:
    """The template of a Python service and its values."""
    if service.package_manager in {"conda", "pixi"}:
        return "container/conda.Dockerfile.j2", {**_common(service), **_conda(service)}
    install = _MANAGERS.get(service.package_manager, _pip)(service)
    copies_first = bool(install.manifests and install.dependencies) and member(service) == "."
    return "container/python.Dockerfile.j2", {
        **_common(service),
        "build_command": build_command(service),
        "tag": image_tag("python", service.runtime_version),
        "install": install,
        "copies_first": copies_first,
        "after_copy": install.project or ("" if copies_first else install.dependencies),
        "libraries": _libraries(service),
    }


def _libraries(service: ServicePlan) -> list[str]:
    clients = {_CLIENT_LIBRARIES[name] for name in service.backing if name in _CLIENT_LIBRARIES}
    return sorted(clients.union(system_packages(service)))


def _server(service: ServicePlan) -> str:
    """What installs the server that the start command was given by custom and nothing declares, else nothing."""
    name = undeclared_server(service.evidence)
    if name not in TOOLS:
        return ""
    program = _ADDS.get(service.package_manager, "pip install")
    exact = service.package_manager not in {"conda", "pixi"}  # other channels carry other versions
    return f"{program} {_tool(name, service) if exact else name}"


def _conda(service: ServicePlan) -> Mapping[str, str]:
    """The image that resolves conda packages, its command, and where the environment lies then."""
    if service.package_manager == "pixi":
        locked = " --locked" if "pixi.lock" in service.files else ""
        return {
            "build_image": IMAGES["pixi"],
            "create": f"pixi install{locked}",
            "prefix": f"{workdir(service)}/.pixi/envs/default",
        }
    return {
        "build_image": IMAGES["micromamba"],
        "create": f"micromamba create --yes --prefix {_CONDA_PREFIX} --file {conda_file(service)}",
        "prefix": _CONDA_PREFIX,
    }


def conda_file(service: ServicePlan) -> str:
    """The file that lists a conda environment: the one the install command reads, else the usual one."""
    words = service.install_command.replace("=", " ").split()
    there = (path for path in words if path in service.files and _PLAIN.fullmatch(path))
    return next(there, "environment.yaml" if "environment.yaml" in service.files else "environment.yml")


def _common(service: ServicePlan) -> Mapping[str, Any]:
    command = started(service, processes(service)[0].command)
    return {
        "words": exec_form(command),
        "user": APP_USER,
        "environment": _environment(service, command),
        "server": _server(service),
        "debian": image_tag("debian"),
    }


def _environment(service: ServicePlan, command: str) -> Mapping[str, str]:
    program = command.partition(" ")[0]
    listen = _LISTEN_VARIABLES.get(program) or _LISTEN_VARIABLES.get(service.framework or "")
    values = {listen: "0.0.0.0"} if listen else {}  # noqa: S104 - inside the pod, where the Service must reach it
    if service.port and (reads_port(service) or program == "gunicorn"):  # gunicorn binds to PORT by default
        values["PORT"] = str(service.port)
    return values


def _pip(service: ServicePlan) -> Install:
    requirements = requirements_read(service) or _requirements(service)
    if not requirements:
        packaged = service.files & {"pyproject.toml", "setup.py"}
        return Install(manifests=(), project="pip install ." if packaged else "")
    options = " ".join(f"--requirement {path}" for path in requirements)
    if _needs_everything(service, requirements):
        return Install(manifests=(), project=f"pip install {options}")
    return Install(manifests=_pip_manifests(service, requirements), dependencies=f"pip install {options}")


def requirements_read(service: ServicePlan) -> list[str]:
    """The requirement files that the install command names."""
    named = re.findall(r"(?:-r|--requirement)[= ]*(\S+)", service.install_command)
    return [path for path in named if path in service.files and _PLAIN.fullmatch(path)]


def _needs_everything(service: ServicePlan, requirements: list[str]) -> bool:
    """Whether the requirements read more than what lies beside them: `-e .`, or files that include those of a folder."""
    folders = any(re.fullmatch(r"(?:requirements|reqs|deps)/.+\.(?:txt|in)", path) for path in service.files)
    return "setup.py" in service.files or folders or any("/" in path for path in requirements)


def _requirements(service: ServicePlan) -> list[str]:
    usual = (
        "requirements.txt",
        "requirements/prod.txt",
        "requirements/production.txt",
        "requirements/base.txt",
    )
    return [path for path in usual if path in service.files][:1]


def _pip_manifests(service: ServicePlan, requirements: list[str]) -> tuple[str, ...]:
    """The requirement files and what they may include; a wheel house or a lock beside them too."""
    included = (
        path for path in service.files if re.fullmatch(r"(?:requirements|constraints)[\w.-]*\.txt", path)
    )
    return tuple(dict.fromkeys([*requirements, *sorted(included)]))


def _uv(service: ServicePlan) -> Install:
    tool = _tool("uv", service)
    if "pyproject.toml" not in service.files:
        return _with_uv(_pip(service), tool)
    locked = "uv.lock" in service.files
    sync = "uv sync --frozen --no-dev" if locked else "uv sync --no-dev"
    return Install(
        # without a lock the members of a workspace are needed to resolve it
        manifests=("pyproject.toml", "uv.lock") if locked else (),
        dependencies=f"{sync} --no-install-workspace",
        project=f"{sync} --no-editable",
        cache="/root/.cache/uv",
        tool=tool,
        variables={"UV_LINK_MODE": "copy", "UV_PROJECT_ENVIRONMENT": "/opt/venv"},
    )


def _with_uv(install: Install, tool: str) -> Install:
    return replace(
        install,
        dependencies=install.dependencies.replace("pip install", "uv pip install"),
        project=install.project.replace("pip install", "uv pip install"),
        cache="/root/.cache/uv",
        tool=tool,
        variables={"UV_LINK_MODE": "copy"},
    )


def _poetry(service: ServicePlan) -> Install:
    install = "poetry install --no-interaction --only main"
    return Install(
        manifests=tuple(
            path for path in ("pyproject.toml", "poetry.lock", "poetry.toml") if path in service.files
        ),
        dependencies=f"{install} --no-root --no-directory",
        project=install if _starts_own_script(service) else "",
        cache="/root/.cache/pypoetry",
        tool=_tool("poetry", service),
    )


def _pdm(service: ServicePlan) -> Install:
    install = "pdm install --prod --frozen-lockfile" if "pdm.lock" in service.files else "pdm install --prod"
    return Install(
        manifests=tuple(path for path in ("pyproject.toml", "pdm.lock") if path in service.files),
        dependencies=f"{install} --no-self",
        project=f"{install} --no-editable",
        cache="/root/.cache/pdm",
        tool=_tool("pdm", service),
    )


def _pipenv(service: ServicePlan) -> Install:
    locked = "Pipfile.lock" in service.files
    return Install(
        manifests=tuple(path for path in ("Pipfile", "Pipfile.lock") if path in service.files),
        dependencies="pipenv sync" if locked else "pipenv install --skip-lock",
        cache="/root/.cache/pipenv",
        tool=_tool("pipenv", service),
    )


def _tool(name: str, service: ServicePlan) -> str:
    minor = re.match(r"3\.(\d+)", service.runtime_version)
    old = minor is not None and int(minor[1]) < 10
    if old and name in TOOLS_BEFORE_PYTHON_3_10:
        return f"{name}=={TOOLS_BEFORE_PYTHON_3_10[name]}"
    return " ".join([f"{name}=={TOOLS[name]}", *filter(None, [HELD_BACK.get(name)])])


def _starts_own_script(service: ServicePlan) -> bool:
    words = exec_form(started(service, processes(service)[0].command))
    return bool(words) and words[0] not in _SERVERS and "/" not in words[0]


_MANAGERS: Mapping[str, Callable[[ServicePlan], Install]] = MappingProxyType({
    "pip": _pip, "uv": _uv, "poetry": _poetry, "pdm": _pdm, "pipenv": _pipenv,
})  # fmt: skip
