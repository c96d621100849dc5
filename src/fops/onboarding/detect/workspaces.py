"""Declared monorepos: which folders are members, in the words of every tool that declares them.

Sources: npm, Yarn and Bun `workspaces`; pnpm-workspace.yaml; Lerna; Rush; Nx `project.json`; Deno `workspace`; go.work
(go.dev/ref/mod); Maven `<modules>`; Gradle `include`; uv and Cargo `members`; pub `workspace`; Elixir umbrellas. A
pattern counts for folders that hold the tool's manifest, as the tools do it; `!pattern` takes away.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from fops.onboarding.detect.evidence import key_line, read_json, read_toml, read_yaml
from fops.onboarding.detect.files.values import items, nested
from fops.onboarding.model import CERTAIN, Fact
from fops.onboarding.ports import Tree

_MOST_MEMBERS = 200  # folders; more is a registry, not a repository to deploy
_LANGUAGES = {
    "go": "go",
    "maven": "java",
    "gradle": "java",
    "uv": "python",
    "cargo": "rust",
    "deno": "deno",
    "pub": "dart",
    "mix": "elixir",
}
_USE = re.compile(r"^\s*use\s+(?:\(([^)]*)\)|(\S+))", re.MULTILINE)
_MODULE = re.compile(r"<module>\s*([^<\s]+)\s*</module>")
_INCLUDE = re.compile(r"^\s*include\s*\(?((?:\s*['\"][^'\"]+['\"]\s*,?)+)", re.MULTILINE)
_PROJECT_DIR = re.compile(
    r"project\(\s*['\"](:[^'\"]+)['\"]\s*\)\.projectDir\s*=\s*(?:new\s+File|file)\s*\([^'\")]*['\"]([^'\"]+)['\"]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Member folders, sorted, and where they are declared."""

    members: tuple[str, ...]
    file: str
    line: int | None
    tool: str

    @property
    def language(self) -> str:
        """The language whose tool declares it: what the root is where it has no program of its own."""
        return _LANGUAGES.get(self.tool, "node")

    def fact(self) -> Fact:
        """The fact `workspaces` of the root."""
        rule = f"workspaces.{self.tool}"
        return Fact(
            name="workspaces",
            value=list(self.members),
            rule=rule,
            confidence=CERTAIN,
            file=self.file,
            line=self.line,
        )


def declared(tree: Tree) -> Workspace | None:
    """The first declaration that has a member, None for a repository that declares none."""
    return next((found for found in _declarations(tree) if found.members), None)


def _declarations(tree: Tree) -> Iterator[Workspace]:
    yield from _patterns(tree)
    yield from _go(tree)
    yield from _maven(tree)
    yield from _gradle(tree)
    yield from _rush(tree)
    yield from _nx(tree)


# File, keys of the pattern list, keys of an exclusion list, the manifest that makes a folder a member, the tool.
_LISTS: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str, str], ...] = (
    ("pnpm-workspace.yaml", ("packages",), (), "package.json", "pnpm"),
    ("package.json", ("workspaces",), (), "package.json", "npm"),
    ("package.json", ("workspaces", "packages"), (), "package.json", "npm"),
    ("lerna.json", ("packages",), (), "package.json", "lerna"),
    (
        "pyproject.toml",
        ("tool", "uv", "workspace", "members"),
        ("tool", "uv", "workspace", "exclude"),
        "pyproject.toml",
        "uv",
    ),
    ("Cargo.toml", ("workspace", "members"), ("workspace", "exclude"), "Cargo.toml", "cargo"),
    ("deno.json", ("workspace",), (), "deno.json", "deno"),
    ("pubspec.yaml", ("workspace",), (), "pubspec.yaml", "pub"),
)


def _patterns(tree: Tree) -> Iterator[Workspace]:
    for path, keys, exclusion, manifest, tool in _LISTS:
        content = _read(tree, path)
        patterns = _texts(nested(content, *keys))
        if patterns:
            without = [f"!{pattern}" for pattern in _texts(nested(content, *exclusion))] if exclusion else []
            members = _matching(_folders(tree, manifest), [*patterns, *without])
            yield _workspace(tree, path, members, *keys, tool=tool)
    if tree.read("mix.exs") and re.search(r"\bapps_path:", tree.read("mix.exs") or ""):
        yield _workspace(
            tree, "mix.exs", _matching(_folders(tree, "mix.exs"), ["apps/*"]), "apps_path", tool="mix"
        )


def _workspace(tree: Tree, path: str, members: list[str], *keys: str, tool: str) -> Workspace:
    chosen = tuple(sorted(set(members) - {"."}))[:_MOST_MEMBERS]
    return Workspace(members=chosen, file=path, line=key_line(tree, path, *keys) if keys else 1, tool=tool)


def _read(tree: Tree, path: str) -> Any:
    reader = {"json": read_json, "toml": read_toml}.get(path.rpartition(".")[2], read_yaml)
    return reader(tree, path)


def _texts(value: Any) -> list[str]:
    return [one for one in items(value) if isinstance(one, str)]


def _folders(tree: Tree, manifest: str) -> list[str]:
    ending = f"/{manifest}"
    return [path.removesuffix(ending) for path in tree.files if path.endswith(ending)]


def _matching(folders: list[str], patterns: list[str]) -> list[str]:
    wanted = [_clean(pattern) for pattern in patterns if not pattern.startswith("!")]
    unwanted = [_clean(pattern[1:]) for pattern in patterns if pattern.startswith("!")]
    return [one for one in folders if _any(one, wanted) and not _any(one, unwanted)]


def _clean(pattern: str) -> str:
    return posixpath.normpath(pattern.strip() or ".")


def _any(folder: str, patterns: list[str]) -> bool:
    return any(_is(folder.split("/"), pattern.split("/")) for pattern in patterns)


def _is(folder: list[str], pattern: list[str]) -> bool:
    """Glob by path segment: `*` is one folder, `**` any number of them."""
    if not pattern or not folder:
        return not folder and all(part == "**" for part in pattern)
    if pattern[0] == "**":
        return _is(folder, pattern[1:]) or _is(folder[1:], pattern)
    return fnmatchcase(folder[0], pattern[0]) and _is(folder[1:], pattern[1:])


def _go(tree: Tree) -> Iterator[Workspace]:
    text = re.sub(r"//.*", "", tree.read("go.work") or "")
    named = [name for block, single in _USE.findall(text) for name in (block or single).split()]
    if named:
        present = set(_folders(tree, "go.mod"))
        members = [folder for name in named if (folder := posixpath.normpath(name.strip('"'))) in present]
        found = _USE.search(text)
        yield Workspace(
            members=tuple(sorted(members)),
            file="go.work",
            line=text.count("\n", 0, found.start(0)) + 1 if found else None,
            tool="go",
        )


def _maven(tree: Tree) -> Iterator[Workspace]:
    text = re.sub(r"<!--.*?-->", "", tree.read("pom.xml") or "", flags=re.DOTALL)
    members = [name.strip("/") for name in _MODULE.findall(text)]
    if members:
        line = _line(tree.read("pom.xml") or "", "<module>")
        yield Workspace(members=tuple(sorted(set(members))), file="pom.xml", line=line, tool="maven")


def _gradle(tree: Tree) -> Iterator[Workspace]:
    for path in ("settings.gradle", "settings.gradle.kts"):
        text = tree.read(path) or ""
        names = [
            name for group in _INCLUDE.findall(text) for name in re.findall(r"['\"]([^'\"]+)['\"]", group)
        ]
        moved = dict(_PROJECT_DIR.findall(text))
        folders = [moved.get(f":{name.lstrip(':')}") or name.strip(":").replace(":", "/") for name in names]
        present = [folder for folder in folders if any(file.startswith(f"{folder}/") for file in tree.files)]
        if present:
            yield Workspace(
                members=tuple(sorted(set(present))), file=path, line=_line(text, "include"), tool="gradle"
            )


def _rush(tree: Tree) -> Iterator[Workspace]:
    projects = items(nested(read_json(tree, "rush.json"), "projects"))
    folders = [folder for one in projects if isinstance(folder := nested(one, "projectFolder"), str)]
    yield _workspace(
        tree, "rush.json", _matching(_folders(tree, "package.json"), folders), "projects", tool="rush"
    )


def _nx(tree: Tree) -> Iterator[Workspace]:
    """Nx infers projects from their own manifests; without package manager workspaces every one counts."""
    if tree.read("nx.json") is not None:
        members = [*_folders(tree, "project.json"), *_folders(tree, "package.json")]
        yield _workspace(tree, "nx.json", members, tool="nx")


def _line(text: str, word: str) -> int | None:
    return text.count("\n", 0, text.index(word)) + 1 if word in text else None
