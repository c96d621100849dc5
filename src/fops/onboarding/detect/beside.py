"""Applications below one that runs: which are a part of it, which it only holds together, what is told of the others."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

from fops.onboarding.detect.choose import PROJECT_FILES
from fops.onboarding.detect.evidence import read_json
from fops.onboarding.detect.files import dockerfile
from fops.onboarding.detect.files.values import nested
from fops.onboarding.model import App
from fops.onboarding.ports import Tree

_TOLD_EACH = 8  # notes; a repository with more beside its application is a collection
_RESTS_ON = ("language", "framework", "build_command", "start_command", "port", "processes", "output_folder")
_COMMANDS = ("install_command", "build_command", "start_command")
# Scripts that npm, and the platforms that build by it, run before a program starts.
_BEFORE_START = re.compile(
    r"(?:pre|post)?(?:install|build)(?:[:-]\S+)?|prepare|prestart|(?:heroku|gcp|render|vercel)-\w+"
)
_START = re.compile(r"start(?::prod(?:uction)?)?")
_RUN = re.compile(r"\b(?:(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?|npm-run-all\s.*?|run-[ps]\s.*?|npm:)([\w:-]+)")
_BUILDS = (
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
)  # a folder is named there in quotes, or in an element
_INTO = r"(?:\b(?:cd|pushd)\s+|(?:--prefix|--cwd|--dir|-C)[ =]|\b(?:COPY|ADD)\s+(?:--\S+\s+)*)[\"']?"


def enters(text: str, folder: str) -> bool:
    """Whether a command works in a folder: it goes there, or names a file of it."""
    name = re.escape(folder)
    return re.search(rf"{_INTO}(?:\./)?{name}(?![\w.-])|(?<![\w/.@-])(?:\./)?{name}/", text) is not None


def is_of_a_project_below(tree: Tree, app: App) -> bool:
    """Whether what an application is started by lies in a folder with a manifest of its own."""
    start = app.facts.get("start_command")
    folder = posixpath.dirname(start.file or "") if start else ""
    return bool(folder) and any(tree.size(f"{folder}/{name}") is not None for name in PROJECT_FILES)


def is_part(tree: Tree, app: App, folder: str) -> bool:
    """Whether the application at the top is what runs a folder's program, or builds it with its own."""
    facts = (app.facts[name] for name in _RESTS_ON if name in app.facts)
    if any((fact.file or "").startswith(f"{folder}/") for fact in facts):
        return True
    if (carried := app.facts.get("embeds")) and carried.value["built_in"] == folder:
        return True
    named = re.compile(rf"[\"'>/]{re.escape(folder)}[\"'</]")
    if any(named.search(tree.read(path) or "") for path in _BUILDS) or folder in _linked(tree):
        return True
    own = dockerfile.find(tree)
    texts = [
        *(str(app.value(name, "")) for name in _COMMANDS),
        *(text for name, text in _scripts(tree).items() if _START.fullmatch(name)),
        *_before_start(tree),
        tree.read("Procfile") or "",
        (tree.read(own) or "") if own else "",
    ]
    return any(enters(text, folder) for text in texts)


def only_holds(tree: Tree, folders: Iterable[str]) -> bool:
    """Whether a top's start script starts applications below that nothing at the top installs or builds."""
    scripts = _scripts(tree)
    started = " && ".join(_expanded(scripts, name) for name in scripts if _START.fullmatch(name))
    prepared = tuple(_before_start(tree))
    return any(
        enters(started, folder) and not any(enters(text, folder) for text in prepared) for folder in folders
    )


def told(aside: Iterable[App]) -> Iterator[str]:
    """A note for each application left aside, the first few by name."""
    apps = tuple(aside)
    for app in apps[:_TOLD_EACH]:
        kind = "/".join(
            dict.fromkeys(str(app.value(name)) for name in ("language", "framework") if app.value(name))
        )
        yield f"also an application: {app.path} ({kind}); choose it with --path {app.path}"
    if len(apps) > _TOLD_EACH:
        yield f"also applications: {len(apps) - _TOLD_EACH} more below; choose one with --path"


def _linked(tree: Tree) -> Iterator[str]:
    """The folders that npm's `file:` and its like install as packages."""
    needed = nested(read_json(tree, "package.json"), "dependencies")
    for value in needed.values() if isinstance(needed, dict) else ():
        kind, _, path = str(value).partition(":")
        if kind in {"file", "link", "portal"}:
            yield posixpath.normpath(path)


def _scripts(tree: Tree) -> Mapping[str, str]:
    scripts = nested(read_json(tree, "package.json"), "scripts")
    named = scripts.items() if isinstance(scripts, dict) else ()
    return {str(name): text for name, text in named if isinstance(text, str)}


def _before_start(tree: Tree) -> Iterator[str]:
    scripts = _scripts(tree)
    return (_expanded(scripts, name) for name in scripts if _BEFORE_START.fullmatch(name))


def _expanded(scripts: Mapping[str, str], name: str) -> str:
    """A script and those that it runs, one level deep."""
    text = scripts[name]
    return " && ".join((text, *(scripts[other] for other in _RUN.findall(text) if other in scripts)))
