"""Where a generated file may stand: nothing of the user's is replaced, no link is followed, no file becomes a folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from fops.onboarding.model import Artifact

PROPOSED = ".fops/proposed"
# Lines that rest on these hold commands of the repository, which are nobody else's to change.
_COMMANDS = frozenset({
    "install_command", "build_command", "start_command", "release_command", "test_command", "lint_command", "processes",
})  # fmt: skip


def is_taken(path: str, existing: frozenset[str]) -> bool:
    """Whether the repository has a file, a link or a folder of that path."""
    return path in existing or any(one.startswith(f"{path}/") for one in existing)


def bar(path: str, existing: frozenset[str]) -> str | None:
    """The user's file or link that stands where the path has a folder: nothing can be put below it."""
    return next((folder for folder in above(path) if folder in existing), None)


def above(path: str) -> list[str]:
    """The folders that a path lies in, the outermost first."""
    return [path[:position] for position, letter in enumerate(path) if letter == "/"]


def place(path: str, existing: frozenset[str]) -> str:
    """The path, or the one aside that a file gets whose folder is barred."""
    return f"{PROPOSED}/{path}" if bar(path, existing) else path


def around_bars(artifacts: Iterable[Artifact], existing: frozenset[str]) -> tuple[Artifact, ...]:
    """The artifacts with those aside whose folder is barred, and with every text saying where those now are."""
    made = tuple(artifacts)
    bars = {artifact.path: found for artifact in made if (found := bar(artifact.path, existing))}
    if not bars:
        return made
    moved = {path: "/".join(path.split("/")[: found.count("/") + 2]) for path, found in bars.items()}
    named = re.compile(rf"(?<![\w./-])({'|'.join(map(re.escape, sorted(set(moved.values()))))})(?![\w-])")
    return tuple(_aside(_renamed(artifact, named), bars.get(artifact.path)) for artifact in made)


def _aside(artifact: Artifact, barred_by: str | None) -> Artifact:
    if barred_by is None:
        return artifact
    reason = f"{artifact.reason} It stands here because {barred_by} is yours, and no folder."
    return replace(artifact, path=f"{PROPOSED}/{artifact.path}", reason=reason)


def _renamed(artifact: Artifact, named: re.Pattern[str]) -> Artifact:
    lines = [
        line if _is_theirs(artifact, number) else named.sub(rf"{PROPOSED}/\1", line)
        for number, line in enumerate(artifact.text.split("\n"), start=1)
    ]
    return replace(artifact, text="\n".join(lines))


def _is_theirs(artifact: Artifact, line: int) -> bool:
    return any(name.partition(":")[2] in _COMMANDS for name in artifact.lines.get(line, ()))
