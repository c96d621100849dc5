"""Java without a build tool: sources that the launcher compiles, and archives unpacked into the repository."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from fops.onboarding.detect.evidence import Claim, find, matching
from fops.onboarding.detect.languages.java.build import main_of
from fops.onboarding.detect.languages.java.port import CODE, in_code
from fops.onboarding.model import LIKELY, STRONG, Fact
from fops.onboarding.ports import Tree

MANIFEST = "META-INF/MANIFEST.MF"
_PACKED = ("BOOT-INF/", "WEB-INF/", "META-INF/maven/", "com/", "org/", "io/")
_OTHER_BUILDS = ("build.sbt", "build.sc", "build.mill", "project.clj", "deps.edn")
_MAIN_CLASS = re.compile(r"(?m)^Main-Class:\s*([\w.$]+)")


def bare_claim(tree: Tree) -> Claim | None:
    """An archive with a main class, or Java files at the top; not where another JVM build tool is in charge."""
    if tree.size(MANIFEST) is not None and any(path.startswith(_PACKED) for path in tree.files):
        return Claim(confidence=STRONG, rule="java.claim.unpacked-archive", file=MANIFEST, line=1)
    source = next(iter(_sources(tree)), None)
    if source is None or any(tree.size(path) is not None for path in _OTHER_BUILDS):
        return None
    return Claim(confidence=LIKELY, rule="java.claim.source", file=source, line=1)


def bare_facts(tree: Tree) -> Iterator[Fact]:
    """The start command, and a port in the code."""
    unpacked = find(tree, _MAIN_CLASS, (MANIFEST,))
    if unpacked:
        yield _fact("start_command", f"java -cp . {unpacked.match[1]}", MANIFEST, unpacked.line)
        return
    main = main_of(tree, _sources(tree))
    if main:
        yield _fact("start_command", f"java {shlex.quote(main.file)}", main.file, main.line)
    yield from list(filter(None, (in_code(tree, _sources(tree), rule) for rule in CODE)))[:1]


def _sources(tree: Tree) -> tuple[str, ...]:
    return tuple(path for path in matching(tree, "*.java") if "/" not in path or path.startswith("src/"))


def _fact(name: str, value: object, file: str, line: int) -> Fact:
    return Fact(
        name=name,
        value=value,
        rule=f"java.bare.{name.replace('_', '-')}",
        confidence=LIKELY,
        file=file,
        line=line,
    )
