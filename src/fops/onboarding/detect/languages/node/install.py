"""How the dependencies are installed, and whether that needs more of the repository than its manifests.

Sources: each tool's own words for an install that follows its lock; npm's documentation of install scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.detect.languages.node.manifest import PATH, Manifest, dependency_line, line
from fops.onboarding.model import LIKELY, STRONG, Fact
from fops.onboarding.ports import Tree

_COMMANDS = {
    "npm": ("npm ci", ("package-lock.json", "npm-shrinkwrap.json"), "npm install"),
    "pnpm": ("pnpm install --frozen-lockfile", ("pnpm-lock.yaml",), "pnpm install"),
    "yarn": ("yarn install --frozen-lockfile", ("yarn.lock",), "yarn install"),
    "bun": ("bun install --frozen-lockfile", ("bun.lock", "bun.lockb"), "bun install"),
}
_INSTALL_SCRIPTS = (
    "preinstall",
    "install",
    "postinstall",
    "prepublish",
    "preprepare",
    "prepare",
    "postprepare",
)
# Install scripts that need nothing but the manifests, or what is copied with them: hooks of git, Prisma, patches.
_NEEDS_NO_PROGRAM = re.compile(
    r"(?:npx (?:-y |--yes )?)?(?:husky(?: install)?|simple-git-hooks|lefthook install|is-ci|only-allow \w+|prisma generate|patch-package|"
    r"nuxt (?:prepare|telemetry disable)|nuxi prepare|ngcc\b.*|electron-builder install-app-deps|exit 0|true|echo\b.*|:)"
)


_STARTS = ("prestart", "start", "prestart:prod", "start:prod", "start:production")
_RUN = re.compile(r"\b(?:npm run|yarn(?: run)?|pnpm(?: run)?|bun run|run-[sp]|npm-run-all)\s+([\w:.-]+)")
_WORD = re.compile(r"[\w@/.:-]+")
# Programs that have another name than their package.
_PROGRAMS = {
    "@nestjs/cli": "nest", "@remix-run/serve": "remix-serve", "@react-router/serve": "react-router-serve", "@vue/cli-service": "vue-cli-service",
    "@angular/cli": "ng", "dotenv-cli": "dotenv", "npm-run-all": "run-s", "typescript": "tsc", "@dotenvx/dotenvx": "dotenvx",
}  # fmt: skip


def install(tree: Tree, manifest: Manifest, tool: str) -> Iterator[Fact]:
    """The facts `install_command`, `install_reads_program` and `start_needs_development`."""
    yield from _command(tree, manifest, tool)
    yield from _reads_program(tree, manifest)
    yield from _needs_development(tree, manifest)


def _command(tree: Tree, manifest: Manifest, tool: str) -> Iterator[Fact]:
    frozen, locks, loose = _COMMANDS[tool]
    lock = next((path for path in locks if tree.size(path) is not None), None)
    if tool == "yarn" and _is_berry(tree, manifest):
        frozen = "yarn install --immutable"
    yield Fact(
        name="install_command",
        value=frozen if lock else loose,
        rule="node.install",
        confidence=STRONG,
        file=lock or PATH,
        line=1,
    )


def _reads_program(tree: Tree, manifest: Manifest) -> Iterator[Fact]:
    """The fact `install_reads_program`: a script of the install, or a dependency of a folder, needs more than manifests."""
    parts = {
        name: re.split(r"\s*(?:&&|\|\||;)\s*", manifest.scripts.get(name, "").strip())
        for name in _INSTALL_SCRIPTS
    }
    script = next(
        (
            name
            for name, commands in parts.items()
            if any(one and not _NEEDS_NO_PROGRAM.fullmatch(one) for one in commands)
        ),
        None,
    )
    local = re.compile(r"(?:file|link|portal):|\.{1,2}/")
    folder = next((name for name, told in (*manifest.runtime.items(), *manifest.development.items())
                   if local.match(told)), None)  # fmt: skip
    if script or folder:
        place = line(tree, "scripts", script) if script else dependency_line(tree, str(folder))
        yield Fact(name="install_reads_program", value=True, rule="node.install.script" if script else "node.install.folder",
                   confidence=LIKELY, file=PATH, line=place)  # fmt: skip


def _is_berry(tree: Tree, manifest: Manifest) -> bool:
    """Whether Yarn is 2 or newer: its lock file opens with `__metadata`, and it renamed the flag."""
    told = re.match(r"yarn@(\d{1,3})", manifest.text("packageManager") or "")
    if told:
        return int(told[1]) > 1
    return tree.size(".yarnrc.yml") is not None or "__metadata:" in (tree.read("yarn.lock") or "")[:400]


def _needs_development(tree: Tree, manifest: Manifest) -> Iterator[Fact]:
    """The fact `start_needs_development`: a start script calls a tool that only `devDependencies` name."""
    only = {
        _PROGRAMS.get(name, name.rpartition("/")[2] if name.startswith("@") else name): name
        for name in manifest.development
        if name not in manifest.runtime and not name.startswith("@types/")
    }
    for script in _STARTS:
        words = {word.partition("/")[0] for word in _WORD.findall(_with_scripts_it_runs(manifest, script))}
        package = next((only[word] for word in only if word in words), None)
        if package:
            yield Fact(name="start_needs_development", value=package, rule="node.start.needs-development",
                       confidence=LIKELY, file=PATH, line=line(tree, "scripts", script))  # fmt: skip
            return


def _with_scripts_it_runs(manifest: Manifest, script: str) -> str:
    """The text of a script and of those it runs, two deep."""
    text = manifest.scripts.get(script, "")
    for _ in range(2):
        text = " ".join([text, *(manifest.scripts.get(name, "") for name in _RUN.findall(text))])
    return text
