"""Which applications become services: all, or where a workspace is declared its top, or the members it only holds."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fops.kernel.errors import NotDeployable, UsageError
from fops.onboarding.detect import detect
from fops.onboarding.detect.evidence import read_json
from fops.onboarding.detect.workspaces import declared
from fops.onboarding.model import App, Fact, Findings
from fops.onboarding.plan import answers, defaults
from fops.onboarding.plan.options import Options
from fops.onboarding.ports import Tree

_BUILT_TOGETHER = frozenset({"npm", "pnpm", "yarn", "bun", "maven", "gradle", "go", "uv"})
# Start scripts of a top that pass the word on to its members, in the words of the tools that do so.
_PASSES_ON = re.compile(
    r"\b(?:turbo|nx|lerna|rush|moon|wsrun|ultra|concurrently|npm-run-all|run-[ps])\b|"
    r"\s(?:-r|--recursive|--filter|-F|-w|--workspaces?|--prefix|--cwd|-C)\b|\bworkspaces?\s"
)
_WOULD_BE = (
    "a program with a start command and its manifest (package.json, pyproject.toml, go.mod, pom.xml), "
    "or an index.html, would be deployable"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The chosen applications, the findings they are part of, and the paths of those that were left aside."""

    apps: tuple[App, ...]
    findings: Findings
    aside: tuple[str, ...] = ()

    def context(self, app: App) -> str:
        """Where an application's container is built: a member's at the top, where lock file and siblings lie."""
        root = next((one for one in self.findings.apps if "workspaces" in one.facts), None)
        members = root.value("workspaces", []) if root else []
        together = app.path in members and app.value("package_manager") in _BUILT_TOGETHER
        return root.path if root and together else app.path


def select(findings: Findings, tree: Tree, options: Options) -> Selection:
    """The applications to plan for. Raises NotDeployable with what would make it deployable, UsageError."""
    chosen = _selected(findings, tree, options)
    odd = next((app.path for app in chosen.apps if not app.path.isprintable()), None)
    if odd:
        raise NotDeployable(
            f"the folder {odd!r} has a name that files cannot spell",
            hint="rename it, or choose another with --path",
        )
    return replace(chosen, apps=tuple(_as_json(app) for app in chosen.apps))


def _selected(findings: Findings, tree: Tree, options: Options) -> Selection:
    path = posixpath.normpath(options.path) if options.path else None
    if options.auto_detect is False:
        return _given(tree, options, path or ".")
    if path not in {None, "."}:
        return _chosen(findings, tree, str(path))
    _refuse(findings)
    return _services(findings, tree)


def _refuse(findings: Findings) -> None:
    if not findings.deployable:
        # detection words it as `what it is: what would make it deployable`
        what, _, would = (findings.reason or "no application was found").partition(": ")
        raise NotDeployable(what, hint=would or _WOULD_BE)
    if findings.reason:
        raise NotDeployable(findings.reason, hint=f"supported are {', '.join(defaults.MANAGERS)}")


def _services(findings: Findings, tree: Tree) -> Selection:
    runnable = tuple(app for app in findings.apps if _runs(app)) or findings.apps
    root, members = runnable[0], runnable[1:]
    if "workspaces" not in root.facts or not members:
        return Selection(apps=runnable, findings=findings)
    if _only_holds(root, tree) or _only_lists(root, members, tree):
        return Selection(apps=members, findings=findings)
    return Selection(apps=(root,), findings=findings, aside=tuple(app.path for app in members))


def _runs(app: App) -> bool:
    return any(app.value(name) for name in ("start_command", "static", "processes"))


def _only_holds(root: App, tree: Tree) -> bool:
    """Whether a workspace's top is no application of its own: it has nothing to start, or only starts its members."""
    start = root.facts.get("start_command")
    if root.value("language") != "node" or (start and start.file not in {"package.json", None}):
        return False
    manifest = read_json(tree, "package.json")
    scripts = manifest.get("scripts") if isinstance(manifest, dict) else None
    script = scripts.get("start") if isinstance(scripts, dict) else None
    if isinstance(script, str):
        return _passes_on(script, root.value("workspaces", []))
    integrated = tree.size("nx.json") is not None and tree.size("project.json") is None
    return integrated or not any(root.value(name) for name in ("framework", "processes", "static"))


def _only_lists(root: App, members: tuple[App, ...], tree: Tree) -> bool:
    """Whether a go.work alone makes the top: it lists programs that each answer requests of their own."""
    listed = root.value("language") == "go" and tree.size("go.mod") is None
    return listed and len(members) > 1 and all(app.value("port") for app in members)


def _passes_on(script: str, members: list[str]) -> bool:
    return _PASSES_ON.search(f" {script}") is not None or any(
        re.search(rf"(?:^|[\s\"'/]){re.escape(member)}/", script) for member in members
    )


def _chosen(findings: Findings, tree: Tree, path: str) -> Selection:
    """The application at a path; where the top shows none there, or one with members of its own, a look from there."""
    below = tree.below(path)
    found = next((app for app in findings.apps if app.path == path), None)
    if found is not None and declared(below) is None:
        return Selection(apps=(found,), findings=findings)
    if not below.files:
        there = ", ".join(app.path for app in findings.apps) or "none"
        raise NotDeployable(f"--path {path}: no such folder", hint=f"applications were found in: {there}")
    inside = detect(below)
    _refuse(inside)
    selection = _services(inside, below)
    return Selection(
        apps=tuple(_moved(app, path) for app in selection.apps),
        findings=replace(
            inside,
            apps=tuple(_moved(app, path) for app in inside.apps),
            conflicts=tuple(replace(one, app=_joined(path, one.app)) for one in inside.conflicts),
        ),
        aside=tuple(_joined(path, one) for one in selection.aside),
    )


def _moved(app: App, path: str) -> App:
    spaces = app.facts.get("workspaces")
    facts = dict(app.facts)
    if spaces is not None:
        facts["workspaces"] = replace(spaces, value=[_joined(path, one) for one in spaces.value])
    return App(path=_joined(path, app.path), facts=facts)


def _joined(path: str, below: str) -> str:
    return posixpath.normpath(posixpath.join(path, below))


def _given(tree: Tree, options: Options, path: str) -> Selection:
    """Without detection the answers must say enough. Raises UsageError naming what is missing."""
    if path != "." and not tree.below(path).files:
        raise NotDeployable(f"--path {path}: no such folder", hint="name a folder of the repository")
    given = answers.facts(options.sets, "")
    served = "static" in given and given["static"].value
    needed = ("output_folder",) if served else ("language", "start_command", "port")
    missing = [name for name in needed if name not in given]
    if missing:
        flags = " ".join(f"--set {name}=…" for name in missing)
        raise UsageError(f"--no-auto-detect needs {', '.join(missing)}", hint=flags)
    app = App(path=path, facts=given)
    return Selection(apps=(app,), findings=Findings(deployable=True, reason=None, apps=(app,)))


def _as_json(app: App) -> App:
    """The application with values that any JSON reader takes: a manifest may spell what UTF-8 cannot."""
    facts: Mapping[str, Fact] = {
        name: replace(fact, value=_plain(fact.value), file=_plain(fact.file))
        for name, fact in app.facts.items()
    }
    return App(path=app.path, facts=facts)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_plain(str(name)): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    small = isinstance(value, int) and abs(value) < 2**53
    return value if value is None or small else str(value)
