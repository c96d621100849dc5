"""What of an application keeps running: its processes, the one that answers requests first known by its port."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fops.kernel.errors import NotDeployable
from fops.onboarding.detect.files.procfile import ONE_SHOT
from fops.onboarding.detect.notes import built_for
from fops.onboarding.model import ExistingDockerfile, Fact, Process, seen_from_top
from fops.onboarding.plan import defaults
from fops.onboarding.plan.answers import RULE
from fops.onboarding.plan.names import label
from fops.onboarding.ports import Tree

Assume = Callable[[str, Any, str], None]
"""Notes an assumption: the fact, the value taken, and why."""
# Names of what only works through jobs or messages: where no port is known either, nothing listens.
_BACKGROUND = re.compile(r"worker|bot\b|beat|clock|cron|schedul|consumer|queue|jobs?\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An application with its names, its answers laid over its facts, its own folder and its own Dockerfile."""

    name: str
    address: str
    path: str
    context: str
    language: str
    package_manager: str
    image: str
    facts: Mapping[str, Fact]
    tree: Tree
    dockerfile: ExistingDockerfile | None

    def value(self, name: str, default: Any = None) -> Any:
        """The value of a fact, or `default`."""
        fact = self.facts.get(name)
        return default if fact is None or fact.value is None else fact.value

    def text(self, name: str) -> str:
        """The value of a fact as text, empty where there is none."""
        return str(self.value(name, ""))

    def answered(self, name: str) -> bool:
        """Whether a person gave the fact."""
        return name in self.facts and self.facts[name].rule == RULE


def processes(one: Draft, assume: Assume) -> tuple[Process, ...]:
    """The processes. Raises NotDeployable where nothing says or suggests how the application starts."""
    commands, web = _commands(one)
    if not commands and is_function(one):
        return ()
    if not commands:
        commands, web = _unsaid(one, assume)
    if web and one.answered("start_command"):
        commands[web] = one.text("start_command")
    return tuple(
        Process(name=name, command=command, port=_port(one, assume) if name == web else None)
        for name, command in commands.items()
    )


def is_function(one: Draft) -> bool:
    """Whether it is a Lambda function already: the usual handler file, and nothing that starts a server."""
    return one.tree.size(defaults.FUNCTION_FILES.get(one.language, "")) is not None


def _commands(one: Draft) -> tuple[dict[str, str], str | None]:
    """The commands by process name, and the name of the one that listens."""
    start = one.text("start_command")
    listed = {
        label(str(item.get("name", ""))): str(item["command"])
        for item in one.value("processes", [])
        if isinstance(item, dict) and item.get("name") not in ONE_SHOT and item.get("command")
    }
    silent = one.value("port") is None and one.dockerfile is None
    web = next(
        (
            name
            for name, command in listed.items()
            if name == "web" or (command == start and not (silent and _BACKGROUND.search(name)))
        ),
        None,
    )
    if start and web is None and not (listed and one.value("port") is None):
        return {"web": start, **listed}, "web"
    return listed, web


def _unsaid(one: Draft, assume: Assume) -> tuple[dict[str, str], str]:
    if one.dockerfile is not None:
        return {"web": ""}, "web"  # the user's own image knows how to start
    if fact := one.facts.get("built_for"):
        raise NotDeployable(
            f"{one.name}: {seen_from_top(one.path, fact.file or '')}:{fact.line} {built_for(fact)}",
            hint="change that, or say how it starts: --set start_command='…'",
        )
    guess = defaults.start_command(one.language, one.package_manager, one.tree)
    if guess is None:
        raise NotDeployable(
            f"{one.name}: no start command was found",
            hint="say how it starts: --set start_command='…'; if only files are served: --set static=true --set output_folder=…",
        )
    assume(
        "start_command",
        guess,
        "nothing says how it starts; this is the custom for a program with these files",
    )
    return {"web": guess}, "web"


def _port(one: Draft, assume: Assume) -> int | None:
    """A person's word, the user's own Dockerfile, the code, the default."""
    if one.answered("port"):
        return one.facts["port"].value if one.facts["port"].value is None else int(one.facts["port"].value)
    if one.dockerfile is not None and one.dockerfile.port:
        return one.dockerfile.port
    port = one.value("port")
    if isinstance(port, int) and 0 < port < 65536:
        return port
    why = "no port was found in the code; the container is told to listen here through PORT (none: it does not listen)"
    assume("port", defaults.PORT, why)
    return defaults.PORT
