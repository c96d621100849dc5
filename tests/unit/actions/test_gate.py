"""The gate: its stages in order, and what stands in the trail after each way it can end."""

from __future__ import annotations

import pytest

from factories.actions import a_call, a_change_set, a_context, a_gate, an_action
from fops.actions.model import Effect
from fops.kernel import interrupts
from fops.kernel.errors import (
    Cancelled,
    ConfirmationMissing,
    InDoubt,
    NotAllowed,
    NotFound,
    OutsideFailed,
    RefusedByPolicy,
    StorageFailed,
    UsageError,
)
from fops.kernel.ids import new_id
from fops.policy import Decision


class Refusing:
    """A policy that says no."""

    def decide(self, document):
        return Decision(
            allowed=False, rule="no-echo", message=f"{document['actions'][0]['name']} is not wanted"
        )


def _outcomes(audit):
    return [(entry.action, entry.outcome.value) for entry in audit.query()]


def test_a_change_passes_every_stage_and_is_recorded_before_and_after(tmp_path):
    gate, audit = a_gate(tmp_path)
    outcome = gate.run(a_context(), a_change_set())
    stages = [verdict.stage for verdict in outcome.verdicts]
    assert stages == [
        "validate",
        "authorise",
        "policy",
        "dry-run",
        "approve",
        "audit-started",
        "execute",
        "audit-outcome",
    ]
    assert outcome.results == ({"said": "hello"},)
    assert _outcomes(audit) == [("echo.say", "started"), ("echo.say", "succeeded")]


def test_the_started_entry_is_on_disk_before_the_action_runs(tmp_path):
    seen = []
    gate, audit = a_gate(tmp_path, an_action(lambda _ctx, _parameters: seen.extend(_outcomes(audit)) or {}))
    gate.run(a_context(), a_change_set())
    assert seen == [("echo.say", "started")]


def test_an_action_does_not_happen_when_its_entry_cannot_be_written(tmp_path):
    ran = []
    gate, _ = a_gate(tmp_path, an_action(lambda _ctx, _parameters: ran.append(1) or {}))
    (tmp_path / "audit").write_text("a file stands where the folder should be")
    with pytest.raises(StorageFailed):
        gate.run(a_context(), a_change_set())
    assert ran == []


def test_a_dry_run_ends_after_the_preview_and_writes_nothing(tmp_path):
    gate, audit = a_gate(tmp_path)
    outcome = gate.run(a_context(dry_run=True), a_change_set())
    assert (outcome.status, outcome.previews[0].changes, outcome.results) == ("planned", ("say hello",), ())
    assert _outcomes(audit) == []


@pytest.mark.parametrize(
    "call", [a_call(text=7), a_call(parameters={}), a_call(parameters={"text": "a", "more": 1})]
)
def test_parameters_of_the_wrong_shape_are_refused_before_anything_else(tmp_path, call):
    gate, audit = a_gate(tmp_path)
    with pytest.raises(UsageError, match=r"echo\.say: parameter"):
        gate.run(a_context(), a_change_set(call))
    assert _outcomes(audit) == []


def test_an_unknown_action_is_told_with_the_nearest_name(tmp_path):
    gate, _ = a_gate(tmp_path)
    with pytest.raises(NotFound) as caught:
        gate.run(a_context(), a_change_set(a_call(action="echo.sya")))
    assert caught.value.hint == "did you mean echo.say?"


def test_a_refusal_by_policy_is_in_the_trail_and_nothing_ran(tmp_path):
    gate, audit = a_gate(tmp_path, policy=Refusing())
    with pytest.raises(RefusedByPolicy, match="no-echo"):
        gate.run(a_context(), a_change_set())
    assert _outcomes(audit) == [("echo.say", "refused")]


def test_who_may_not_is_refused_and_recorded(tmp_path):
    gate, audit = a_gate(tmp_path, authorise=lambda _ctx, permission, _on: permission != "echo.say")
    with pytest.raises(NotAllowed):
        gate.run(a_context(), a_change_set())
    assert _outcomes(audit) == [("echo.say", "refused")]


def test_a_change_needs_the_askers_own_yes(tmp_path):
    gate, audit = a_gate(tmp_path, an_action(effect=Effect.CHANGE))
    with pytest.raises(ConfirmationMissing):
        gate.run(a_context(), a_change_set())
    assert gate.run(a_context(), a_change_set(), confirmed=True).status == "done"
    assert len(_outcomes(audit)) == 2


def test_a_change_to_production_needs_another_person(tmp_path):
    gate, audit = a_gate(tmp_path, an_action(effect=Effect.CHANGE))
    with pytest.raises(RefusedByPolicy, match="another person"):
        gate.run(a_context(), a_change_set(environment="prod"), confirmed=True)
    assert _outcomes(audit) == [("echo.say", "refused")]


@pytest.mark.parametrize(
    ("raised", "expected", "outcome"),
    [
        (OutsideFailed("no"), OutsideFailed, "failed"),
        (InDoubt("timed out"), InDoubt, "unknown"),
        (KeyboardInterrupt(), Cancelled, "failed"),
        (ZeroDivisionError(), ZeroDivisionError, "failed"),
    ],
)
def test_however_an_action_fails_its_outcome_is_recorded(tmp_path, raised, expected, outcome):
    def fail(_ctx, _parameters):
        raise raised

    gate, audit = a_gate(tmp_path, an_action(fail))
    with pytest.raises(expected):
        gate.run(a_context(), a_change_set())
    assert _outcomes(audit) == [("echo.say", "started"), ("echo.say", outcome)]


def test_an_approved_set_is_named_by_all_it_holds():
    first = a_change_set().digest
    others = [
        a_change_set(a_call("bye")),
        a_change_set(environment="prod"),
        a_change_set(compensations=(a_call(),)),
    ]
    assert len({first, *(other.digest for other in others)}) == 4
    assert a_change_set().digest == first


def test_secrets_in_an_error_do_not_reach_the_trail(tmp_path):
    def fail(_ctx, _parameters):
        raise OutsideFailed("https://ada:hunter2@example.com refused")

    gate, _ = a_gate(tmp_path, an_action(fail))
    with pytest.raises(OutsideFailed):
        gate.run(a_context(), a_change_set())
    trail = b"".join(path.read_bytes() for path in (tmp_path / "audit").iterdir() if path.is_file())
    assert b"hunter2" not in trail
    assert b"refused" in trail


def _cut(audit, ctx, *outcomes):
    """What the trail has of an attempt that went so far."""
    started = None
    for outcome in outcomes:
        details = {"change_set": "sha256:0", "index": 0} | (
            {"started": started, "result": {"said": "hello"}} if started else {}
        )
        started = audit.append(ctx, action="echo.say", target="the room", outcome=outcome, details=details).id
    return started


def _operation(**changes):
    return a_context(operation_id=new_id("opn"), **changes)


def test_a_first_attempt_has_nothing_to_settle(tmp_path):
    gate, audit = a_gate(tmp_path)
    ctx = _operation()
    _cut(audit, ctx, "started")
    assert gate.settle(ctx) is None
    assert _outcomes(audit) == [("echo.say", "started")]


def test_what_an_earlier_attempt_did_is_told_as_it_was_done(tmp_path):
    gate, audit = a_gate(tmp_path)
    ctx = _operation(attempt=2)
    entry = _cut(audit, ctx, "started", "succeeded")
    done = gate.settle(ctx)
    assert (done.status, done.results, done.audit_ids) == ("done", ({"said": "hello"},), (entry,))
    assert _outcomes(audit) == [("echo.say", "started"), ("echo.say", "succeeded")]


def test_what_an_earlier_attempt_began_is_taken_back_and_its_outcome_unknown(tmp_path):
    gate, audit = a_gate(tmp_path, an_action(abandoned=lambda ctx: f"swept up after {ctx.operation_id}"))
    ctx = _operation(attempt=2)
    started = _cut(audit, ctx, "started")
    assert gate.settle(ctx) is None
    assert gate.settle(ctx) is None
    *_, last = audit.query()
    assert (last.outcome, last.details["started"]) == ("unknown", started)
    assert last.details["found"] == f"swept up after {ctx.operation_id}"
    assert len(_outcomes(audit)) == 2


def test_what_cannot_be_taken_back_is_unknown_and_says_so(tmp_path):
    gate, audit = a_gate(tmp_path)
    ctx = _operation(attempt=3)
    _cut(audit, ctx, "started")
    gate.settle(ctx)
    assert [entry.details.get("found") for entry in audit.query()] == [
        None,
        "whether it was done is not known",
    ]


def test_other_operations_are_left_alone(tmp_path):
    gate, audit = a_gate(tmp_path, an_action(abandoned=lambda _ctx: pytest.fail("not ours")))
    _cut(audit, _operation(), "started")
    _cut(audit, _operation(), "started", "succeeded")
    assert gate.settle(_operation(attempt=2)) is None


def test_nothing_is_begun_once_somebody_has_stopped_it(tmp_path):
    gate, audit = a_gate(tmp_path)

    def stopped():
        raise Cancelled("somebody stopped it")

    with pytest.raises(Cancelled), interrupts.watched(stopped):
        gate.run(a_context(), a_change_set())
    assert _outcomes(audit) == []
