"""Whether a folder is a Python application, or a library that others install.

An application shows how it runs: a framework, an entry file, `manage.py`. Requirements alone are a hint (they often
serve the documentation or tools of another language), and stray scripts less. A library is a package made for an
index (classifiers, keywords, project URLs) that has no such sign.
"""

from __future__ import annotations

import posixpath

from fops.onboarding.detect.evidence import Claim, key_line, read_toml
from fops.onboarding.detect.files.values import nested
from fops.onboarding.detect.languages.python.code.source import Module, is_program, sources
from fops.onboarding.detect.languages.python.manifests.dependencies import (
    CONDA_FILES,
    Dependencies,
    dependencies,
    setup_cfg,
)
from fops.onboarding.detect.languages.python.manifests.framework import FRAMEWORKS
from fops.onboarding.detect.languages.python.manifests.requirements import Dependency, requirement_files
from fops.onboarding.detect.languages.python.run import pyramid
from fops.onboarding.detect.languages.python.run.program import MAIN_FILES, app_objects, project
from fops.onboarding.detect.languages.python.run.workers import workers
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, WEAK
from fops.onboarding.ports import Tree

_OTHERS = (
    "package.json", "go.mod", "pom.xml", "build.gradle", "build.gradle.kts", "Cargo.toml", "Gemfile", "composer.json", "mix.exs", "build.sbt",
    "deno.json", "pubspec.yaml", "CMakeLists.txt", "Package.swift", "project.clj", "main.tf", "Chart.yaml", "galaxy.yml", "ansible.cfg",
)  # fmt: skip
"""Manifests of other languages and tools: beside them a requirements file is likely theirs."""

_TOOLS = frozenset({
    "mkdocs", "mkdocs-material", "sphinx", "sphinx-rtd-theme", "furo", "myst-parser", "ansible", "ansible-core", "ansible-lint", "molecule",
    "pre-commit", "yamllint", "black", "ruff", "flake8", "pylint", "mypy", "pytest", "tox", "nox", "codespell", "conan", "meson", "ninja", "cmake",
    "gcovr", "cpplint", "clang-format", "checkov", "awscli", "linkchecker", "pelican", "nikola", "sphinx-autobuild", "docutils", "jinja2", "pyyaml",
})  # fmt: skip
"""Packages that check, document or set up a repository and run nothing of it."""

_ENTRIES = frozenset(MAIN_FILES) | {
    "manage.py",
    "wsgi.py",
    "asgi.py",
    "streamlit_app.py",
    "Home.py",
    "__main__.py",
    "api/index.py",
}
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile", "Pipfile.lock", "pixi.toml")


def claim(tree: Tree) -> Claim | None:
    """Whether the folder holds a Python application, and on what evidence."""
    declared = dependencies(tree)
    manifest = _manifest(tree)
    entry = _entry(tree)
    framework = next((found for one in FRAMEWORKS if (found := declared.find(*one.packages))), None)
    if _is_django(tree):
        return _claim(CERTAIN, "manage-py", "manage.py")
    if framework and sources(tree):
        return Claim(
            confidence=CERTAIN, rule="python.claim.framework", file=framework.file, line=framework.line
        )
    if manifest:
        return _claim(_trust(tree, declared, entry), "manifest", manifest)
    return _of_files(tree, entry)


def _trust(tree: Tree, declared: Dependencies, entry: str | None) -> float:
    """How much a manifest says: with an entry much, beside another language's manifest or for tools alone little."""
    foreign = any(tree.size(path) is not None for path in _OTHERS)
    if declared.every and all(_is_tool(one) for one in declared.every) and entry is None:
        return WEAK
    if entry:
        return STRONG if foreign else CERTAIN
    if foreign:
        return WEAK
    return STRONG if sources(tree) else LIKELY


def _of_files(tree: Tree, entry: str | None) -> Claim | None:
    """Python files at the top without a manifest."""
    foreign = any(tree.size(path) is not None for path in _OTHERS)
    top = [path for path in tree.files if path.endswith(".py") and "/" not in path and is_program(path)]
    if entry:
        return _claim(WEAK if foreign else LIKELY, "entry-file", entry)
    return _claim(WEAK, "python-file", top[0]) if top and not foreign else None


def library(tree: Tree) -> Claim | None:
    """Whether the folder is a package made to be installed by others, rather than an application."""
    found = _publication(tree) or _package(tree)
    if found is None or _entry(tree) is not None or _is_django(tree):
        return None
    whole = project(tree)
    runs = (
        any(app_objects(whole.modules))
        or any(workers(whole))
        or any(map(_serves, whole.modules))
        or pyramid.served(whole) is not None
    )
    unsure = whole.framework or not whole.has_code or any(module.main for module in whole.modules)
    return None if runs or (found.confidence < CERTAIN and unsure) else found


def _publication(tree: Tree) -> Claim | None:
    """Where the package says what only an index shows: classifiers, keywords or URLs, and how it is built."""
    document = read_toml(tree, "pyproject.toml")
    built = nested(document, "build-system") is not None
    for keys in (("project",), ("tool", "poetry")) if built else ():
        shown = next(
            (key for key in ("classifiers", "keywords", "urls", "homepage") if nested(document, *keys, key)),
            None,
        )
        if shown:
            line = key_line(tree, "pyproject.toml", shown) or key_line(
                tree, "pyproject.toml", f"project.{shown}"
            )
            return _published("pyproject.toml", line)
    parser = setup_cfg(tree)
    if parser and (
        parser.has_option("metadata", "classifiers") or parser.has_option("metadata", "classifier")
    ):
        return _published("setup.cfg", key_line(tree, "setup.cfg", "classifiers"))
    text = tree.read("setup.py") or ""
    listed = "setup(" in text and ("classifiers" in text or "long_description" in text)
    return _published("setup.py", _line_of(text, "setup(")) if listed else None


def _package(tree: Tree) -> Claim | None:
    """A package that is built and offers no command: weaker evidence, as no index needs to know it."""
    document = read_toml(tree, "pyproject.toml")
    kinds = (("project", "scripts"), ("project", "gui-scripts"), ("tool", "poetry", "scripts"))
    offers = (
        any(nested(document, *keys) for keys in kinds)
        or nested(document, "tool", "poetry", "package-mode") is False
    )
    if nested(document, "build-system") is not None and not offers:
        line = key_line(tree, "pyproject.toml", "build-system")
        return Claim(confidence=STRONG, rule="python.library.package", file="pyproject.toml", line=line)
    text = tree.read("setup.py") or ""
    if "setup(" in text and "entry_points" not in text and "scripts" not in text:
        return Claim(
            confidence=STRONG, rule="python.library.package", file="setup.py", line=_line_of(text, "setup(")
        )
    return None


def _published(file: str, line: int | None) -> Claim:
    return Claim(confidence=CERTAIN, rule="python.library.published-package", file=file, line=line or 1)


def _line_of(text: str, mark: str) -> int:
    return text.count("\n", 0, text.index(mark)) + 1


_SERVE_CALLS = frozenset(
    {"uvicorn.run", "uvicorn.Server", "aiohttp.web.run_app", "hypercorn.run.run", "waitress.serve"}
)


def _serves(module: Module) -> bool:
    """Whether a file starts a server by itself."""
    return any(call.name in _SERVE_CALLS or call.method == "serve_forever" for call in module.calls)


def _manifest(tree: Tree) -> str | None:
    """The first file that declares a project: not a pyproject.toml that only configures tools."""
    document = read_toml(tree, "pyproject.toml")
    project_tables = (("project",), ("tool", "poetry"), ("tool", "pdm"), ("tool", "pixi"), ("build-system",))
    if any(nested(document, *keys) is not None for keys in project_tables):
        return "pyproject.toml"
    requirements = [
        path for path in requirement_files(tree) if posixpath.dirname(path) in {"", "requirements"}
    ]
    candidates = (*_LOCKS, *requirements, *CONDA_FILES, "setup.py", "setup.cfg", "runtime.txt")
    return next(
        (path for path in candidates if tree.size(path) is not None and _is_pythons(tree, path)), None
    )


def _is_pythons(tree: Tree, path: str) -> bool:
    """setup.cfg and runtime.txt serve others too."""
    text = tree.read(path) or ""
    return {
        "setup.cfg": "[metadata]" in text or "[options]" in text,
        "runtime.txt": text.startswith("python-"),
    }.get(path, True)


def _entry(tree: Tree) -> str | None:
    """A file at the top (or in `src`, `app`, `api`) that is run by its name alone."""
    return next((path for path in tree.files if path in _ENTRIES), None)


def _is_django(tree: Tree) -> bool:
    """`manage.py` with a settings module below it."""
    settings = (path for path in tree.files if path.endswith(("/settings.py", "/settings/__init__.py")))
    return tree.size("manage.py") is not None and any(path.count("/") <= 3 for path in settings)


def _is_tool(one: Dependency) -> bool:
    return one.name in _TOOLS or one.name.startswith(("mkdocs-", "sphinx", "pytest-", "flake8-", "types-"))


def _claim(confidence: float, rule: str, file: str) -> Claim:
    return Claim(confidence=confidence, rule=f"python.claim.{rule}", file=file, line=1)
