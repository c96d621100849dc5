"""Every dependency a Python project declares, whatever file it uses for that.

Sources: PEP 621 (`[project]`), PEP 735 (`[dependency-groups]`), the references of Poetry, PDM, uv, Pipenv, conda's
environment.yml, pixi, and setuptools (`setup.cfg`, `setup.py`).
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fops.onboarding.detect.evidence import read_toml, read_yaml
from fops.onboarding.detect.files.values import items, nested
from fops.onboarding.detect.languages.python.code.source import calls_of
from fops.onboarding.detect.languages.python.manifests.requirements import (
    Dependency,
    Group,
    normalised,
    requirement,
    requirements,
)
from fops.onboarding.ports import Tree

CONDA_FILES = ("environment.yml", "environment.yaml", "conda.yml", "conda.yaml", "conda-env.yml")

# Keys of a table (name → constraint) or a list (requirements) in pyproject.toml, and what they are for.
_PYPROJECT: tuple[tuple[tuple[str, ...], Group], ...] = (
    (("project", "dependencies"), Group.MAIN),
    (("tool", "poetry", "dependencies"), Group.MAIN),
    (("tool", "pixi", "dependencies"), Group.MAIN),
    (("tool", "pixi", "pypi-dependencies"), Group.MAIN),
    (("tool", "poetry", "dev-dependencies"), Group.DEV),
    (("tool", "uv", "dev-dependencies"), Group.DEV),
)
# Tables of such tables or lists, one for each group's name.
_PYPROJECT_GROUPS: tuple[tuple[tuple[str, ...], Group], ...] = (
    (("project", "optional-dependencies"), Group.OPTIONAL),
    (("tool", "poetry", "group"), Group.DEV),
    (("tool", "pdm", "dev-dependencies"), Group.DEV),
    (("dependency-groups",), Group.DEV),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """What is declared. The first declaration of a name for running counts, then extras, then development."""

    every: tuple[Dependency, ...]

    def find(self, *names: str, dev: bool = False) -> Dependency | None:
        """The first of the names that is declared for running (or, with `dev`, at all)."""
        order = (Group.MAIN, Group.OPTIONAL, Group.DEV) if dev else (Group.MAIN,)
        return next(
            (
                one
                for name in names
                for group in order
                for one in self.every
                if one.name == name and one.group is group
            ),
            None,
        )

    def __contains__(self, name: str) -> bool:
        return self.find(name) is not None


def dependencies(tree: Tree) -> Dependencies:
    """Everything declared at the tree's top."""
    sources = (_pyproject, requirements, _pipfile, _conda, _pixi, _setup_cfg, _setup_py)
    return Dependencies(every=tuple(one for source in sources for one in source(tree)))


def _pyproject(tree: Tree) -> Iterator[Dependency]:
    document = read_toml(tree, "pyproject.toml")
    for keys, group in _PYPROJECT:
        yield from _entries(tree, "pyproject.toml", nested(document, *keys), group)
    for keys, group in _PYPROJECT_GROUPS:
        groups = nested(document, *keys)
        for value in groups.values() if isinstance(groups, dict) else ():
            yield from _entries(tree, "pyproject.toml", nested(value, "dependencies") or value, group)


def _pipfile(tree: Tree) -> Iterator[Dependency]:
    document = read_toml(tree, "Pipfile")
    yield from _entries(tree, "Pipfile", nested(document, "packages"), Group.MAIN)
    yield from _entries(tree, "Pipfile", nested(document, "dev-packages"), Group.DEV)


def _conda(tree: Tree) -> Iterator[Dependency]:
    for path in CONDA_FILES:
        listed = items(nested(read_yaml(tree, path), "dependencies"))
        inner = [one for entry in listed for one in items(nested(entry, "pip"))]
        names = [one.rpartition("::")[2] for one in listed if isinstance(one, str)]
        yield from _entries(tree, path, [*names, *inner], Group.MAIN)


def _pixi(tree: Tree) -> Iterator[Dependency]:
    document = read_toml(tree, "pixi.toml")
    for key in ("dependencies", "pypi-dependencies"):
        yield from _entries(tree, "pixi.toml", nested(document, key), Group.MAIN)
    features = nested(document, "feature")
    for feature in features.values() if isinstance(features, dict) else ():
        yield from _entries(tree, "pixi.toml", nested(feature, "dependencies"), Group.DEV)


def setup_cfg(tree: Tree) -> configparser.ConfigParser | None:
    """The parsed setup.cfg, None when absent or broken."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(tree.read("setup.cfg") or "")
    except configparser.Error:
        return None
    return parser


def _setup_cfg(tree: Tree) -> Iterator[Dependency]:
    parser = setup_cfg(tree)
    listed = parser.get("options", "install_requires", fallback="").splitlines() if parser else []
    yield from _entries(tree, "setup.cfg", listed, Group.MAIN)


def _setup_py(tree: Tree) -> Iterator[Dependency]:
    for call in calls_of(tree, "setup.py"):
        if call.name.rpartition(".")[2] == "setup":
            yield from _entries(tree, "setup.py", call.keywords.get("install_requires"), Group.MAIN)


def _entries(tree: Tree, path: str, value: Any, group: Group) -> Iterator[Dependency]:
    """A list of requirements, or a table of name → constraint."""
    table = value if isinstance(value, dict) else {}
    texts = [one for one in items(value) if isinstance(one, str)] or [
        _with_extras(str(name), rule) for name, rule in table.items()
    ]
    for text in texts:
        if (one := requirement(text, file=path, line=None, group=group)) and one.name != "python":
            line = _line(tree.read(path) or "", one.name)
            yield Dependency(name=one.name, extras=one.extras, file=path, line=line, group=group)


def _with_extras(name: str, rule: Any) -> str:
    extras = [one for one in items(nested(rule, "extras")) if isinstance(one, str)]
    return f"{name}[{','.join(extras)}]" if extras else name


def _line(text: str, name: str) -> int | None:
    """The line where a package stands, under any of the spellings PEP 503 makes equal."""
    spelled = re.sub(r"-", "[-_.]+", re.escape(name).replace(r"\-", "-"))
    found = re.search(rf"(?im)(?:^[ \t]*|[\"',\[{{]\s*|-\s+|::){spelled}(?![\w.-]*\w)", text) or re.search(
        rf"(?i)\b{spelled}\b", text
    )
    return text.count("\n", 0, found.end()) + 1 if found else None


def project_name(tree: Tree) -> tuple[str, str] | None:
    """The name the project gives itself and the file that says so."""
    pyproject = read_toml(tree, "pyproject.toml")
    parser = setup_cfg(tree)
    setup = next(
        (call for call in calls_of(tree, "setup.py") if call.name.rpartition(".")[2] == "setup"), None
    )
    pixi = read_toml(tree, "pixi.toml")
    candidates = (
        (nested(pyproject, "project", "name"), "pyproject.toml"),
        (nested(pyproject, "tool", "poetry", "name"), "pyproject.toml"),
        (parser.get("metadata", "name", fallback=None) if parser else None, "setup.cfg"),
        (setup.keywords.get("name") if setup else None, "setup.py"),
        (nested(pixi, "workspace", "name") or nested(pixi, "project", "name"), "pixi.toml"),
    )
    return next(
        ((name, path) for name, path in candidates if isinstance(name, str) and normalised(name)), None
    )
