"""What a person should know beyond the facts: manifests that do not parse, what keeps an application from answering."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fops.kernel.errors import FopsError, FormatError
from fops.kernel.formats import load_json, load_toml, load_yaml
from fops.onboarding.detect.languages.java.builds.xml import parse
from fops.onboarding.model import LIKELY, App, Fact, seen_from_top
from fops.onboarding.ports import Tree


def _load_xml(text: str, *, name: str) -> object:
    root = parse(text)
    if root is None:
        raise FormatError(f"{name} is not well-formed XML, or has a document type")
    return root


_MANIFESTS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("package.json", load_json),
    ("composer.json", load_json),
    ("pyproject.toml", load_toml),
    ("Pipfile", load_toml),
    ("pixi.toml", load_toml),
    ("environment.yml", load_yaml),
    ("pom.xml", _load_xml),
    ("Cargo.toml", load_toml),
    ("fly.toml", load_toml),
    ("netlify.toml", load_toml),
    ("pnpm-workspace.yaml", load_yaml),
    ("compose.yaml", load_yaml),
    ("compose.yml", load_yaml),
    ("docker-compose.yml", load_yaml),
    ("docker-compose.yaml", load_yaml),
    ("app.yaml", load_yaml),
    ("render.yaml", load_yaml),
)


def broken(tree: Tree, folders: Iterable[str] = (".",)) -> Iterator[str]:
    """One sentence for each manifest of these folders that cannot be read as what its name says."""
    for folder in folders:
        for name, load in _MANIFESTS:
            path = seen_from_top(folder, name)
            text = tree.read(path)
            if not text:  # an empty manifest states nothing, and nothing is lost by reading nothing
                continue
            try:
                load(text, name=path)
            except FopsError as error:
                yield error.message


def about(apps: Iterable[App]) -> Iterator[str]:
    """A sentence for each thing that keeps an application from answering in a container."""
    for app in apps:
        if fact := app.facts.get("listens_locally"):
            yield (
                f"{_place(app, fact)} listens on {fact.value} alone, where nothing outside its container reaches it; "
                "let it listen on 0.0.0.0"
            )
        start = app.facts.get("start_command")
        if (fact := app.facts.get("built_for")) and (start is None or start.confidence < LIKELY):
            yield f"{_place(app, fact)} {built_for(fact)}"
        if fact := app.facts.get("embeds"):
            folder = seen_from_top(app.path, fact.value["built_in"])
            yield (
                f"{_place(app, fact)} embeds {fact.value['path']}, which the build of {seen_from_top(folder, 'package.json')} "
                "makes: run that before go build, or commit what it makes"
            )


def built_for(fact: Fact) -> str:
    """What a build for one platform lacks, and what would make it."""
    return f"builds for {fact.value['platform']}, which leaves no server to start; build with {fact.value['instead']} instead"


def _place(app: App, fact: Fact) -> str:
    return f"{seen_from_top(app.path, fact.file or '')}:{fact.line}"
