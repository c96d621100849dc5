"""What a door may ask for by name, and what it may not."""

from __future__ import annotations

import pytest

from factories.actions import a_context, a_gate, an_action
from fops.actions import Effect, LocalInvoker, Registry
from fops.actions.operations import InlineRunner
from fops.audit import Outcome
from fops.kernel.clock import SystemClock
from fops.kernel.errors import NotAllowed, UsageError


def _invoker(database, folder, action, *, allowed=True):
    gate, audit = a_gate(folder, action)
    runner = InlineRunner(database, SystemClock())
    return LocalInvoker(Registry([action]), runner, gate, lambda _ctx, _permission: allowed), audit


@pytest.fixture
def own():
    """An action on our own records."""
    return an_action(
        effect=Effect.CHANGE, own=True, subject=lambda _ctx, parameters: f"room {parameters.text}"
    )


def test_a_change_of_our_own_records_passes_the_gate_and_is_audited(database, tmp_path, own):
    invoker, audit = _invoker(database, tmp_path, own)
    assert invoker.invoke(a_context(), "echo.say", {"text": "blue"}) == {"said": "blue"}
    assert [(one.target, one.outcome) for one in audit.query()] == [
        ("room blue", Outcome.STARTED),
        ("room blue", Outcome.SUCCEEDED),
    ]


def test_its_dry_run_says_what_would_change_and_leaves_no_trace(database, tmp_path, own):
    invoker, audit = _invoker(database, tmp_path, own)
    planned = invoker.invoke(a_context(dry_run=True), "echo.say", {"text": "blue"})
    assert planned == {"status": "planned", "changes": ["say blue"]}
    assert list(audit.query()) == []


def test_a_change_outside_is_not_asked_for_by_name(database, tmp_path):
    invoker, _ = _invoker(database, tmp_path, an_action(effect=Effect.CHANGE))
    with pytest.raises(UsageError, match="change set"):
        invoker.invoke(a_context(), "echo.say", {"text": "blue"})


def test_who_may_not_changes_nothing(database, tmp_path, own):
    invoker, audit = _invoker(database, tmp_path, own, allowed=False)
    with pytest.raises(NotAllowed):
        invoker.invoke(a_context(), "echo.say", {"text": "blue"})
    assert list(audit.query()) == []
