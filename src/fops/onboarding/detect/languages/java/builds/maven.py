"""pom.xml: https://maven.apache.org/pom.html. Parents in the repository are inherited from, others are not at hand."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fops.onboarding.detect.languages.java.builds.module import Module
from fops.onboarding.detect.languages.java.builds.xml import Element, parse
from fops.onboarding.detect.languages.tool_versions import Pin
from fops.onboarding.ports import Tree

MAX_MODULES = 60  # POMs read in one repository
MAX_PARENTS = 8  # inheritance deeper than this is a cycle
POLYGLOT = ("pom.yml", "pom.yaml", "pom.groovy", "pom.kts", "pom.rb", "pom.scala", "pom.clj", "pom.atom")
"""The same model in other syntaxes: https://github.com/takari/polyglot-maven. Read for the Java level alone."""

_POLYGLOT_LEVEL = re.compile(r"\bmaven\.compiler\.(?:release|target|source)\b['\"]?\s*[:=]?\s*['\"]?([\d.]+)")
_REFERENCE = re.compile(r"\$\{([^${}]+)\}")
_LEVELS = (
    "maven.compiler.release",
    "java.version",
    "maven.compiler.target",
    "maven.compiler.source",
    "kotlin.compiler.jvmTarget",
    "jdk.version",
)
"""Properties in the order in which the compiler plugin, Spring Boot's parent and custom obey them."""

_COMPILER_LEVELS = ("release", "target", "source", "jvmTarget")
_COMPILERS = ("maven-compiler-plugin", "kotlin-maven-plugin")
_MANIFEST_WRITERS = ("maven-jar-plugin", "maven-shade-plugin", "maven-assembly-plugin")
_MAIN_PROPERTIES = ("exec.mainClass", "main.class", "mainClass")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pom:
    """One pom.xml with its parent, where that lies in the repository."""

    file: str
    root: Element
    parent: Pom | None

    @property
    def folder(self) -> str:
        """The module's folder, `.` for the top."""
        return posixpath.dirname(self.file) or "."

    def chain(self) -> Iterator[Pom]:
        """The POM, its parent, and so on."""
        yield self
        if self.parent:
            yield from self.parent.chain()

    def property(self, name: str) -> Pin | None:
        """A property's value with references resolved, from the nearest POM that sets it."""
        for pom in self.chain():
            element = pom.root.first("properties", name) or pom.root.first(
                *name.removeprefix("project.").split(".")
            )
            if element and element.text:
                return Pin(value=element.text, file=pom.file, line=element.line)
        return None

    def resolve(self, text: str, *, left: int = 10) -> str:
        """The text with `${…}` replaced as far as the repository tells."""
        if left == 0 or "${" not in text:
            return text
        pins = {name: self._value(name) for name in _REFERENCE.findall(text)}
        known = _REFERENCE.sub(lambda found: pins[found[1]] or found[0], text)
        return known if known == text else self.resolve(known, left=left - 1)

    def _value(self, name: str) -> str | None:
        pin = self.property(name)
        return pin.value if pin else self.inherited(name.removeprefix("project."))

    def inherited(self, name: str) -> str | None:
        """`groupId` and `version` come from the parent's coordinates where the POM does not say."""
        element = self.root.first("parent", name) if name in {"groupId", "version"} else None
        return element.text if element else None


def maven_modules(tree: Tree) -> tuple[Module, ...]:
    """The module at the top, then those it lists, breadth first."""
    found: dict[str, Module] = {}
    queue = ["pom.xml"]
    while queue and len(found) < MAX_MODULES:
        file = queue.pop(0)
        pom = _load(tree, file) if file not in found else None
        if pom:
            found[file] = _module(pom)
            queue += [_pom_path(pom.folder, element.text) for element in _listed(pom)]
    return (
        tuple(found.values())
        or tuple(_polyglot(tree, path) for path in POLYGLOT if tree.size(path) is not None)[:1]
    )


def _polyglot(tree: Tree, file: str) -> Module:
    text = tree.read(file) or ""
    level = _POLYGLOT_LEVEL.search(text)
    levels = (Pin(value=level[1], file=file, line=text.count("\n", 0, level.start()) + 1),) if level else ()
    return Module(
        tool="maven", folder=".", file=file, name=None, packaging="jar", archive=None, dependencies=(), plugins=(),
        main_class=None, levels=levels, runnable=False,
    )  # fmt: skip


def _listed(pom: Pom) -> Iterator[Element]:
    yield from pom.root.all("modules", "module")
    yield from pom.root.all("profiles", "profile", "modules", "module")


def _pom_path(folder: str, module: str) -> str:
    path = posixpath.normpath(posixpath.join(folder, module))
    return path if path.endswith(".xml") else posixpath.normpath(posixpath.join(path, "pom.xml"))


def _load(tree: Tree, file: str, *, left: int = MAX_PARENTS) -> Pom | None:
    root = parse(tree.read(file) or "")
    if root is None or root.tag != "project":
        return None
    parent = root.first("parent")
    place = parent.first("relativePath") if parent else None
    wanted = _pom_path(posixpath.dirname(file), (place.text or ".none") if place else "..") if parent else ""
    above = _load(tree, wanted, left=left - 1) if wanted and left and not wanted.startswith("..") else None
    return Pom(file=file, root=root, parent=above if above and _is_parent(parent, above) else None)


def _is_parent(wanted: Element | None, pom: Pom) -> bool:
    name, own = wanted and wanted.first("artifactId"), pom.root.first("artifactId")
    return bool(name and own and name.text == own.text)


def _module(pom: Pom) -> Module:
    name = pom.root.first("artifactId")
    plugins = tuple(_plugins(pom))
    main = _main_class(pom)
    return Module(
        tool="maven",
        folder=pom.folder,
        file=pom.file,
        name=Pin(value=name.text, file=pom.file, line=name.line) if name else None,
        packaging=_text(pom, "packaging") or "jar",
        archive=_archive(pom, plugins),
        dependencies=tuple(_dependencies(pom)),
        plugins=plugins,
        main_class=main,
        levels=tuple(_levels(pom)),
        runnable=_has_manifest(pom),
        framework_version=_framework_version(pom),
    )


def _text(pom: Pom, *path: str) -> str:
    element = pom.root.first(*path)
    return pom.resolve(element.text) if element else ""


def _archive(pom: Pom, plugins: tuple[Pin, ...]) -> str | None:
    """`finalName`, else artifact and version; the assembly plugin appends its descriptor's name."""
    version = _text(pom, "version") or pom.resolve(pom.inherited("version") or "")
    final = _text(pom, "build", "finalName") or f"{_text(pom, 'artifactId')}-{version}"
    assembled = any(
        "maven-assembly-plugin" in plugin.value for plugin in plugins
    ) and "jar-with-dependencies" in _configured(pom)
    name = f"{final}-jar-with-dependencies" if assembled else final
    return name if re.fullmatch(r"[\w.+-]+", name) and not name.endswith("-") else None


def _configured(pom: Pom) -> str:
    return " ".join(element.text for element in pom.root.anywhere("descriptorRef"))


def _dependencies(pom: Pom) -> Iterator[Pin]:
    """Parents, declared and inherited dependencies, and the bills of materials that are imported."""
    for one in pom.chain():
        imported = one.root.all("dependencyManagement", "dependencies", "dependency")
        places = (
            *(
                element
                for element in one.root.all("dependencies", "dependency")
                if _scope(element) not in {"test", "system"}
            ),
            *one.root.all("parent"),
            *(element for element in imported if _scope(element) == "import"),
        )
        yield from (_coordinates(pom, one.file, element) for element in places)


def _scope(element: Element) -> str:
    scope = element.first("scope")
    return scope.text if scope else "compile"


def _plugins(pom: Pom) -> Iterator[Pin]:
    for one in pom.chain():
        for element in one.root.all("build", "plugins", "plugin"):
            yield _coordinates(pom, one.file, element)


def _coordinates(pom: Pom, file: str, element: Element) -> Pin:
    group, artifact = element.first("groupId"), element.first("artifactId")
    value = f"{group.text if group else 'org.apache.maven.plugins'}:{artifact.text if artifact else ''}"
    return Pin(value=pom.resolve(value), file=file, line=(artifact or element).line)


def _main_class(pom: Pom) -> Pin | None:
    """Spring's `start-class`, else a plugin's `mainClass`, else the property that the exec plugin reads."""
    for one in pom.chain():
        places = (
            *one.root.all("properties", "start-class"),
            *(
                element
                for build in one.root.all("build")
                for element in build.anywhere("mainClass", "Main-Class")
            ),
            *(element for name in _MAIN_PROPERTIES for element in one.root.all("properties", name)),
        )
        for element in places:
            value = pom.resolve(element.text)
            if re.fullmatch(r"[\w.$]+", value):
                return Pin(value=value, file=one.file, line=element.line)
    return None


def _has_manifest(pom: Pom) -> bool:
    """Whether a plugin writes the main class into the archive's manifest, and none of what it needs lies beside it."""
    listed = (element for one in pom.chain() for element in one.root.all("dependencies", "dependency"))
    needs = any(_scope(element) not in {"test", "provided"} for element in listed)
    plugins = (
        plugin
        for one in pom.chain()
        for build in one.root.all("build")
        for plugin in build.anywhere("plugin")
    )
    return any(
        _is_a(plugin, *_MANIFEST_WRITERS)
        and any(plugin.anywhere("mainClass", "Main-Class"))
        and not (needs and any(element.text == "true" for element in plugin.anywhere("addClasspath")))
        for plugin in plugins
    )


def _is_a(plugin: Element, *names: str) -> bool:
    artifact = plugin.first("artifactId")
    return artifact is not None and artifact.text in names


def _levels(pom: Pom) -> Iterator[Pin]:
    for name in _LEVELS:
        pin = pom.property(name)
        if pin:
            yield Pin(value=pom.resolve(pin.value), file=pin.file, line=pin.line)
    for one in pom.chain():
        compilers = (plugin for plugin in one.root.anywhere("plugin") if _is_a(plugin, *_COMPILERS))
        settings = [settings for plugin in compilers for settings in plugin.all("configuration")]
        for element in (
            level for tag in _COMPILER_LEVELS for setting in settings for level in setting.all(tag)
        ):
            yield Pin(value=pom.resolve(element.text), file=one.file, line=element.line)


def _framework_version(pom: Pom) -> str:
    """Quarkus', by which its archive's place is known; the BOM's or the plugin's version."""
    for element in pom.root.anywhere("dependency", "plugin"):
        group, version = element.first("groupId"), element.first("version")
        if group and version and "quarkus" in pom.resolve(group.text):
            return pom.resolve(version.text)
    return ""
