"""Which tool installs the dependencies, and how.

Precedence: a lock file names its tool beyond doubt (uv, Poetry, PDM, Pipenv, pixi, in this order where several lie
side by side); then a table or file only one tool reads (`[tool.poetry]`, Pipfile, pixi.toml, …); then requirement
files (pip); conda's environment file; and last a bare `[project]`: with a build system pip can install it, without
one it is no package and uv, which needs none, is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fops.onboarding.detect.evidence import key_line, read_toml
from fops.onboarding.detect.files.values import nested
from fops.onboarding.detect.languages.python.manifests.dependencies import CONDA_FILES
from fops.onboarding.detect.languages.python.manifests.requirements import install_file, requirement_files
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, WEAK, Fact
from fops.onboarding.ports import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """The tool, the file it rests on, and how sure that is."""

    name: str
    file: str
    line: int | None
    confidence: float
    rule: str


_CONDA_LOCK = "conda-lock.yml"
_LOCKS = (
    ("uv.lock", "uv"),
    ("poetry.lock", "poetry"),
    ("pdm.lock", "pdm"),
    ("Pipfile.lock", "pipenv"),
    ("pixi.lock", "pixi"),
)
_TABLES = (("poetry", "poetry"), ("pdm", "pdm"), ("pixi", "pixi"), ("uv", "uv"))
_BACKENDS = (("poetry", "poetry"), ("pdm", "pdm"), ("uv_build", "uv"))
_RUN = {
    "uv": "uv run ",
    "poetry": "poetry run ",
    "pdm": "pdm run ",
    "pipenv": "pipenv run ",
    "pixi": "pixi run ",
}


def manager(tree: Tree) -> Manager | None:
    """The tool that installs this project, None when nothing declares a dependency."""
    return next(_candidates(tree), None)


def facts(tree: Tree) -> Iterator[Fact]:
    """The facts `package_manager` and `install_command`."""
    found = manager(tree)
    if found is None:
        return
    yield _fact("package_manager", found.name, found)
    if command := _INSTALL[found.name](tree):
        yield _fact("install_command", command, found)


def run_prefix(tree: Tree) -> str:
    """What runs a tool inside the project's environment, such as `uv run `; empty for pip and conda."""
    found = manager(tree)
    return _RUN.get(found.name, "") if found else ""


def _candidates(tree: Tree) -> Iterator[Manager]:
    for file, name in _LOCKS:
        if tree.size(file) is not None:
            yield Manager(name=name, file=file, line=1, confidence=CERTAIN, rule="python.manager.lock")
    document = read_toml(tree, "pyproject.toml")
    yield from _own_files(tree, document)
    yield from _pip_and_conda(tree)
    yield from _bare_project(tree, document)


def _own_files(tree: Tree, document: Any) -> Iterator[Manager]:
    for file, name in (("Pipfile", "pipenv"), ("pixi.toml", "pixi")):
        if tree.size(file) is not None:
            yield Manager(name=name, file=file, line=1, confidence=CERTAIN, rule="python.manager.file")
    for table, name in _TABLES:
        if nested(document, "tool", table) is not None and not (name == "uv" and install_file(tree)):
            line = key_line(tree, "pyproject.toml", f"tool.{table}")
            yield Manager(
                name=name, file="pyproject.toml", line=line, confidence=STRONG, rule="python.manager.table"
            )
    backend = str(nested(document, "build-system", "build-backend") or "")
    for prefix, name in _BACKENDS if not install_file(tree) else ():
        if backend.startswith(prefix):
            line = key_line(tree, "pyproject.toml", "build-backend")
            yield Manager(
                name=name,
                file="pyproject.toml",
                line=line,
                confidence=LIKELY,
                rule="python.manager.build-backend",
            )


def _pip_and_conda(tree: Tree) -> Iterator[Manager]:
    if tree.size("requirements.txt") is not None:
        yield Manager(
            name="pip", file="requirements.txt", line=1, confidence=STRONG, rule="python.manager.requirements"
        )
    for file in (*CONDA_FILES, _CONDA_LOCK, "package-list.txt"):
        if tree.size(file) is not None:
            yield Manager(name="conda", file=file, line=1, confidence=STRONG, rule="python.manager.conda")
    for file in requirement_files(tree)[:1]:
        yield Manager(name="pip", file=file, line=1, confidence=LIKELY, rule="python.manager.requirements")


def _bare_project(tree: Tree, document: Any) -> Iterator[Manager]:
    if isinstance(nested(document, "project"), dict):
        name = "pip" if nested(document, "build-system") is not None else "uv"
        line = key_line(tree, "pyproject.toml", "project")
        yield Manager(
            name=name,
            file="pyproject.toml",
            line=line,
            confidence=LIKELY,
            rule="python.manager.project-table",
        )
    for file in ("setup.py", "setup.cfg"):
        if tree.size(file) is not None:
            yield Manager(name="pip", file=file, line=1, confidence=LIKELY, rule="python.manager.setuptools")
    source = next((path for path in tree.files if path.endswith(".py")), None)
    if source and "/" not in source:
        yield Manager(name="pip", file=source, line=None, confidence=WEAK, rule="python.manager.default")


def _pip(tree: Tree) -> str:
    file = install_file(tree)
    if file:
        return f"pip install -r {file}"
    packaged = any(tree.size(name) is not None for name in ("pyproject.toml", "setup.py", "setup.cfg"))
    return "pip install ." if packaged else ""


def _uv(tree: Tree) -> str:
    return "uv sync --frozen --no-dev" if tree.size("uv.lock") is not None else "uv sync --no-dev"


def _poetry(tree: Tree) -> str:
    """The project itself is installed only where its scripts or its `src` layout need that."""
    document = read_toml(tree, "pyproject.toml")
    scripts = nested(document, "tool", "poetry", "scripts") or nested(document, "project", "scripts")
    installed = bool(scripts) and nested(document, "tool", "poetry", "package-mode") is not False
    return "poetry install --only main --no-interaction" + ("" if installed else " --no-root")


def _pdm(tree: Tree) -> str:
    return (
        "pdm install --prod --frozen-lockfile" if tree.size("pdm.lock") is not None else "pdm install --prod"
    )


def _pipenv(tree: Tree) -> str:
    return (
        "pipenv install --deploy" if tree.size("Pipfile.lock") is not None else "pipenv install --skip-lock"
    )


def _conda(tree: Tree) -> str:
    file = next((name for name in CONDA_FILES if tree.size(name) is not None), None)
    if file:
        return f"conda env update --name base --file {file}"
    if tree.size(_CONDA_LOCK) is not None:
        return f"conda-lock install --name base {_CONDA_LOCK}"
    return "conda install --yes --file package-list.txt"


def _pixi(tree: Tree) -> str:
    return "pixi install --locked" if tree.size("pixi.lock") is not None else "pixi install"


_INSTALL = {
    "pip": _pip,
    "uv": _uv,
    "poetry": _poetry,
    "pdm": _pdm,
    "pipenv": _pipenv,
    "conda": _conda,
    "pixi": _pixi,
}


def _fact(name: str, value: str, found: Manager) -> Fact:
    return Fact(
        name=name, value=value, rule=found.rule, confidence=found.confidence, file=found.file, line=found.line
    )
