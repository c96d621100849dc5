"""Install, build, start, test and lint: scripts as the tool runs them, else what the framework documents.

A start script that runs a development server (`vite`, `ng serve`, `next dev`, `nodemon` …) is no production command where
a better one is known.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from fops.onboarding.detect.evidence import matching
from fops.onboarding.detect.languages.node import sources
from fops.onboarding.detect.languages.node.frameworks import Framework, pages_folder
from fops.onboarding.detect.languages.node.install import install
from fops.onboarding.detect.languages.node.manifest import PATH, Manifest, dependency_line, line
from fops.onboarding.model import LIKELY, STRONG, WEAK, Fact
from fops.onboarding.ports import Tree

_DEVELOPMENT = re.compile(
    r"\b(?:next|nuxt|nuxi|astro|remix|blitz|rw|solid-start|vinxi|mastra|strapi|xmcp|wrangler|shopify hydrogen)\s+dev(?:elop)?\b|\bvite\s*(?:$|&|dev|serve|--)|"
    r"\bng\s+serve\b|\breact-scripts\s+start\b|\bvue-cli-service\s+serve\b|\bwebpack(?:-dev-server|\s+serve)\b|\bparcel\s+(?!build)|"
    r"\bgatsby\s+develop\b|\bember\s+s(?:erve)?\b|\b(?:vuepress|vitepress)\s+dev\b|\bnodemon\b|\bionic\s+serve\b|\bexpo\s+start\b|"
    r"\bts-node-dev\b|\btsx\s+watch\b|\bnode\s+--watch\b|\bbun\s+--(?:hot|watch)\b|\beleventy\s+--serve\b|\bhexo\s+server\b|\bsanity\s+dev\b|"
    r"\bdocusaurus\s+start\b|\bumi\s+dev\b|\bpreact\s+watch\b|\bnest\s+start\s+--watch\b|\bbrunch\s+watch\b|\bpolymer\s+serve\b|\bgulp\b|\bstencil\s+build\s+--dev\b|"
    r"\brsbuild\s+dev\b|\blive-server\b|\bredwood\s+dev\b|\bnx\s+(?:run\s+[\w@/-]+:)?serve\b|\bturbo\s+(?:run\s+)?dev\b"
)
# Commands that start what a framework builds for Node, and those that only show it.
_OF_A_FRAMEWORK = re.compile(r"\b(?:nuxi|nuxt|react-router-serve|remix-serve|vinxi)\b|\.output/server/")
_PREVIEWS = re.compile(r"\b(?:astro|nuxi|nuxt|vite)\s+preview\b")
_FILES_ONLY = re.compile(
    r"(?:^|&&\s*|\bnpx\s+)(?:serve|http-server|vite\s+preview|gatsby\s+serve|astro\s+preview|docusaurus\s+serve|sirv)\b"
)
_NO_TEST = re.compile(r"no test specified|--watch(?:All)?(?![\w=-])|^\s*(?:exit\s+[01]|true|:)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What the other modules settled: the tool, the framework that counts, whether files alone come out, or functions."""

    manifest: Manifest
    tool: str
    framework: Framework | None
    static: bool
    elsewhere: bool = False


def for_development(command: str) -> bool:
    """Whether a command runs a development server."""
    return bool(_DEVELOPMENT.search(command))


def serves_files_only(command: str) -> bool:
    """Whether a command serves what a build wrote and nothing else."""
    return bool(_FILES_ONLY.search(command))


def commands(tree: Tree, project: Project) -> Iterator[Fact]:
    """Every command fact."""
    yield from install(tree, project.manifest, project.tool)
    yield from _build(tree, project)
    yield from start(tree, project)
    for name, scripts in (
        ("test_command", ("test:ci", "test", "test:unit")),
        ("lint_command", ("lint:ci", "lint")),
    ):
        script = next((one for one in scripts if _is_real(project.manifest.scripts.get(one, ""))), None)
        if script:
            yield Fact(
                name=name,
                value=f"{run(project.tool, script)}{_once(project, script)}",
                rule="node.script",
                confidence=STRONG,
                file=PATH,
                line=line(tree, "scripts", script),
            )


def run(tool: str, script: str) -> str:
    """How a tool runs a script: `npm run build`, and the short form where it has one."""
    short = script in {"start", "test"} and tool in {"npm", "pnpm", "yarn"}
    if short or tool == "yarn":
        return f"{tool} {script}"
    return f"{tool} run {script}"


def run_by(command: str, tool: str) -> str:
    """A command as another tool runs it: `npm run build` is `bun run build` where Bun installs."""
    return " && ".join(_run_by(part, tool) for part in command.split(" && "))


def _run_by(command: str, tool: str) -> str:
    script = re.fullmatch(r"(\w+=\w+ )?(?:npm|pnpm|yarn|bun) (?:run )?([\w:.-]+)", command)
    if script:
        return f"{script[1] or ''}{run(tool, script[2])}"
    return re.sub(r"\A(\w+=\w+ )?(?:npx|pnpm exec|bunx) ", rf"\g<1>{runner(tool)} ", command)


def _is_real(text: str) -> bool:
    return bool(text.strip()) and not _NO_TEST.search(text)


def _once(project: Project, script: str) -> str:
    """Angular's tests watch for changes and open a window unless told otherwise; without an end no pipeline ends."""
    if not re.fullmatch(r"ng test", project.manifest.scripts[script].strip()):
        return ""
    browser = " --browsers=ChromeHeadless" if project.manifest.has("karma") else ""
    return f"{' --' if project.tool == 'npm' else ''} --watch=false{browser}"


def _build(tree: Tree, project: Project) -> Iterator[Fact]:
    scripts = project.manifest.scripts
    script = next(
        (
            name
            for name in ("build", "build:prod", "build:production", "generate", "heroku-postbuild")
            if scripts.get(name, "").strip()
        ),
        None,
    )
    first = _generates(tree, project)
    if script:
        value = f"{_target(project)}{run(project.tool, script)}"
        yield Fact(name="build_command", value=f"{first} && {value}" if first else value, rule="node.build.script",
                   confidence=STRONG, file=PATH, line=line(tree, "scripts", script))  # fmt: skip
    elif project.framework and project.framework.build:
        folder = pages_folder(tree, project.framework)
        where = f" {shlex.quote(folder)}" if folder else ""
        value = f"{_target(project)}{runner(project.tool)} {project.framework.build}{where}"
        yield Fact(
            name="build_command",
            value=f"{first} && {value}" if first else value,
            rule="node.build.framework",
            confidence=LIKELY,
            file=PATH,
            line=1,
        )
    elif first:
        yield Fact(
            name="build_command",
            value=first,
            rule="node.build.prisma",
            confidence=LIKELY,
            file=PATH,
            line=dependency_line(tree, "prisma"),
        )


def _generates(tree: Tree, project: Project) -> str:
    """What writes Prisma's client where no script does: pnpm and Prisma 7 leave it to the build."""
    manifest = project.manifest
    schema = any(path == "schema.prisma" or path.startswith("prisma/") for path in matching(tree, "*.prisma"))
    said = any("prisma generate" in text for text in manifest.scripts.values())
    return f"{runner(project.tool)} prisma generate" if schema and manifest.has("prisma") and not said else ""


def _target(project: Project) -> str:
    """SvelteKit's adapter-auto builds for the platform it finds itself on; by this variable for one that runs Node."""
    auto = project.manifest.has("@sveltejs/adapter-auto") and not project.static
    return "GCP_BUILDPACKS=true " if auto else ""


def runner(tool: str) -> str:
    """How a tool runs the program of a package: `npx`, `pnpm exec`."""
    return {"npm": "npx", "pnpm": "pnpm exec", "yarn": "yarn", "bun": "bunx"}[tool]


def start(tree: Tree, project: Project) -> Iterator[Fact]:
    """The production start command; none where only files are served and no script serves them."""
    yield from _start_scripts(tree, project)
    if project.static or project.elsewhere:
        return
    if project.framework and project.framework.start:
        value = _documented_start(tree, project.manifest, project.framework)
        value = value if value.startswith("node ") else f"{runner(project.tool)} {value}"
        yield Fact(
            name="start_command",
            value=value,
            rule=f"node.start.{project.framework.name}",
            confidence=LIKELY,
            file=PATH,
            line=1,
        )
    main = project.manifest.text("main")
    file = sources.entry(tree, main=main)
    if file:
        place = (PATH, line(tree, "main")) if main else (file, 1)
        yield Fact(name="start_command", value=_program(tree, project, file), rule="node.start.entry", confidence=LIKELY - 0.1,
                   file=place[0], line=place[1])  # fmt: skip


def _documented_start(tree: Tree, manifest: Manifest, framework: Framework) -> str:
    """What the framework says; TanStack Start without Nitro writes a fetch handler, which srvx serves."""
    nitro = any(
        manifest.has(name) for name in ("nitro", "nitropack", "vinxi", "@tanstack/nitro-v2-vite-plugin")
    )
    if framework.name == "tanstack-start" and not nitro and tree.size("app.config.ts") is None:
        return "srvx --prod -s ../client dist/server/server.js"
    return framework.start


def _start_scripts(tree: Tree, project: Project) -> Iterator[Fact]:
    rendering = next((name for name in project.manifest.scripts if name.startswith("serve:ssr")), "serve:ssr")
    for script, confidence in (
        ("start:prod", 0.95),
        ("start:production", 0.95),
        (rendering, 0.95),  # the name Angular's generator gives the server's script
        ("start", STRONG),
        ("serve", 0.5),
        ("preview", WEAK),
    ):
        text = project.manifest.scripts.get(script, "").strip()
        if not text or (project.static and (for_development(text) or script != "start")):
            continue
        if project.elsewhere and (for_development(text) or _PREVIEWS.search(text)):
            continue
        if script in {"serve", "preview"} and (
            for_development(text) or serves_files_only(text) or project.framework is not None
        ):
            continue
        yield from _settings_file(tree, script, text)
        doubted = for_development(text) or _is_of_the_build(tree, project, text)
        doubted = doubted or bool(project.elsewhere and _OF_A_FRAMEWORK.search(text))
        weight = WEAK if doubted else confidence
        yield Fact(name="start_command", value=run(project.tool, script), rule="node.start.script", confidence=weight,
                   file=PATH, line=line(tree, "scripts", script))  # fmt: skip


def _settings_file(tree: Tree, script: str, text: str) -> Iterator[Fact]:
    """The fact `settings_file`: what a start script reads variables from and the repository does not hold."""
    told = re.search(
        r"--env-file[= ]['\"]?(?P<node>[\w./-]+)|\benv-cmd\b(?:\s+-f\s+(?P<command>[\w./-]+))?", text
    )
    path = posixpath.normpath(told["node"] or told["command"] or ".env") if told else ""
    if path and not path.startswith(("..", "/")) and tree.size(path) is None:
        yield Fact(name="settings_file", value=path, rule="node.start.settings-file", confidence=LIKELY,
                   file=PATH, line=line(tree, "scripts", script))  # fmt: skip


def _is_of_the_build(tree: Tree, project: Project, text: str) -> bool:
    """Whether a script starts a program of the build's folder from there, and the framework says how from here."""
    found = re.fullmatch(r"node (?:\./)?([\w./-]{1,200})\.js", text)
    return (
        found is not None
        and project.framework is not None
        and project.framework.start.startswith("node ")
        and tree.size(f"{found[1]}.js") is None
        and tree.size(f"{found[1]}.ts") is not None
    )


def _program(tree: Tree, project: Project, path: str) -> str:
    file = shlex.quote(path)
    if project.tool == "bun":
        return f"bun run {file}"
    if path.endswith((".ts", ".mts", ".cts", ".tsx")):
        return (
            f"npx tsx {file}" if project.manifest.has("tsx") else f"node {shlex.quote(_compiled(tree, path))}"
        )
    return f"node {file}"


def _compiled(tree: Tree, file: str) -> str:
    """Where `tsc` writes a source file: `outDir` of tsconfig.json, with `rootDir` (usually `src`) left out."""
    text = tree.read("tsconfig.json") or ""
    found = re.search(r'^[ \t]*"outDir"\s*:\s*"(?:\./)?([^"]+?)/?"', text, re.MULTILINE)
    if found is None:
        return file
    compiled = re.sub(r"[.]([cm]?)tsx?$", r".\1js", file.removeprefix("src/"))
    return f"{found[1]}/{compiled}"
