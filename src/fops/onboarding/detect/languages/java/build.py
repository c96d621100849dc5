"""The build of a Java repository and, of its modules, the one that is the application."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fops.onboarding.detect.evidence import Hit
from fops.onboarding.detect.languages.code import code_hits
from fops.onboarding.detect.languages.java.builds.gradle import SCRIPTS, SETTINGS, gradle_modules
from fops.onboarding.detect.languages.java.builds.maven import POLYGLOT, maven_modules
from fops.onboarding.detect.languages.java.builds.module import Module, inside
from fops.onboarding.ports import Tree

MAX_SOURCES = 400  # source files read in one module
RUNNERS = (
    "spring-boot", "quarkus", "micronaut", "io.ktor.plugin", "dropwizard", "helidon", "shadow", "application", "shade", "exec-maven",
    "native-image", "native-maven", "buildtools.native", "appassembler", "jetty", "tomcat", "cargo", "appengine", "liberty", "wildfly",
    "jib", "vertx",
)  # fmt: skip
"""Build plugins that make or run a program, by a part of their name."""

HOSTED = ("functions-framework", "aws-lambda-java", "azure-functions-java")
"""APIs of platforms that bring the main class."""

_MAIN = re.compile(
    r"(?m)\bstatic\s+(?:final\s+)?void\s+main\s*\(|^[ \t]*(?:suspend\s+)?fun\s+main\s*\(|^[ \t]*void\s+main\s*\(\s*(?:String|\))|^[ \t]*@SpringBootApplication\b"
)
_NAMED = re.compile(r"(?:^|/)(?:Main|App|Application|Server|\w+Application|\w+Server)\.(?:java|kt|groovy)$")
_SOURCE = re.compile(r"\.(?:java|kt|groovy|scala)$")
_ASIDE = re.compile(
    r"(?:^|/)src/\w*[tT]est\w*/|^(?:tests?|examples?|samples?|buildSrc|build-logic|build|target)/|(?:^|/)\.|Tests?\.\w+$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """The build tool's modules, the application among them, and its main program in the code."""

    modules: tuple[Module, ...]
    app: Module
    sources: tuple[str, ...]
    main: Hit | None
    named: str | None

    @property
    def is_program(self) -> bool:
        """Whether something says that it is started: a plugin, an archive for a server, a main class, a platform."""
        app = self.app
        said = app.plugin(*RUNNERS) or app.main_class or app.depends(*HOSTED)
        return bool(said or self.main or self.named) or app.packaging in {"war", "ear"}


def builds(tree: Tree) -> tuple[Build, ...]:
    """The application's module first, then the others that are programs of their own; empty without a build."""
    modules = maven_modules(tree) or gradle_modules(tree)
    ranked = sorted((_of(tree, modules, module) for module in modules), key=_rank, reverse=True)
    return (*ranked[:1], *(one for one in ranked[1:] if _is_packaged(one)))


def sources(tree: Tree, folder: str) -> Iterator[str]:
    """The source files of a module, tests left out, the shallowest first."""
    prefix = inside(folder, "")
    mine = (
        path
        for path in tree.files
        if path.startswith(prefix) and _SOURCE.search(path) and not _ASIDE.search(path[len(prefix) :])
    )
    yield from sorted(mine, key=lambda path: (path.count("/"), path))[:MAX_SOURCES]


def main_of(tree: Tree, paths: tuple[str, ...]) -> Hit | None:
    """The first entry point, looked for first in files named as one."""
    return next(code_hits(tree, _MAIN, sorted(paths, key=lambda path: not _NAMED.search(path))), None)


def manifest_file(tree: Tree) -> str | None:
    """The file that makes the top a Maven or Gradle build."""
    return next(
        (path for path in ("pom.xml", *POLYGLOT, *SCRIPTS, *SETTINGS) if tree.size(path) is not None), None
    )


def _of(tree: Tree, modules: tuple[Module, ...], module: Module) -> Build:
    inner = tuple(
        f"{inside(other.folder, '')}"
        for other in modules
        if other.folder != module.folder and _holds(module, other)
    )
    paths = tuple(path for path in sources(tree, module.folder) if not path.startswith(inner))
    named = next((path for path in paths if not tree.read(path) and _NAMED.search(path)), None)
    return Build(modules=modules, app=module, sources=paths, main=main_of(tree, paths), named=named)


def _holds(module: Module, other: Module) -> bool:
    return module.folder == "." or other.folder.startswith(f"{module.folder}/")


def _is_packaged(candidate: Build) -> bool:
    """Whether the build makes it a program, and there is one to make."""
    starts = candidate.main or candidate.app.main_class or candidate.named
    return candidate.app.packaging == "war" or bool(candidate.app.plugin(*RUNNERS) and starts)


def _rank(candidate: Build) -> tuple[bool, bool, bool, int]:
    """Packaged as a program, then with an entry point, then with sources; the top first."""
    app = candidate.app
    starts = bool(candidate.main or app.main_class or candidate.named)
    depth = 0 if app.folder == "." else 1 + app.folder.count("/")
    return _is_packaged(candidate), starts, bool(candidate.sources) and app.packaging != "pom", -depth
