"""The nouns of this room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from fops.kernel.context import RequestContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where something stands: a file, and a 1-based line where one is known."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One thing that can be explained: `says` is one sentence for a person, `rule` the rule that made it, if one did."""

    id: str
    kind: str
    says: str
    location: Location | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A node and what it rests on: ids to look up, or descriptions already at hand."""

    node: Node
    rests_on: tuple[str | Description, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A node with everything below it."""

    node: Node
    rests_on: tuple[Explanation, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The shape of `why --json`."""
        location = self.node.location
        return {
            "id": self.node.id,
            "kind": self.node.kind,
            "says": self.node.says,
            "location": None if location is None else {"file": location.file, "line": location.line},
            "rule": self.node.rule,
            "rests_on": [below.as_json() for below in self.rests_on],
        }


class Describer(Protocol):
    """A room's answer about its own nouns."""

    def describe(self, ctx: RequestContext, subject: str) -> Description | None:
        """What the subject (an id, a path, or `path:line`) is and rests on; None when it is not this room's."""
