"""build.gradle and build.gradle.kts, read as text: the statements people write, not what a script could compute.

Plugins, the Java level and the version may also stand in the root script, in convention plugins (`buildSrc`,
`build-logic`), in gradle.properties and in the version catalog.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fops.onboarding.detect.evidence import matching, read_toml
from fops.onboarding.detect.files.values import nested
from fops.onboarding.detect.languages.java.builds.archives import whole_archive, without_whole
from fops.onboarding.detect.languages.java.builds.module import Module, inside
from fops.onboarding.detect.languages.tool_versions import Pin
from fops.onboarding.ports import Tree

SETTINGS = ("settings.gradle", "settings.gradle.kts")
SCRIPTS = ("build.gradle", "build.gradle.kts")
MAX_MODULES = 60  # scripts read in one repository
MAX_SCRIPT = 100_000  # characters read of one script
_CATALOG = "gradle/libs.versions.toml"

_INCLUDE = re.compile(r"(?m)^[ \t]*include\b\s*\(?((?:\s*['\"][^'\"\n]+['\"]\s*,?)+)")
_PROJECT_DIR = re.compile(
    r"project\(\s*['\"]:?([^'\"]+)['\"]\s*\)\.projectDir\s*=\s*(?:new\s+File|file)\s*\([^'\")]*['\"]([^'\"]+)['\"]"
)
_QUOTED = re.compile(r"['\"]([^'\"\n]+)['\"]")
_PLUGIN = re.compile(
    r"(?m)\bid\s*\(?\s*['\"](?P<id>[\w.-]+)['\"]|\bapply\s*\(?\s*plugin\s*[:=]\s*['\"](?P<apply>[\w.-]+)['\"]|\balias\s*\(\s*libs\.plugins\.(?P<alias>[\w.]+)"
    r"|^[ \t]*`?(?P<bare>application|war|java-library|java|maven-publish)`?\s*$|\bkotlin\s*\(\s*['\"](?P<kotlin>[\w.-]+)['\"]\s*\)"
)
_COORDINATES = re.compile(
    r"['\"](?P<group>[\w.-]+):(?P<artifact>[\w.-]+)(?::[^'\"\n]*)?['\"]|\blibs\.(?!plugins\.|versions\.)(?P<alias>[a-zA-Z][\w.]*)"
)
_MAP_NOTATION = re.compile(
    r"group\s*[:=]\s*['\"](?P<group>[\w.-]+)['\"]\s*,\s*name\s*[:=]\s*['\"](?P<artifact>[\w.-]+)['\"]"
)
_TEST = re.compile(r"(?i)\btest\w*\s*[( '\"]|\w+Test\w*\s*[( ]|classpath\s*[( ]")
_MAIN = re.compile(r"\bmainClass(?:Name)?\s*(?:\.set\s*\(|=)?\s*\(?\s*['\"](?P<main>[\w.$]+)['\"]")
_MANIFEST = re.compile(r"['\"]?Main-Class['\"]?\s*\]?\s*(?::|=|\bto\b|,)\s*['\"](?P<main>[\w.$]+)['\"]")
_ARCHIVE = re.compile(r"\barchiveFileName(?:\.set\s*\(|\s*=)\s*['\"]([\w.-]+)\.[jw]ar['\"]")
_RENAMED = re.compile(
    r"\b(?:archiveBaseName|archivesBaseName|archivesName|archiveVersion|archiveFileName|archiveClassifier)\b"
)
_VERSION = re.compile(r"(?m)^version\s*=?\s*['\"]([\w.+-]+)['\"]")
_LEVELS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\blanguageVersion\s*(?:\.set\s*\(|=)\s*JavaLanguageVersion\.of\(\s*(?P<level>[\w.\"'()]+?)\s*\)(?:[\s)]|$)",
        r"\bjvmToolchain\s*\(\s*(?P<level>[\w.]+(?:\(\)[\w.]*)*)",
        r"\bjvmToolchain\s*\{\s*languageVersion[^\n]*?of\(\s*(?P<level>[\w.]+)",
        r"\boptions\.release\s*(?:\.set\s*\(|=)\s*(?P<level>[\w.]+)",
        r"\bsourceCompatibility\s*(?:\.set\s*\(|=)?\s*(?:JavaVersion\.toVersion\()?[\"']?(?P<level>[\w.]+)",
        r"\btargetCompatibility\s*(?:\.set\s*\(|=)?\s*(?:JavaVersion\.toVersion\()?[\"']?(?P<level>[\w.]+)",
        r"\bjvmTarget\s*(?:\.set\s*\(|=)\s*[\"']?(?P<level>[\w.]+)",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One script: its path and its text with comments blanked, lines kept."""

    file: str
    text: str

    def pin(self, value: str, found: re.Match[str]) -> Pin:
        """A value with the line of a match."""
        return Pin(value=value, file=self.file, line=self.text.count("\n", 0, found.start()) + 1)


def gradle_modules(tree: Tree) -> tuple[Module, ...]:
    """The module at the top and those that settings include and that are there."""
    settings = next((script for name in SETTINGS if (script := _script(tree, name))), None)
    shared = [script for path in _shared(tree) if (script := _script(tree, path))]
    folders = [".", *(_included(settings) if settings else ())]
    modules = (_module(tree, folder, shared, settings) for folder in dict.fromkeys(folders[:MAX_MODULES]))
    return tuple(module for module in modules if module)


def _included(settings: Script) -> Iterator[str]:
    moved = dict(_PROJECT_DIR.findall(settings.text))
    for group in _INCLUDE.findall(settings.text):
        for name in _QUOTED.findall(group):
            yield posixpath.normpath(moved.get(name.lstrip(":")) or name.strip(":").replace(":", "/"))


def _shared(tree: Tree) -> tuple[str, ...]:
    return (
        *SCRIPTS,
        *matching(
            tree,
            "buildSrc/*.gradle",
            "buildSrc/*.gradle.kts",
            "build-logic/*.gradle",
            "build-logic/*.gradle.kts",
            "gradle/*.gradle",
        )[:20],
    )


def _script(tree: Tree, path: str) -> Script | None:
    text = tree.read(path)
    return None if text is None else Script(file=path, text=_blank(text[:MAX_SCRIPT]))


def _blank(text: str) -> str:
    """Comments removed, lines kept; `//` inside an address is none."""
    text = re.sub(r"(?s)/\*(?:.*?\*/|.*)", lambda found: "\n" * found[0].count("\n"), text)
    return re.sub(r"(?m)(^|\s)//.*$", r"\1", text)


def _module(tree: Tree, folder: str, shared: list[Script], settings: Script | None) -> Module | None:
    own = next((script for name in SCRIPTS if (script := _script(tree, inside(folder, name)))), None)
    if own is None:
        return _empty_root(settings) if folder == "." and settings else None
    scripts = [own, *(script for script in shared if script.file != own.file)]
    plugins = tuple(_applied(tree, own, scripts[1:]))
    manifest, main = (next(_found(scripts[:1], pattern, "main"), None) for pattern in (_MANIFEST, _MAIN))
    return Module(
        tool="gradle",
        folder=folder,
        file=own.file,
        name=_name(settings, folder),
        packaging="war" if any(pin.value == "war" for pin in plugins) else "jar",
        archive=_archive(tree, own, folder, settings),
        whole_archive=_whole_archive(tree, own, folder, settings),
        dependencies=tuple(_dependencies(tree, own)),
        plugins=plugins,
        main_class=manifest or main,
        levels=tuple(_levels(tree, scripts)),
        runnable=manifest is not None,
    )


def _empty_root(settings: Script) -> Module:
    """A root with settings alone: it only holds the modules."""
    return Module(
        tool="gradle", folder=".", file=settings.file, name=_name(settings, "."), packaging="pom", archive=None, dependencies=(),
        plugins=(), main_class=None, levels=(), runnable=False,
    )  # fmt: skip


def _applied(tree: Tree, own: Script, shared: list[Script]) -> Iterator[Pin]:
    """The module's own plugins, what its convention plugins bring, and what the root applies to every module."""
    mine = list(_plugins(tree, own))
    yield from mine
    for script in shared:
        name = posixpath.basename(script.file).removesuffix(".kts").removesuffix(".gradle")
        everywhere = (
            re.search(r"\b(?:subprojects|allprojects)\b", script.text) if script.file in SCRIPTS else None
        )
        for pin in _plugins(tree, script):
            line = script.text.count("\n", 0, everywhere.start()) if everywhere else None
            if any(one.value == name for one in mine) or (
                line is not None and pin.line is not None and pin.line > line
            ):
                yield pin


def _name(settings: Script | None, folder: str) -> Pin | None:
    if folder != "." or settings is None:
        return None
    found = re.search(r"rootProject\.name\s*=\s*['\"]([^'\"\n]+)['\"]", settings.text)
    return settings.pin(found[1], found) if found else None


def _plugins(tree: Tree, script: Script) -> Iterator[Pin]:
    for found in _PLUGIN.finditer(script.text):
        line = script.text[found.start() : script.text.find("\n", found.end()) + 1 or None]
        if "apply false" not in line and "apply(false)" not in line:
            yield script.pin(_plugin_id(tree, found), found)


def _plugin_id(tree: Tree, found: re.Match[str]) -> str:
    if found["kotlin"]:
        return f"org.jetbrains.kotlin.{found['kotlin']}"
    if found["alias"]:
        return _catalogued(tree, "plugins", found["alias"]).partition(":")[0]
    return found["id"] or found["apply"] or found["bare"]


def _dependencies(tree: Tree, script: Script) -> Iterator[Pin]:
    for pattern in (_COORDINATES, _MAP_NOTATION):
        for found in pattern.finditer(script.text):
            start = script.text.rfind("\n", 0, found.start()) + 1
            if not _TEST.search(script.text[max(start, found.start() - 200) : found.start()]):
                alias = found.groupdict().get("alias")
                name = (
                    _catalogued(tree, "libraries", alias)
                    if alias
                    else f"{found['group']}:{found['artifact']}"
                )
                yield script.pin(name, found)


def _catalogued(tree: Tree, table: str, alias: str) -> str:
    """What the version catalog means by `libs.spring.boot.web`; the alias itself where it is not there."""
    entries = nested(read_toml(tree, _CATALOG), table)
    for key, entry in entries.items() if isinstance(entries, dict) else ():
        if re.sub(r"[-_]", ".", str(key)) == alias:
            return _coordinate(entry)
    return alias


def _coordinate(entry: Any) -> str:
    if isinstance(entry, str):
        return ":".join(entry.split(":")[:2])
    return str(
        nested(entry, "module") or nested(entry, "id") or f"{nested(entry, 'group')}:{nested(entry, 'name')}"
    )


def _found(scripts: list[Script], pattern: re.Pattern[str], group: str) -> Iterator[Pin]:
    return (script.pin(found[group], found) for script in scripts for found in pattern.finditer(script.text))


def _levels(tree: Tree, scripts: list[Script]) -> Iterator[Pin]:
    for pattern in _LEVELS:
        for pin in _found(scripts, pattern, "level"):
            value = _number(tree, scripts, pin.value)
            if value:
                yield Pin(value=value, file=pin.file, line=pin.line)


def _number(tree: Tree, scripts: list[Script], text: str) -> str | None:
    """The level itself, or what the variable, property or catalog version of that name holds."""
    literal = re.fullmatch(
        r"['\"]?(?:JavaVersion\.|JvmTarget\.|JavaLanguageVersion\.)?(?:VERSION_|JVM_)?(\d+(?:[._]\d+)?)['\"]?",
        text,
    )
    if literal:
        return literal[1].replace("_", ".")
    catalogued = re.match(r"libs\.versions\.([\w.]+?)(?:\.get\b|\.asProvider|$)", text)
    if catalogued:
        versions = nested(read_toml(tree, _CATALOG), "versions")
        known = versions.items() if isinstance(versions, dict) else ()
        return next(
            (str(value) for key, value in known if re.sub(r"[-_]", ".", str(key)) == catalogued[1]), None
        )
    return _variable([script.text for script in scripts] + [tree.read("gradle.properties") or ""], text)


def _variable(texts: list[str], expression: str) -> str | None:
    name = re.split(
        r"[.(]", expression.removeprefix("rootProject.").removeprefix("project.").removeprefix("ext.")
    )[0]
    pattern = re.compile(
        rf"\b{re.escape(name)}\b(?:\s*:\s*\w+)?\s*=\s*['\"]?(?:JavaVersion\.)?(?:VERSION_)?(\d+(?:\.\d+)?)"
    )
    return next((found[1] for text in texts if (found := pattern.search(text))), None)


def _archive(tree: Tree, own: Script, folder: str, settings: Script | None) -> str | None:
    """Name and version as the jar task puts them together; None where the script sets parts of it."""
    text = without_whole(own.text)
    fixed = _ARCHIVE.search(text)
    if fixed:
        return fixed[1]
    if _RENAMED.search(text):
        return None
    name, version = _named(settings, folder), _version(tree, own)
    archive = f"{name}-{version}" if version else name
    return archive if re.fullmatch(r"\w[\w.+-]*", archive) else None


def _whole_archive(tree: Tree, own: Script, folder: str, settings: Script | None) -> str:
    name = _named(settings, folder)
    known = re.fullmatch(r"\w[\w.+-]*", name)
    return whole_archive(own.text, name=name if known else "*", version=_version(tree, own))


def _named(settings: Script | None, folder: str) -> str:
    root = _name(settings, folder)
    return root.value if root else folder.rpartition("/")[2]


def _version(tree: Tree, own: Script) -> str:
    """The version, empty where there is none, `*` where the script computes it."""
    found = _VERSION.search(own.text) or re.search(
        r"(?m)^version\s*=\s*([\w.+-]+)$", tree.read("gradle.properties") or ""
    )
    computed = re.search(r"(?m)^[ \t]*version\b", own.text)
    return found[1] if found else "*" if computed else ""
