"""Languages that are recognised and named, so that none is mistaken for a supported one.

Adding one: an `Ecosystem` in the module of its kin, and its name in the list below. Order is precedence: a
manifest that only this language has stands before ones that also serve others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fops.onboarding.detect.evidence import Claim, find
from fops.onboarding.detect.unsupported import beam, dotnet, jvm, native, php, ruby, rust, scripting, sites
from fops.onboarding.detect.unsupported.ecosystem import Ecosystem, Sign, index, matching
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, WEAK, Fact
from fops.onboarding.ports import Tree

ECOSYSTEMS: tuple[Ecosystem, ...] = (
    ruby.RUBY, php.PHP, dotnet.DOTNET, beam.ELIXIR, rust.RUST, beam.GLEAM, jvm.SCALA, jvm.CLOJURE, jvm.CLOJURE_TOOLS,
    scripting.DENO, scripting.DART, native.SWIFT, native.CRYSTAL, native.ZIG, native.HASKELL_STACK, native.HASKELL_CABAL,
    beam.ERLANG, native.NIM, native.OCAML, native.FORTRAN, native.CMAKE, native.MESON, native.C_LIBRARY, native.CPP,
    native.COBOL, scripting.SCHEME, scripting.RACKET, scripting.PERL, scripting.LUA, scripting.R, scripting.JULIA,
    jvm.KOTLIN, jvm.GROOVY, sites.HUGO, sites.ZOLA, scripting.SHELL,
)  # fmt: skip
# What each framework's own guide says it listens on when nothing else is told.
_PORTS = {"rails": 3000, "sinatra": 4567, "rack": 9292, "phoenix": 4000, "rocket": 8000, "play": 9000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """An ecosystem seen in a folder, whether as a library, and the claim with its evidence."""

    ecosystem: Ecosystem
    library: bool
    claim: Claim


def recognise(tree: Tree) -> tuple[Recognised, ...]:
    """Every ecosystem seen, the most confident first."""
    paths = index(tree)
    seen = (found for ecosystem in ECOSYSTEMS if (found := _seen(tree, paths, ecosystem)))
    return tuple(sorted(seen, key=lambda found: -found.claim.confidence))


def _seen(tree: Tree, paths: tuple[str, ...], ecosystem: Ecosystem) -> Recognised | None:
    manifest = matching(paths, *ecosystem.manifests) if ecosystem.manifests else ()
    if not manifest:
        return _program(tree, paths, ecosystem)
    for signs, kind, confidence in (
        (ecosystem.app, "app", STRONG),
        (ecosystem.library, "library", STRONG),
        (ecosystem.tool, "tool", WEAK),
    ):
        if where := _first(tree, paths, signs):
            return _recognised(ecosystem, where, kind, confidence)
    return _recognised(ecosystem, (manifest[0], 1), "manifest", LIKELY)


def _program(tree: Tree, paths: tuple[str, ...], ecosystem: Ecosystem) -> Recognised | None:
    """A program without manifest: what its text says is strong, its mere name a hint."""
    for sign in ecosystem.programs:
        if where := sign.seen(tree, paths):
            return _recognised(ecosystem, where, "program", STRONG if sign.pattern else LIKELY)
    return None


def _first(tree: Tree, paths: tuple[str, ...], signs: tuple[Sign, ...]) -> tuple[str, int] | None:
    return next((where for sign in signs if (where := sign.seen(tree, paths))), None)


def _recognised(ecosystem: Ecosystem, where: tuple[str, int], kind: str, confidence: float) -> Recognised:
    claim = Claim(confidence=confidence, rule=f"{ecosystem.language}.{kind}", file=where[0], line=where[1])
    return Recognised(ecosystem=ecosystem, library=kind == "library", claim=claim)


def facts(tree: Tree, ecosystem: Ecosystem) -> Iterator[Fact]:
    """The few facts that are cheap: package manager, pinned version, framework."""
    paths = index(tree)
    manifests = matching(paths, *ecosystem.manifests) if ecosystem.manifests else ()
    if manifests and ecosystem.package_manager:
        rule = f"{ecosystem.language}.manifest"
        yield Fact(
            name="package_manager",
            value=ecosystem.package_manager,
            rule=rule,
            confidence=CERTAIN,
            file=manifests[0],
            line=1,
        )
    yield from _version(tree, paths, ecosystem)
    yield from _framework(tree, paths, ecosystem)


def _framework(tree: Tree, paths: tuple[str, ...], ecosystem: Ecosystem) -> Iterator[Fact]:
    """The first framework seen, and what follows from it."""
    seen = ((name, where) for name, sign in ecosystem.frameworks if (where := sign.seen(tree, paths)))
    name, (file, line) = next(seen, ("", ("", 0)))
    if not name:
        return
    rule = f"{ecosystem.language}.framework"
    yield Fact(name="framework", value=name, rule=rule, confidence=STRONG, file=file, line=line)
    if ecosystem.static:
        yield Fact(name="static", value=True, rule=rule, confidence=STRONG, file=file, line=line)
    if name in _PORTS:
        yield Fact(name="port", value=_PORTS[name], rule=f"{rule}.port", confidence=WEAK)


def _version(tree: Tree, paths: tuple[str, ...], ecosystem: Ecosystem) -> Iterator[Fact]:
    rule = f"{ecosystem.language}.version"
    for version in ecosystem.versions:
        hit = find(tree, re.compile(version.pattern, re.MULTILINE), matching(paths, *version.files))
        if hit:
            yield Fact(
                name="runtime_version",
                value=hit.match[1],
                rule=rule,
                confidence=version.confidence,
                file=hit.file,
                line=hit.line,
            )
