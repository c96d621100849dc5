"""Whether a build gives only files to serve, the folder it writes them to, and the variables it writes into them.

Meta frameworks say it in their configuration (`output: 'export'`, adapters, `ssr: false`, prerender scripts); site generators
give files unless a server adapter is set; bundlers give files unless a server program stands beside them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fops.onboarding.detect.evidence import Hit, key_line, matching, read_json
from fops.onboarding.detect.files.environment import is_inlined
from fops.onboarding.detect.files.values import nested
from fops.onboarding.detect.languages.code import code_hits, environment
from fops.onboarding.detect.languages.node.commands import for_development, serves_files_only
from fops.onboarding.detect.languages.node.frameworks import Framework, pages_folder
from fops.onboarding.detect.languages.node.manifest import PATH, Manifest
from fops.onboarding.detect.languages.node.sources import pages
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, Fact
from fops.onboarding.ports import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A pattern in configuration files that makes a framework's build static, or not."""

    files: tuple[str, ...]
    pattern: str
    static: bool


def _setting(files: str, pattern: str, *, static: bool) -> Setting:
    return Setting(files=tuple(files.split()), pattern=pattern, static=static)


SETTINGS: dict[str, tuple[Setting, ...]] = {
    "next": (_setting("next.config.*", r"output\s*:\s*['\"]export['\"]", static=True),),
    "nuxt": (
        _setting("nuxt.config.*", r"\bssr\s*:\s*false|target\s*:\s*['\"]static['\"]|preset\s*:\s*['\"](?:static|github-pages)['\"]", static=True),
    ),
    "astro": (
        _setting("astro.config.*", r"output\s*:\s*['\"](?:server|hybrid)['\"]|adapter\s*:\s*\w+", static=False),
    ),
    "sveltekit": (
        _setting("svelte.config.*", r"adapter-static", static=True),
    ),
    "react-router": (_setting("react-router.config.*", r"\bssr\s*:\s*false", static=True),),
    "remix": (_setting("vite.config.*", r"\bssr\s*:\s*false", static=True),),
    "solidstart": (_setting("app.config.*", r"\bssr\s*:\s*false|preset\s*:\s*['\"]static['\"]", static=True),),
    "tanstack-start": (_setting("app.config.* vite.config.*", r"preset\s*:\s*['\"]static['\"]|\bspa\s*:\s*\{\s*enabled\s*:\s*true", static=True),),
    "angular": (_setting("angular.json", r'"outputMode"\s*:\s*"static"', static=True), _setting("angular.json", r'"ssr"\s*:\s*(?:true|\{)|"server"\s*:\s*"src/main\.server', static=False)),
    "vite": (_setting("vite.config.*", r"vite-plugin-ssr|vike|@hono/vite-build|\bnitro\s*\(", static=False),),
}  # fmt: skip
_BUILD_ENV = re.compile(
    r"\b(?:import\.meta|process)\.env(?:\.|\[\s*['\"])(?P<name>[A-Z][A-Z0-9_]+)(?:['\"]\s*\])?"
    r"(?:\s*(?:\|\||\?\?)\s*(?P<quote>['\"])(?P<default>(?:(?!(?P=quote))[^\n]){0,200})(?P=quote))?"
)
_OF_VITE = re.compile(r"import\.meta\.env\W+(?:VITE|PUBLIC)_")
_OF_SVELTE = re.compile(
    r"\b(?P<name>PUBLIC_[A-Z0-9_]+)(?=[^{}]{0,300}\}\s*from\s*['\"]\$env/static/public['\"])"
)
_REVALIDATES = re.compile(
    r"\bexport\s+const\s+revalidate\s*=\s*[1-9]|\brevalidate\s*:\s*[1-9]|\brevalidate(?:Path|Tag)\s*\("
)
_KEPT_ELSEWHERE = re.compile(
    r"\bisrFlushToDisk\s*:\s*false|\b(?:incrementalCacheHandlerPath|cacheHandlers?)\s*:"
)
_STATIC_PACKAGES = {"sveltekit": "@sveltejs/adapter-static"}
_OUTPUTS = {
    "vite": (("vite.config.*",), r"outDir\s*:\s*['\"](?:\./)?([^'\"]+)['\"]"),
    "astro": (("astro.config.*",), r"outDir\s*:\s*['\"](?:\./)?([^'\"]+)['\"]"),
    "next": (("next.config.*",), r"distDir\s*:\s*['\"]([^'\"]+)['\"]"),
    "eleventy": ((".eleventy.*", "eleventy.config.*"), r"output\s*:\s*['\"]([^'\"]+)['\"]"),
    "vue-cli": (("vue.config.*",), r"outputDir\s*:\s*['\"]([^'\"]+)['\"]"),
    "webpack": (
        ("webpack.config.*", "webpack.prod.*"),
        r"path\.(?:resolve|join)\(\s*__dirname\s*,\s*['\"](?:\./)?([^'\"]+)['\"]",
    ),
}


def static(
    tree: Tree, manifest: Manifest, framework: Framework | None, server: Framework | None
) -> Iterator[Fact]:
    """The fact `static`: True when only files come out."""
    if framework is None:
        return
    hit = _configured(tree, framework)
    if hit:
        yield Fact(
            name="static",
            value=hit[0],
            rule=f"node.static.{framework.name}-configuration",
            confidence=CERTAIN,
            file=hit[1],
            line=hit[2],
        )
        return
    value, confidence = _by_kind(tree, manifest, framework, server)
    yield Fact(
        name="static",
        value=value,
        rule=f"node.static.{framework.kind}",
        confidence=confidence,
        file=PATH,
        line=1,
    )


def _configured(tree: Tree, framework: Framework) -> tuple[bool, str, int] | None:
    for setting in SETTINGS.get(framework.name, ()):
        hit = _set(tree, setting.pattern, setting.files)
        if hit:
            return setting.static, hit.file, hit.line
    return None


def _set(tree: Tree, pattern: str, files: tuple[str, ...]) -> Hit | None:
    """The first match that is no comment: starters ship their options commented out."""
    return next(code_hits(tree, re.compile(pattern), matching(tree, *files)), None)


def _by_kind(
    tree: Tree, manifest: Manifest, framework: Framework, server: Framework | None
) -> tuple[bool, float]:
    scripts = manifest.scripts
    start = scripts.get("start", "") or scripts.get("start:prod", "")
    if framework.kind in {"server", "meta"}:
        generates = re.search(r"\bnuxt(?:i)?\s+generate\b|\bnext\s+export\b", scripts.get("build", ""))
        return bool(generates), STRONG if generates else LIKELY
    if server is not None or _starts_program(start):
        return False, LIKELY
    if framework.name == "webpack" and not any(path.endswith(".html") for path in tree.files):
        return False, LIKELY
    return True, STRONG


def _starts_program(start: str) -> bool:
    """Whether the start script runs a program of its own, not a development or file server."""
    return bool(
        re.search(r"\b(?:node|bun|tsx|ts-node|deno)\s+(?!.*\b(?:serve|http-server)\b)\S", start)
    ) and not (for_development(start) or serves_files_only(start))


def output(tree: Tree, framework: Framework | None) -> Iterator[Fact]:
    """The folder a static build writes: from the configuration, else the framework's default; a page's own without one."""
    if framework is None:
        yield Fact(name="output_folder", value=".", rule="node.output.page",
                   confidence=LIKELY, file="index.html", line=1)  # fmt: skip
        return
    found = _angular_output(tree) if framework.name == "angular" else _configured_output(tree, framework)
    if found:
        yield Fact(
            name="output_folder",
            value=found[0],
            rule="node.output.configuration",
            confidence=STRONG,
            file=found[1],
            line=found[2],
        )
    yield Fact(name="output_folder", value=_default_output(tree, framework),
               rule=f"node.output.{framework.name}", confidence=LIKELY, file=PATH, line=1)  # fmt: skip


_STANDALONE = re.compile(r"output\s*:\s*['\"]standalone['\"]")
_STARTS_NEXT = re.compile(
    r"(?:\w+=\S+ )*(?:cross-env (?:\w+=\S+ )*)?next start(?: (?:-p|--port|-H|--hostname)[ =]\S+)*"
)


def server_output(tree: Tree, manifest: Manifest, framework: Framework) -> Iterator[Fact]:
    """The folder of a server that a build gathers whole: Next's `standalone`, where nothing else starts it."""
    start = manifest.scripts.get("start", "").strip()
    hit = next(code_hits(tree, _STANDALONE, matching(tree, "next.config.*")), None)
    if hit and framework.name == "next" and (not start or _STARTS_NEXT.fullmatch(start)):
        yield Fact(name="output_folder", value=".next/standalone", rule="node.output.standalone",
                   confidence=STRONG, file=hit.file, line=hit.line)  # fmt: skip


def _configured_output(tree: Tree, framework: Framework) -> tuple[str, str, int | None] | None:
    files, pattern = _OUTPUTS.get(framework.name, ((), ""))
    hit = _set(tree, pattern, files) if files else None
    return (hit.match[1].strip("/"), hit.file, hit.line) if hit else None


def _default_output(tree: Tree, framework: Framework) -> str:
    folder = pages_folder(tree, framework)
    return framework.output if folder is None else posixpath.normpath(f"{folder}/.{framework.name}/dist")


def _angular_output(tree: Tree) -> tuple[str, str, int | None] | None:
    """The folder of the first application in angular.json.

    The application builder (Angular 17) writes what browsers get to `browser/` in it, or to the folder named in
    `outputPath`; by default it is `dist/PROJECT`.
    """
    projects = nested(read_json(tree, "angular.json"), "projects")
    apps = projects.items() if isinstance(projects, dict) else ()
    name, app = next((pair for pair in apps if nested(pair[1], "projectType") != "library"), ("", None))
    if not name:
        return None
    build = nested(app, "architect", "build") or nested(app, "targets", "build")
    told = nested(build, "options", "outputPath")
    base = told if isinstance(told, str) else nested(told, "base")
    below = nested(told, "browser")
    if not isinstance(below, str):
        below = "browser" if str(nested(build, "builder")).endswith(":application") else ""
    folder = posixpath.normpath(posixpath.join(base if isinstance(base, str) else f"dist/{name}", below))
    return folder, "angular.json", key_line(tree, "angular.json", "projects", name)


def build_env(tree: Tree, paths: Sequence[str]) -> Iterator[Fact]:
    """The fact `build_env`: the variables whose values the build writes into what browsers get."""
    files = pages(tree, paths)
    inlined = [
        hit
        for hit in code_hits(tree, _BUILD_ENV, files)
        if is_inlined(hit.match["name"]) or _OF_VITE.match(hit.match[0])
    ]
    found = [*inlined, *code_hits(tree, _OF_SVELTE, files)]
    yield from (replace(fact, name="build_env", rule="node.build-env") for fact in environment("node", found))


def revalidates(tree: Tree, paths: Sequence[str]) -> Iterator[Fact]:
    """The fact `revalidates`: Next.js makes pages again while it runs, and writes them beside those of the build.

    Not where its configuration keeps them in memory alone or hands them to a cache of its own: Next.js' guide "Self-hosting".
    """
    if next(code_hits(tree, _KEPT_ELSEWHERE, matching(tree, "next.config.*")), None):
        return
    if hit := next(code_hits(tree, _REVALIDATES, paths), None):
        yield Fact(name="revalidates", value=True, rule="node.next.revalidates",
                   confidence=LIKELY, file=hit.file, line=hit.line)  # fmt: skip
