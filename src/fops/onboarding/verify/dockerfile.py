"""The few things rules ask of a Dockerfile: instructions with their lines, base images, the last stage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ARGUMENT = re.compile(r"\$\{?(\w+)(?::-[^}]*)?\}?")

_HERE_DOCUMENT = re.compile(r"<<-?[\"']?([A-Za-z_]\w*)[\"']?")
_COPIED = re.compile(r"(?:^|\s)--from=((?!\d+\b)\S+)")  # a number is a stage by its place


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, continued lines joined; `line` is where it begins."""

    word: str
    rest: str
    line: int


def instructions(text: str) -> Iterator[Instruction]:
    """Every instruction; comments and empty lines are none, and here-documents count as part of theirs."""
    lines = enumerate(text.splitlines(), start=1)
    for number, line in lines:
        if _is_silent(line):
            continue
        whole = _continued(line, lines)
        if ending := _HERE_DOCUMENT.search(line):
            _skip_to(ending[1], lines)
        word, _, rest = whole.partition(" ")
        yield Instruction(word.upper(), rest.strip(), number)


def base_images(text: str) -> Iterator[tuple[str, int]]:
    """The images a Dockerfile takes from elsewhere, with their lines; arguments replaced by their defaults."""
    stages, defaults = {"scratch"}, {}
    for item in instructions(text):
        if item.word == "ARG":
            name, _, value = item.rest.partition("=")
            defaults[name] = value.strip("\"'")
        elif item.word == "FROM":
            base, stage = _from(item)
            image = _ARGUMENT.sub(lambda name: defaults.get(name[1]) or name[0], base)
            if image.lower() not in stages:
                yield image, item.line
            stages.add(stage)
        elif (copied := _COPIED.search(item.rest)) and copied[1].lower() not in stages:
            yield copied[1], item.line


def last_stage(text: str) -> tuple[Instruction, ...]:
    """The instructions that make the image: those of the last stage, after those of the stages it begins from."""
    stages: dict[str, list[Instruction]] = {}
    found: list[Instruction] = []
    for item in instructions(text):
        if item.word == "FROM":
            base, stage = _from(item)
            found = list(stages.get(base.lower(), ()))
            stages[stage] = found
        found.append(item)
    return tuple(found)


def _from(item: Instruction) -> tuple[str, str]:
    """The image or stage that a FROM begins from, and the name of the stage it opens, empty for none."""
    words = [word for word in item.rest.split() if not word.startswith("--")] or ["scratch"]
    return words[0], words[-1].lower() if len(words) == 3 else ""


def _is_silent(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _continued(line: str, lines: Iterator[tuple[int, str]]) -> str:
    parts = [line.strip()]
    while parts[-1].endswith("\\"):
        parts[-1] = parts[-1][:-1]
        parts.append(next((more.strip() for _, more in lines if not _is_silent(more)), ""))
    return " ".join(parts)


def _skip_to(ending: str, lines: Iterator[tuple[int, str]]) -> None:
    next((True for _, line in lines if line.strip() == ending), None)
