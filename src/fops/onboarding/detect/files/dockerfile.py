"""An existing Dockerfile: its last stage is what runs, so its port, command, user and health check are facts.

`ARG` defaults are put in; a stage built on an earlier stage inherits what that one says. Reference: the Dockerfile
reference of docker docs ("EXPOSE", "CMD and ENTRYPOINT interact", "Parser directives").
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fops.onboarding.detect.files.commands import as_port, for_development, port_in, unwrapped
from fops.onboarding.detect.files.images import image_version, listening
from fops.onboarding.detect.files.place import Place
from fops.onboarding.model import CERTAIN, LIKELY, WEAK, ExistingDockerfile, Fact
from fops.onboarding.ports import Tree

_NAMES = (
    "Dockerfile",
    "dockerfile",
    "Containerfile",
    "Dockerfile.prod",
    "Dockerfile.production",
    "prod.Dockerfile",
)
_DEBUG_PORTS = frozenset(
    {5005, 5678, 9229}
)  # JDWP, debugpy and the node inspector, exposed beside the real one
_URL_PATH = re.compile(r"https?://[^\s/'\"]+(/[^\s'\"|;)]*)")
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::-([^}]*))?\}|(\w+))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One instruction with the line it starts on; the keyword in capitals."""

    line: int
    keyword: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One build stage: its base (an image or an earlier stage's name) and its instructions."""

    name: str
    base: str
    line: int
    instructions: tuple[Instruction, ...]


def find(tree: Tree) -> str | None:
    """The Dockerfile that builds this folder's application, None when there is none."""
    return next((name for name in _NAMES if tree.read(name)), None)


def existing(tree: Tree) -> ExistingDockerfile | None:
    """What the user's own Dockerfile says, for the plan."""
    path = find(tree)
    chain = running(stages(tree.read(path) or "")) if path else ()
    if path is None or not chain:
        return None
    user, health, port = last(chain, "USER"), last(chain, "HEALTHCHECK"), _port(chain)
    return ExistingDockerfile(
        path=path,
        port=port[0] if port else None,
        user=user.text.strip() if user else None,
        stages=tuple(stage.name for stage in stages(tree.read(path) or "") if stage.name),
        arguments=frozenset(_arguments(tree.read(path) or "")),
        healthcheck=health.text if health and health.text.upper() != "NONE" else None,
    )


def _arguments(text: str) -> Iterator[str]:
    for instruction in instructions(text):
        if instruction.keyword == "ARG":
            yield from re.findall(r"(?:^|\s)(\w+)(?==|\s|$)", instruction.text)


def facts(place: Place) -> Iterator[Fact]:
    """Port, command, health path and base image version of the last stage."""
    path = find(place.tree)
    every = stages(place.tree.read(path) or "") if path else ()
    chain = running(every)
    if path is None or not chain:
        return
    if port := _port(chain):
        yield Fact(
            name="port",
            value=port[0],
            rule=f"dockerfile.{port[2]}",
            confidence=CERTAIN,
            file=path,
            line=port[1],
        )
    if command := start_command(chain):
        text, line = command
        confidence = LIKELY if _portable(text) and not for_development(text) else WEAK
        yield Fact(
            name="start_command",
            value=text,
            rule="dockerfile.cmd",
            confidence=confidence,
            file=path,
            line=line,
        )
    yield from _health(path, chain)
    yield from _version(path, every, language=place.language)


def stages(text: str) -> tuple[Stage, ...]:
    """The build stages in order; nothing before the first FROM but ARG defaults counts."""
    arguments: dict[str, str] = {}
    found: list[tuple[Instruction, str, list[Instruction]]] = []
    for instruction in instructions(text):
        if instruction.keyword == "FROM":
            found.append((instruction, substituted(instruction.text, arguments), []))
            continue
        if instruction.keyword == "ARG" and not found:
            name, _, default = instruction.text.partition("=")
            arguments[name.strip()] = default.strip().strip("\"'")
        if found:
            found[-1][2].append(instruction)
    return tuple(_stage(*parts) for parts in found)


def _stage(start: Instruction, text: str, body: list[Instruction]) -> Stage:
    words = [word for word in text.split() if not word.startswith("--")]
    named = len(words) > 2 and words[1].upper() == "AS"
    name = words[2] if named else ""
    return Stage(name=name, base=words[0] if words else "", line=start.line, instructions=tuple(body))


def running(every: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """The last stage and the stages it is built on, the base first: what the container inherits."""
    chain: list[Stage] = []
    wanted = every[-1:]
    while wanted and wanted[0] not in chain:
        chain.insert(0, wanted[0])
        before = every[: every.index(wanted[0])]
        wanted = tuple(
            stage for stage in before if stage.name and stage.name.lower() == chain[0].base.lower()
        )[-1:]
    return tuple(chain)


def last(chain: tuple[Stage, ...], keyword: str) -> Instruction | None:
    """The last instruction of a kind in the chain, which is the one that holds."""
    return next(
        (
            item
            for stage in reversed(chain)
            for item in reversed(stage.instructions)
            if item.keyword == keyword
        ),
        None,
    )


def instructions(text: str) -> Iterator[Instruction]:
    """The instructions of a Dockerfile: comments dropped, continued lines joined, heredoc bodies skipped."""
    lines = iter(enumerate(text.splitlines(), start=1))
    for number, raw in lines:
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        while line.endswith("\\"):
            _, more = next(lines, (0, ""))
            line = line if more.lstrip().startswith("#") else f"{line[:-1].rstrip()} {more.strip()}"
        if heredoc := re.search(r"<<-?['\"]?(\w+)", line):
            next((None for _, body in lines if body.strip() == heredoc[1]), None)
        keyword, _, rest = line.partition(" ")
        yield Instruction(line=number, keyword=keyword.upper(), text=rest.strip())


def substituted(text: str, values: Mapping[str, str]) -> str:
    """The text with `$NAME`, `${NAME}` and `${NAME:-default}` replaced; unknown names become nothing."""
    return _VARIABLE.sub(lambda found: values.get(found[1] or found[3]) or found[2] or "", text)


def start_command(chain: tuple[Stage, ...]) -> tuple[str, int] | None:
    """What the container runs, as shell text, and its line; an entrypoint script gives way to its CMD."""
    entry, command = last(chain, "ENTRYPOINT"), last(chain, "CMD")
    if entry is None or (command is not None and is_script(_shell(entry.text))):
        return (unwrapped(_shell(command.text)), command.line) if command and command.text else None
    whole = _shell(entry.text)
    if command is not None and entry.text.startswith("["):  # a shell-form ENTRYPOINT ignores CMD
        whole = unwrapped(f"{whole} {_shell(command.text)}")
    return (unwrapped(whole), entry.line) if whole else None


def _shell(text: str) -> str:
    if text.startswith("["):
        try:
            words = json.loads(text)
        except ValueError:
            return ""
        if isinstance(words, list):
            return _joined([str(word) for word in words])
    return text


def _joined(words: list[str]) -> str:
    if len(words) == 3 and re.fullmatch(r"(?:/bin/)?(?:ba|da)?sh", words[0]) and words[1] in {"-c", "-lc"}:
        return words[2]
    return " ".join(word if "$" in word and " " not in word else shlex.quote(word) for word in words)


def is_script(command: str) -> bool:
    """Whether an entrypoint only prepares what its arguments then run."""
    return bool(re.match(r"\S*(?:entrypoint|tini|dumb-init)\S*", command)) or command.endswith(".sh")


def _portable(command: str) -> bool:
    """Whether the command means the same outside this image: no absolute path of its own file system."""
    return not re.match(r"(?:\./|/)", command) and not command.endswith(".sh")


def _port(chain: tuple[Stage, ...]) -> tuple[int, int, str] | None:
    """Port, line and rule: EXPOSE (the one `ENV PORT` names, if several), ENV PORT, the command, the base's own."""
    values = {name: (value, line) for stage in chain for name, value, line in _environment(stage)}
    exposed = [
        port
        for stage in chain
        for port in _exposed(stage, {name: value for name, (value, _) in values.items()})
    ]
    preferred = as_port(values["PORT"][0]) if "PORT" in values else None
    for port, line in sorted(exposed, key=lambda pair: (pair[0] != preferred, pair[0] in _DEBUG_PORTS)):
        return port, line, "expose"
    if preferred:
        return preferred, values["PORT"][1], "env"
    command = start_command(chain)
    if command and (named := port_in(command[0])):
        return named, command[1], "cmd"
    usual = listening(chain[0].base)
    return (usual, chain[0].line, "base") if usual else None


def _exposed(stage: Stage, values: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    for item in stage.instructions:
        for word in substituted(item.text, values).split() if item.keyword == "EXPOSE" else ():
            if port := as_port(word):
                yield port, item.line


def _environment(stage: Stage) -> Iterator[tuple[str, str, int]]:
    for item in stage.instructions:
        if item.keyword not in {"ENV", "ARG"}:
            continue
        pairs = re.findall(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S*)", item.text) or [item.text.split(None, 1)]
        for pair in pairs:
            if len(pair) == 2:
                yield pair[0], pair[1].strip("\"'"), item.line


def _health(path: str, chain: tuple[Stage, ...]) -> Iterator[Fact]:
    check = last(chain, "HEALTHCHECK")
    found = _URL_PATH.search(check.text) if check else None
    if check and found:
        yield Fact(
            name="health_path",
            value=found[1],
            rule="dockerfile.healthcheck",
            confidence=CERTAIN,
            file=path,
            line=check.line,
        )


def _version(path: str, every: tuple[Stage, ...], *, language: str) -> Iterator[Fact]:
    for stage in reversed(every):
        if version := image_version(stage.base, language):
            yield Fact(
                name="runtime_version",
                value=version,
                rule="dockerfile.from",
                confidence=LIKELY,
                file=path,
                line=stage.line,
            )
            return
