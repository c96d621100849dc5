"""Node: JavaScript and TypeScript, with npm, pnpm, Yarn or Bun.

Map: manifest.py (package.json) · package_manager.py · version.py · frameworks.py (the table) · sources.py (program files)
install.py · commands.py (build, start, test, lint) · monorepo/ (Nx, siblings) · built/ (static or not, its variables, for one platform) · port.py · behaviour.py (routes, variables, services)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fops.onboarding.detect.evidence import Claim
from fops.onboarding.detect.languages.node import sources
from fops.onboarding.detect.languages.node.behaviour import (
    behaviour,
    database,
    listen_variable,
    listens_locally,
    services,
    system_packages,
    worker,
)
from fops.onboarding.detect.languages.node.built.adapters import built_for
from fops.onboarding.detect.languages.node.built.site import (
    build_env,
    output,
    revalidates,
    server_output,
    static,
)
from fops.onboarding.detect.languages.node.commands import Project, commands, run_by, serves_files_only
from fops.onboarding.detect.languages.node.frameworks import APPLICATION_KINDS, Framework, frameworks
from fops.onboarding.detect.languages.node.manifest import PATH, Manifest, dependency_line, line, read
from fops.onboarding.detect.languages.node.monorepo import nx, siblings
from fops.onboarding.detect.languages.node.package_manager import chosen, package_manager
from fops.onboarding.detect.languages.node.port import port
from fops.onboarding.detect.languages.node.release import release
from fops.onboarding.detect.languages.node.version import version
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, WEAK, App, Fact
from fops.onboarding.ports import Tree

_EMPTY = Manifest(document={}, scripts={}, runtime={}, development={})
_PUBLISHED = ("exports", "module", "types", "typings", "files", "publishConfig", "bin", "browser")
_MAY_NOT_SERVE = ("start", "start:prod", "start:production", "serve")


class Node:
    """The Node family."""

    name = "node"

    def claim(self, tree: Tree) -> Claim | None:
        """By what the manifest starts or serves, else by the manifest alone, else by a program without one."""
        manifest = read(tree)
        if manifest is None:
            return _claim_without_manifest(tree)
        found = [pair for pair in frameworks(manifest) if pair[0].kind in APPLICATION_KINDS]
        if found:
            return Claim(
                confidence=CERTAIN,
                rule="node.claim.framework",
                file=PATH,
                line=dependency_line(tree, found[0][1]),
            )
        script = next((name for name in _MAY_NOT_SERVE if manifest.scripts.get(name)), None)
        if script:
            return Claim(
                confidence=STRONG, rule="node.claim.script", file=PATH, line=line(tree, "scripts", script)
            )
        if frameworks(manifest) or sources.entry(tree, main=manifest.text("main")):
            return Claim(confidence=STRONG, rule="node.claim.program", file=PATH, line=1)
        # a manifest of tools alone has none of these
        needs = manifest.runtime or any(manifest.document.get(key) for key in ("engines", "workspaces"))
        needs = needs or tree.size("pnpm-workspace.yaml") is not None or _builds_a_page(tree, manifest)
        return Claim(confidence=LIKELY if needs else WEAK, rule="node.claim.manifest", file=PATH, line=1)

    def library(self, tree: Tree) -> Claim | None:
        """A package that offers itself to others and starts nothing."""
        manifest = read(tree)
        if manifest is None or _starts(manifest) or _runs_on_a_framework(manifest):
            return None
        offered = _offered(manifest)
        if offered is None or sources.listening(tree, sources.sources(tree)[:60]):
            return None
        bundled = bool(frameworks(manifest)) and any(
            tree.size(path) is not None for path in ("index.html", "public/index.html", "src/index.html")
        )
        return (
            None
            if bundled
            else Claim(confidence=STRONG, rule="node.library.published", file=PATH, line=line(tree, offered))
        )

    def run_by(self, fact: Fact, tool: str) -> Fact:
        """A command in the words of the workspace's package manager; other facts as they are."""
        scripted = fact.rule.startswith(("node.script", "node.build", "node.start"))
        return replace(fact, value=run_by(str(fact.value), tool)) if scripted else fact

    def build_with_siblings(self, tree: Tree, app: App, members: Sequence[str]) -> Fact | None:
        """The build of a workspace's member that comes after the builds of those it imports, None where it needs none."""
        return siblings.build(tree, app, members)

    def aside(self, tree: Tree) -> Iterator[str]:
        """Notes on the applications of an Nx workspace that are built and started from the top, as the first is."""
        return nx.aside(tree, chosen(tree, read(tree) or _EMPTY))

    def facts(self, tree: Tree) -> Iterator[Fact]:
        """Every candidate fact."""
        manifest = read(tree) or _EMPTY
        found = frameworks(manifest)
        main, server = _main(found), next((one for one, _ in found if one.kind == "server"), None)
        paths = sources.sources(tree)
        part = nx.main_project(tree)
        judged = [] if part else list(static(tree, manifest, main, server))
        tool = chosen(tree, manifest)
        if part:
            judged = list(nx.facts(part, tool))
        elif not judged:
            judged = [_without_framework(tree, manifest, paths)]
        files_only = next(bool(fact.value) for fact in judged if fact.name == "static")
        elsewhere = [] if files_only else list(built_for(tree, main))
        project = Project(
            manifest=manifest, tool=tool, framework=main, static=files_only, elsewhere=bool(elsewhere)
        )
        if manifest.text("name"):
            yield Fact(
                name="name",
                value=manifest.text("name"),
                rule="node.name",
                confidence=STRONG,
                file=PATH,
                line=line(tree, "name"),
            )
        yield from package_manager(tree, manifest)
        yield from release(tree, manifest, tool)
        yield from version(tree, manifest)
        yield from _framework(tree, found)
        yield from judged
        yield from elsewhere
        run = list(commands(tree, project))
        yield from run
        yield from services(tree, manifest)
        yield from system_packages(tree, manifest)
        yield from build_env(tree, paths)
        if files_only and part is None:
            yield from output(tree, main)
        if not files_only and main:
            yield from server_output(tree, manifest, main)
        if not files_only:
            listens = [fact for fact in port(tree, manifest, main, paths) if fact.value is not None]
            yield from listens
            yield from behaviour(tree, manifest, paths)
            yield from database(tree, manifest, paths)
            if main and main.name == "next":
                yield from revalidates(tree, paths)
            yield from listen_variable(tree, manifest, paths)
            yield from listens_locally(tree, manifest, paths)
            if main is None and not listens and sources.listening(tree, paths) is None:
                starts = (fact for fact in run if fact.name == "start_command")
                yield from worker(tree, manifest, max(starts, key=lambda fact: fact.confidence, default=None))


LANGUAGE = Node()


def _builds_a_page(tree: Tree, manifest: Manifest) -> bool:
    """Whether a page needs what a script of the manifest makes of its styles or scripts."""
    return bool(manifest.scripts.get("build", "").strip()) and tree.size("index.html") is not None


def _claim_without_manifest(tree: Tree) -> Claim | None:
    entry = next((path for path in ("server.js", "index.js", "app.js", "main.js", "server.ts", "index.ts", "server.mjs", "index.mjs", "main.ts", "app.ts")
                  if tree.size(path) is not None), None)  # fmt: skip
    if entry is None or tree.size("index.html") is not None or tree.size("deno.json") is not None:
        return None
    return Claim(confidence=LIKELY, rule="node.claim.entry", file=entry, line=1)


def _offered(manifest: Manifest) -> str | None:
    """The key by which a package offers itself, None when it does not.

    `main` alone is what `npm init` writes for everybody, so it needs the words of a published package beside it.
    """
    if manifest.document.get("private"):
        return None
    offered = next((key for key in _PUBLISHED if manifest.document.get(key)), None)
    told = manifest.text("main") and manifest.document.get("keywords") and manifest.document.get("repository")
    return offered or ("main" if told else None)


def _starts(manifest: Manifest) -> bool:
    return any(manifest.scripts.get(name) for name in _MAY_NOT_SERVE)


def _runs_on_a_framework(manifest: Manifest) -> bool:
    """Whether a framework is its own dependency; one among the peers is the host of a plug-in."""
    peers = manifest.document.get("peerDependencies")
    hosts = peers if isinstance(peers, dict) else {}
    return any(
        one.kind in APPLICATION_KINDS and package not in hosts for one, package in frameworks(manifest)
    )


def _main(found: tuple[tuple[Framework, str], ...]) -> Framework | None:
    """The framework that decides build and start: a meta framework or site generator, else a server, else a bundler."""
    kinds = ("meta", "site", "server", "bundler")
    ranked = sorted((one for one, _ in found), key=lambda one: kinds.index(one.kind))
    return ranked[0] if ranked else None


def _framework(tree: Tree, found: tuple[tuple[Framework, str], ...]) -> Iterator[Fact]:
    main = _main(found)
    for one, package in found:
        if one is main and one.name not in {"webpack", "rollup", "esbuild", "rsbuild", "socket.io"}:
            yield Fact(
                name="framework",
                value=one.name,
                rule="node.framework.dependency",
                confidence=STRONG,
                file=PATH,
                line=dependency_line(tree, package),
            )


def _without_framework(tree: Tree, manifest: Manifest, paths: tuple[str, ...]) -> Fact:
    """No framework: a page is static unless a program listens or a script starts one."""
    start = manifest.scripts.get("start", "")
    page = tree.size("index.html") is not None
    hit = sources.listening(tree, paths)
    files_only = page and hit is None and (not start or serves_files_only(start))
    place = (hit.file, hit.line) if hit else (PATH, 1)
    return Fact(
        name="static",
        value=files_only,
        rule="node.static.program",
        confidence=LIKELY,
        file=place[0],
        line=place[1],
    )
