"""What a person should know about an application that is onboarded, beyond its facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fops.onboarding.model import App, Fact, seen_from_top


def about(apps: Iterable[App]) -> Iterator[str]:
    """A sentence for each thing that keeps an application from answering in a container."""
    for app in apps:
        if fact := app.facts.get("listens_locally"):
            yield (
                f"{_place(app, fact)} listens on {fact.value} alone, where nothing outside its container reaches it; "
                "let it listen on 0.0.0.0"
            )
        if (fact := app.facts.get("built_for")) and "start_command" not in app.facts:
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
