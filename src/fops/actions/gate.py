"""The gate: validate → authorise → policy → dry run → approve → audit `started` → execute → audit outcome.

Nothing outside the data directory changes but through here. Each stage returns a typed verdict; the first that does
not pass ends the run, and a refusal is written to the audit trail too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fops.actions.approvals import Needed, needed
from fops.actions.model import (
    Action,
    ActionCall,
    ChangeSet,
    Effect,
    GateOutcome,
    Grant,
    Parameters,
    Preview,
    Verdict,
    read_parameters,
)
from fops.actions.registry import Registry
from fops.audit import AuditEntry, AuditLog, Outcome
from fops.auth import Scope
from fops.auth.permissions import asked_for
from fops.kernel import interrupts
from fops.kernel.context import RequestContext
from fops.kernel.errors import (
    Cancelled,
    ConfirmationMissing,
    FopsError,
    InDoubt,
    NotAllowed,
    RefusedByPolicy,
    StorageFailed,
)
from fops.kernel.ids import moment_of
from fops.policy import Policy
from fops.policy.model import INPUT_SCHEMA

A_CLOCK_SET_BACK = timedelta(minutes=5)  # between the id of an operation and the lines of its actions

Authorise = Callable[[RequestContext, str, Scope], bool]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A call whose action exists and whose parameters are valid."""

    call: ActionCall
    action: Action
    parameters: Parameters


class Gate:
    """Runs ChangeSets. `authorise(ctx, permission, scope)` answers for the actor."""

    def __init__(
        self,
        registry: Registry,
        policy: Policy,
        audit: AuditLog,
        *,
        authorise: Authorise,
    ) -> None:
        self._registry = registry
        self._policy = policy
        self._audit = audit
        self._authorise = authorise

    def run(
        self,
        ctx: RequestContext,
        changes: ChangeSet,
        *,
        confirmed: bool = False,
        keep: Callable[[GateOutcome], None] = lambda _outcome: None,
    ) -> GateOutcome:
        """Take a ChangeSet through all stages; `confirmed` is the asker's own yes.

        `keep` records what was done; when it cannot, what can be undone is undone: nobody would find it again.
        With `ctx.dry_run` it ends after the dry run with status `planned`. Raises UsageError (validate), NotAllowed
        (authorise), RefusedByPolicy, ConfirmationMissing (approve), StorageFailed when the audit entry cannot be
        written (then nothing was executed), and whatever the action raises.
        """
        ready = [self._validate(call) for call in changes.calls]
        verdicts = [
            Verdict(stage="validate", status="passed", detail=f"{len(ready)} action(s), parameters valid")
        ]
        verdicts.append(self._authorised(ctx, ready))
        verdicts.append(self._by_policy(ctx, changes, ready))
        previews = tuple(one.action.preview(ctx, one.parameters) for one in ready)
        verdicts.append(
            Verdict(
                stage="dry-run",
                status="passed",
                detail="; ".join(sorted({preview.honesty for preview in previews})),
            )
        )
        if ctx.dry_run:
            return GateOutcome(
                status="planned", digest=changes.digest, verdicts=tuple(verdicts), previews=previews
            )
        verdicts.append(self._approved(ctx, changes, ready, confirmed=confirmed))
        outcome = self._execute_all(ctx, changes, ready, (verdicts, previews))
        try:
            keep(outcome)
        except FopsError as error:
            for one, result in reversed(list(zip(ready, outcome.results, strict=True))):
                self._undo(ctx, one, result, error)
            raise
        return outcome

    def settle(self, ctx: RequestContext) -> GateOutcome | None:
        """What earlier attempts of this operation did, as the trail has it: for work that runs again from its start.

        An action that began and has no outcome is settled first, and its `unknown` written: it takes back what it left,
        where it can. Returns the last that succeeded, as when it was done, else None.
        """
        if ctx.attempt <= 1 or ctx.operation_id is None:
            return None
        since = moment_of(ctx.operation_id) - A_CLOCK_SET_BACK
        mine = [entry for entry in self._audit.query(since=since) if entry.operation_id == ctx.operation_id]
        outcomes = {str(entry.details.get("started")): entry for entry in mine}
        for entry in mine:
            if entry.outcome is Outcome.STARTED and entry.id not in outcomes:
                self._settle(ctx, entry)
        done = [entry for entry in mine if entry.outcome is Outcome.SUCCEEDED]
        if not done:
            return None
        result = done[-1].details["result"]
        return GateOutcome(status="done", digest=str(done[-1].details["change_set"]), verdicts=(), results=(result,),
                           audit_ids=(done[-1].id,))  # fmt: skip

    def _settle(self, ctx: RequestContext, entry: AuditEntry) -> None:
        found = self._registry.get(entry.action).abandoned
        said = found(ctx) if found else "whether it was done is not known"
        details = {**entry.details, "started": entry.id, "found": said}
        self._audit.append(ctx, action=entry.action, target=entry.target, outcome=Outcome.UNKNOWN, details=details,
                           attempt=entry.attempt)  # fmt: skip

    def _validate(self, call: ActionCall) -> _Ready:
        action = self._registry.get(call.action)
        return _Ready(call, action, read_parameters(call.action, action.parameters, call.parameters))

    def _authorised(self, ctx: RequestContext, ready: list[_Ready]) -> Verdict:
        for one in ready:
            where = one.action.scope(ctx, one.parameters)
            if not self._authorise(ctx, one.action.permission, where):
                self._record_refusal(ctx, one, f"{ctx.actor} lacks {one.action.permission}")
                raise NotAllowed(
                    f"{ctx.actor} may not {one.action.name}",
                    hint=asked_for(one.action.permission, where),
                )
        return Verdict(stage="authorise", status="passed", detail=ctx.actor)

    def _by_policy(self, ctx: RequestContext, changes: ChangeSet, ready: list[_Ready]) -> Verdict:
        decision = self._policy.decide(_policy_input(ctx, changes, ready))
        if not decision.allowed:
            for one in ready:
                self._record_refusal(ctx, one, f"policy {decision.rule}: {decision.message}")
            raise RefusedByPolicy(f"policy {decision.rule}: {decision.message}")
        return Verdict(stage="policy", status="passed", detail=decision.message)

    def _approved(
        self, ctx: RequestContext, changes: ChangeSet, ready: list[_Ready], *, confirmed: bool
    ) -> Verdict:
        wanted = max(
            (needed(one.action.effect, changes.environment) for one in ready), key=list(Needed).index
        )
        if wanted is Needed.ANOTHER:
            self._record_refusal(ctx, ready[0], "another person's approval is needed")
            raise RefusedByPolicy(
                "another person's approval is needed", hint="rules that need two people need the server"
            )
        if wanted is Needed.ASKER and not confirmed:
            raise ConfirmationMissing(
                f"{ready[0].action.name} changes {ready[0].call.target} and nobody confirmed it"
            )
        return Verdict(stage="approve", status="passed", detail=f"needed from: {wanted}")

    def _execute_all(
        self,
        ctx: RequestContext,
        changes: ChangeSet,
        ready: list[_Ready],
        before: tuple[list[Verdict], tuple[Preview, ...]],
    ) -> GateOutcome:
        verdicts, previews = before
        done = [
            self._execute(ctx, one, Grant(digest=changes.digest, index=index))
            for index, one in enumerate(ready)
        ]
        for stage in ("audit-started", "execute", "audit-outcome"):
            verdicts.append(Verdict(stage=stage, status="passed"))
        return GateOutcome(
            status="done",
            digest=changes.digest,
            verdicts=tuple(verdicts),
            previews=previews,
            results=tuple(result for result, _ in done),
            audit_ids=tuple(audit_id for _, audit_id in done),
        )

    def _execute(self, ctx: RequestContext, one: _Ready, grant: Grant) -> tuple[Mapping[str, Any], str]:
        interrupts.check()  # not when somebody stopped it, or another worker has taken over
        details: dict[str, Any] = {"change_set": grant.digest, "index": grant.index}
        started = self._append(ctx, one, Outcome.STARTED, details)
        details["started"] = started
        try:
            result = one.action.perform(ctx, one.parameters)
        except InDoubt as error:
            self._append(ctx, one, Outcome.UNKNOWN, details | {"error": error.message})
            raise
        except FopsError as error:
            self._append(ctx, one, Outcome.FAILED, details | {"code": error.code, "error": error.message})
            raise
        except KeyboardInterrupt as error:
            self._append(
                ctx, one, Outcome.FAILED, details | {"code": Cancelled.code, "error": "stopped by a person"}
            )
            raise Cancelled(f"{one.action.name} was stopped") from error
        except BaseException as error:
            self._append(ctx, one, Outcome.FAILED, details | {"error": type(error).__name__})
            raise
        try:
            return result, self._append(ctx, one, Outcome.SUCCEEDED, details | {"result": dict(result)})
        except StorageFailed as error:
            self._undo(ctx, one, result, error)
            raise

    def _undo(self, ctx: RequestContext, one: _Ready, result: Mapping[str, Any], error: FopsError) -> None:
        if one.action.undo is None:
            return
        one.action.undo(ctx, one.parameters, result)
        with suppress(
            StorageFailed
        ):  # the trail may be what cannot be written; its `started` then stands alone
            self._append(ctx, one, Outcome.FAILED, {"undone": True, "error": error.message})

    def _record_refusal(self, ctx: RequestContext, one: _Ready, reason: str) -> None:
        self._append(ctx, one, Outcome.REFUSED, {"reason": reason})

    def _append(self, ctx: RequestContext, one: _Ready, outcome: Outcome, details: Mapping[str, Any]) -> str:
        return self._audit.append(
            ctx,
            action=one.action.name,
            target=one.call.target,
            outcome=outcome,
            details=dict(details),
            attempt=ctx.attempt,
        ).id


def _policy_input(ctx: RequestContext, changes: ChangeSet, ready: list[_Ready]) -> dict[str, Any]:
    return {
        "schema": INPUT_SCHEMA,
        "tenant": ctx.tenant,
        "actor": ctx.actor,
        "door": ctx.door,
        "environment": changes.environment,
        "digest": changes.digest,
        "actions": [
            {"name": one.action.name, "effect": Effect(one.action.effect).value, "target": one.call.target}
            for one in ready
        ],
    }
