"""How the project is tested and linted, by the configuration and the dependencies of the tools."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from fops.onboarding.detect.evidence import key_line, read_toml
from fops.onboarding.detect.files.values import nested
from fops.onboarding.detect.languages.python.manifests.package_manager import run_prefix
from fops.onboarding.detect.languages.python.run import django
from fops.onboarding.detect.languages.python.run.program import Project
from fops.onboarding.model import LIKELY, STRONG, Fact

_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|tests)\.py$")
# Tool, command, its own files, its table in pyproject.toml, its section in setup.cfg and tox.ini.
_LINTERS = (
    ("ruff", "ruff check .", ("ruff.toml", ".ruff.toml"), "ruff", "ruff"),
    ("flake8", "flake8", (".flake8",), "flake8", "flake8"),
    ("pylint", "pylint --recursive=y .", (".pylintrc", "pylintrc"), "pylint", "pylint"),
)
_PYTEST = ("pytest", "pytest", ("pytest.ini", ".pytest.ini", "pytest.toml"), "pytest", "tool:pytest")


def checks(whole: Project) -> Iterator[Fact]:
    """The facts `test_command` and `lint_command`, each only with evidence."""
    prefix = run_prefix(whole.tree)
    if test := _tests(whole, prefix):
        yield test
    found = (fact for linter in _LINTERS if (fact := _tool(whole, linter, "lint_command", prefix)))
    if lint := next(found, None):
        yield lint


def _tests(whole: Project, prefix: str) -> Fact | None:
    tests = next((path for path in whole.tree.files if _TEST_FILE.search(path)), None)
    if fact := _tool(whole, _PYTEST, "test_command", prefix):
        return fact
    manage = django.manage_file(whole)
    if tests is None:
        return None
    text = whole.tree.read(tests) or ""
    if manage:
        command = f"{prefix}python {shlex.quote(manage)} test"
    elif "pytest" in text:
        command = f"{prefix}pytest"
    elif "unittest" in text:
        command = f"{prefix}python -m unittest discover"
    else:
        return None
    return Fact(
        name="test_command", value=command, rule="python.test.files", confidence=LIKELY, file=tests, line=1
    )


def _tool(
    whole: Project, tool: tuple[str, str, tuple[str, ...], str, str], name: str, prefix: str
) -> Fact | None:
    package, command, files, table, section = tool
    place = _configured(whole, files, table, section)
    dependency = whole.dependencies.find(package, dev=True)
    if place is None and dependency is None:
        return None
    file, line = place or ((dependency.file, dependency.line) if dependency else (None, None))
    confidence = STRONG if place else LIKELY
    return Fact(
        name=name,
        value=prefix + command,
        rule=f"python.check.{package}",
        confidence=confidence,
        file=file,
        line=line,
    )


def _configured(
    whole: Project, files: tuple[str, ...], table: str, section: str
) -> tuple[str, int | None] | None:
    """Where the tool is configured."""
    own = next((path for path in files if whole.tree.size(path) is not None), None)
    if own:
        return own, 1
    if nested(read_toml(whole.tree, "pyproject.toml"), "tool", table) is not None:
        keys = (f"tool.{table}", f"tool.{table}.ini_options", f"tool.{table}.lint")
        line = next((found for key in keys if (found := key_line(whole.tree, "pyproject.toml", key))), None)
        return "pyproject.toml", line
    for path in ("setup.cfg", "tox.ini"):
        header = re.search(rf"(?m)^\[{re.escape(section)}(?:[.:][^\]]*)?\]", whole.tree.read(path) or "")
        if header:
            return path, header.string.count("\n", 0, header.start()) + 1
    return None
