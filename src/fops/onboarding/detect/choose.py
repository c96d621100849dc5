"""Which language a folder's application is written in, when several have files there.

Application evidence beats tooling evidence. A package.json without a server or meta framework beside another
language's application builds its assets; a language that claims on a manifest alone (LIKELY) gives way to one with an
entry point (STRONG). Equal claims go to the back end: `_ORDER`. The winner's own word that the folder is a library
holds, and another language's where it is the stronger, unless a file says how the repository runs (Procfile, …).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from fops.onboarding.detect import unsupported
from fops.onboarding.detect.evidence import Claim, Language, read_json
from fops.onboarding.detect.files import dockerfile
from fops.onboarding.detect.files.images import image_language
from fops.onboarding.detect.files.values import nested
from fops.onboarding.detect.languages import LANGUAGES
from fops.onboarding.detect.unsupported.ecosystem import Ecosystem
from fops.onboarding.model import LIKELY, STRONG, WEAK, Fact
from fops.onboarding.ports import Tree

_ORDER = ("ruby", "php", "dotnet", "elixir", "rust", "scala", "clojure", "java", "go", "python", "node")
_RUNS = (
    "Procfile",
    "fly.toml",
    "app.yaml",
    "render.yaml",
    "heroku.yml",
    "railway.json",
    "railway.toml",
    "apprunner.yaml",
)
# Packages that make a package.json an application of its own rather than the asset build of another language's.
_SERVES = re.compile(
    r"^(?:express|fastify|koa|hono|elysia|polka|restify|h3|nitro(?:pack)?|next|nuxt|astro|gatsby|sails|meteor|strapi|socket\.io|"
    r"@nestjs/core|@hapi/hapi|@hono/node-server|@remix-run/.*|@react-router/(?:node|serve)|@sveltejs/kit|@apollo/server|"
    r"apollo-server.*|@strapi/strapi|@feathersjs/.*|@adonisjs/core|@redwoodjs/.*|@angular/ssr|@tanstack/.*start|@solidjs/start)$"
)


# Files that make a folder a project of its own, so that what lies in it says nothing about the folder above.
PROJECT_FILES = (
    "package.json", "pyproject.toml", "requirements.txt", "Pipfile", "setup.py", "manage.py", "go.mod", "pom.xml", "build.gradle",
    "build.gradle.kts", "Gemfile", "composer.json", "Cargo.toml", "mix.exs", "deno.json", "deno.jsonc", "build.sbt", "pubspec.yaml",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One language's view of a folder: the claim, whether as a library, and who can tell its facts."""

    name: str
    claim: Claim
    library: bool = False
    language: Language | None = None
    ecosystem: Ecosystem | None = None

    @property
    def supported(self) -> bool:
        """Whether applications of this language can be onboarded."""
        return self.ecosystem is None

    def facts(self, tree: Tree) -> Iterator[Fact]:
        """The language fact itself, then what the language knows."""
        claim = self.claim
        yield Fact(
            name="language",
            value=self.name,
            rule=claim.rule,
            confidence=claim.confidence,
            file=claim.file,
            line=claim.line,
        )
        if self.ecosystem is not None:
            yield from unsupported.facts(tree, self.ecosystem)
        if self.language is not None:
            yield from self.language.facts(tree)


def choose(tree: Tree) -> Candidate | None:
    """The language of the application (or library) at the tree's top, None when nothing is recognised."""
    seen = tuple(one for one in _candidates(tree) if not _of_a_project_below(tree, one.claim))
    apps = sorted(_weighed(tree, tuple(one for one in seen if not one.library)), key=_rank)
    libraries = sorted((one for one in seen if one.library), key=_rank)
    if not apps:
        return libraries[0] if libraries else _of_dockerfile(tree)
    same = next((one for one in libraries if one.name == apps[0].name), None)
    other = libraries[0] if libraries and libraries[0].claim.confidence > apps[0].claim.confidence else None
    library = None if _says_how_it_runs(tree) else same or other
    return library or apps[0]


def _candidates(tree: Tree) -> Iterator[Candidate]:
    for language in LANGUAGES:
        if claim := language.claim(tree):
            yield Candidate(name=language.name, claim=claim, language=language)
        library = getattr(language, "library", None)
        if library and (claim := library(tree)):
            yield Candidate(name=language.name, claim=claim, language=language, library=True)
    for found in unsupported.recognise(tree):
        yield Candidate(
            name=found.ecosystem.language, claim=found.claim, library=found.library, ecosystem=found.ecosystem
        )


def _of_a_project_below(tree: Tree, claim: Claim) -> bool:
    """Whether the evidence lies in a project of its own, of a kind the top of the tree has none of."""
    folder = (claim.file or "").rpartition("/")[0]
    while folder:
        below = next((name for name in PROJECT_FILES if tree.size(f"{folder}/{name}") is not None), None)
        if below and tree.size(below) is None:
            return True
        folder = folder.rpartition("/")[0]
    return False


def _weighed(tree: Tree, apps: tuple[Candidate, ...]) -> Iterator[Candidate]:
    """The candidates, a package.json that only builds assets beside another language's application weakened."""
    beside = any(one.name not in {"node", "static"} and one.claim.confidence >= STRONG for one in apps)
    for one in apps:
        tooling = beside and one.name == "node" and not _serves(tree)
        yield (
            replace(one, claim=replace(one.claim, confidence=min(one.claim.confidence, WEAK)))
            if tooling
            else one
        )


def _serves(tree: Tree) -> bool:
    named = nested(read_json(tree, "package.json"), "dependencies")
    return isinstance(named, dict) and any(_SERVES.match(str(name)) for name in named)


def _rank(candidate: Candidate) -> tuple[float, int, bool]:
    place = _ORDER.index(candidate.name) if candidate.name in _ORDER else len(_ORDER)
    return (-candidate.claim.confidence, place, candidate.name == "static")


def _says_how_it_runs(tree: Tree) -> bool:
    return any(tree.read(path) for path in _RUNS)


def _of_dockerfile(tree: Tree) -> Candidate | None:
    """The language of the image an application is packed on, where its own files tell nothing."""
    path = dockerfile.find(tree)
    for stage in reversed(dockerfile.stages(tree.read(path) or "") if path else ()):
        name = image_language(stage.base)
        language = next((one for one in LANGUAGES if one.name == name), None)
        if language is not None:
            claim = Claim(confidence=LIKELY, rule="dockerfile.from", file=path, line=stage.line)
            return Candidate(name=language.name, claim=claim, language=language)
    return None
