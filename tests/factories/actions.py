"""Contexts, an echo action, and a gate that writes a real audit trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fops.actions.gate import Gate
from fops.actions.model import Action, ActionCall, ChangeSet, Effect, Honesty, Parameters, Preview
from fops.actions.registry import Registry
from fops.audit import AuditLog
from fops.auth import Scope
from fops.kernel.clock import SystemClock
from fops.kernel.context import RequestContext
from fops.policy import AllowAll


def anybody_may(_ctx: RequestContext, _permission: str, _on: Scope) -> bool:
    """An `Authorise` for tests of something else."""
    return True


def a_context(**changes: Any) -> RequestContext:
    return replace(RequestContext(actor="local:ada", door="test", request_id="req_test"), **changes)


class Echo(Parameters):
    """Parameters of the echo action."""

    text: str


def an_action(
    perform: Callable[[RequestContext, Any], Mapping[str, Any]] | None = None, **changes: Any
) -> Action:
    action = Action(
        name="echo.say",
        summary="say it back",
        effect=Effect.PROPOSE,
        permission="echo.say",
        parameters=Echo,
        perform=perform or (lambda _ctx, parameters: {"said": parameters.text}),
        preview=lambda _ctx, parameters: Preview(honesty=Honesty.CLIENT, changes=(f"say {parameters.text}",)),
    )
    return replace(action, **changes)


def a_call(text: Any = "hello", **changes: Any) -> ActionCall:
    return replace(ActionCall(action="echo.say", target="the room", parameters={"text": text}), **changes)


def a_change_set(*calls: ActionCall, **changes: Any) -> ChangeSet:
    return replace(ChangeSet(calls=calls or (a_call(),)), **changes)


def a_gate(folder: Path, action: Action | None = None, **changes: Any) -> tuple[Gate, AuditLog]:
    audit = AuditLog(folder / "audit", clock=SystemClock(), chain="node")
    policy = changes.pop("policy", AllowAll())
    authorise = changes.pop("authorise", anybody_may)
    return Gate(Registry([action or an_action()]), policy, audit, authorise=authorise, **changes), audit
