"""The nouns of this room, and the policy that stands while no rule is installed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

INPUT_SCHEMA = "fops.policy-input/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether policy lets it pass; `rule` and `message` say why not."""

    allowed: bool
    rule: str = ""
    message: str = ""


class Policy(Protocol):
    """Decides on a document of schema INPUT_SCHEMA: tenant, actor, environment, actions with their effects."""

    def decide(self, document: Mapping[str, Any]) -> Decision:
        """The decision; pure."""


class AllowAll:
    """No rule is installed: everything passes, and the verdict says so."""

    def decide(self, document: Mapping[str, Any]) -> Decision:
        """Allowed, whatever the document."""
        return Decision(
            allowed=True,
            rule="none",
            message=f"no policy is installed ({len(document['actions'])} actions seen)",
        )
