"""The nouns of this room. An action is a definition; an operation is one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from fops.auth import EVERYWHERE, Scope
from fops.kernel.canonical import digest
from fops.kernel.context import RequestContext
from fops.kernel.errors import UsageError

CHANGE_SET_SCHEMA = "fops.change-set/v1"


class Effect(StrEnum):
    """What an action does to the outside world, weakest first."""

    READ = "read"
    PROPOSE = "propose"
    CHANGE = "change"
    DESTROY = "destroy"


class Honesty(StrEnum):
    """Who judged the dry run: the outside system, only this side, or nobody."""

    SERVER = "server"
    CLIENT = "client"
    NONE = "none"


class Parameters(BaseModel):
    """Base of every action's parameters: frozen, strict, no unknown names."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


def read_parameters(name: str, model: type[Parameters], given: Mapping[str, Any]) -> Parameters:
    """The parameters of an action or workflow of this name. Raises UsageError naming the first that is wrong."""
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"{name}: parameter {where or '?'}: {first['msg'].removeprefix('Value error, ')}"
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a dry run shows: one line per change, and how honest it is."""

    honesty: Honesty
    changes: tuple[str, ...]


NOTHING = Preview(honesty=Honesty.NONE, changes=())


def everywhere(_ctx: RequestContext, _parameters: Any) -> Scope:
    """The scope of what is not bound to a team, service or environment."""
    return EVERYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A typed action `pack.verb`.

    `parameters` is a Parameters model; `perform` acts and returns JSON; `preview` changes nothing; both raise
    FopsError. `permission` is the role-scoped name that authorisation asks for; `timeout` is in seconds. `undo` takes
    back what `perform` returned when it could not be recorded. What only reads has no `preview`. `implements` names the
    contract that it fulfils (contracts.py) for a `provider` such as `github`; features ask by both. An action with `own`
    changes nothing but F-Ops' own records (a service, a token): whoever may do it asks for it by name, `subject` says on
    what, and asking is the confirmation; it passes the gate like any other. `scope` says where the permission must hold;
    what shows rows of many scopes declares `fops.auth.permissions.SIGNED_IN` and asks for each. What reads more than one
    document holds has `pieces`: bytes handed on as they are read, by `Invoker.stream`. `abandoned` is asked when an
    earlier attempt of `ctx.operation_id` began and nobody knows how it ended: it takes back what that one left, and says
    what it found.
    """

    name: str
    summary: str
    effect: Effect
    permission: str
    parameters: type[Parameters]
    perform: Callable[[RequestContext, Any], Mapping[str, Any]]
    preview: Callable[[RequestContext, Any], Preview] = lambda _ctx, _parameters: NOTHING
    undo: Callable[[RequestContext, Any, Mapping[str, Any]], None] | None = None
    abandoned: Callable[[RequestContext], str] | None = None
    idempotent: bool = False
    compensation: str | None = None
    timeout: float = 60.0
    own: bool = False
    subject: Callable[[RequestContext, Any], str] = lambda _ctx, _parameters: ""
    pieces: Callable[[RequestContext, Any], Iterator[bytes]] | None = None
    scope: Callable[[RequestContext, Any], Scope] = everywhere
    implements: str = ""
    provider: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCall:
    """An action with its parameters as JSON; `target` names what it acts on, for people and the audit trail."""

    action: str
    target: str
    parameters: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The members a digest covers."""
        return {"action": self.action, "target": self.target, "parameters": dict(self.parameters)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """What people approve, by its digest: ordered calls, and compensations approved with them."""

    calls: tuple[ActionCall, ...]
    environment: str | None = None
    compensations: tuple[ActionCall, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Schema CHANGE_SET_SCHEMA."""
        return {
            "schema": CHANGE_SET_SCHEMA,
            "environment": self.environment,
            "calls": [call.as_json() for call in self.calls],
            "compensations": [call.as_json() for call in self.compensations],
        }

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON."""
        return digest(self.as_json())


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The right to run one call of an approved ChangeSet."""

    digest: str
    index: int
    approval: str | None = None


Stage = Literal[
    "validate", "authorise", "policy", "dry-run", "approve", "audit-started", "execute", "audit-outcome"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one stage of the gate said; `detail` is one line for a person."""

    stage: Stage
    status: Literal["passed", "refused", "failed", "waiting", "skipped"]
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOutcome:
    """The end of one ChangeSet: `results` has one entry per executed call."""

    status: Literal["done", "planned", "waiting-for-approval"]
    digest: str
    verdicts: tuple[Verdict, ...]
    previews: tuple[Preview, ...] = ()
    results: tuple[Mapping[str, Any], ...] = ()
    audit_ids: tuple[str, ...] = ()


Group = TypeVar("Group")


class PackSettings(Protocol):
    """What a pack's `load` is given: the data directory, and the values of a settings group of its own."""

    @property
    def home(self) -> Path:
        """The data directory."""

    def group(self, group: type[Group]) -> Group:
        """One group's values. Raises UsageError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """An integration: a name and the actions it brings."""

    name: str
    summary: str
    actions: tuple[Action, ...] = field(default=())
