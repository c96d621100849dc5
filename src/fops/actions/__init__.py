"""Actions: the one shape of every change to the outside world, its gate, and the operations that run it.

Must not know: packs, features, doors. Map:
    model.py       Action, ActionCall, ChangeSet, Verdict, Outcome       contracts.py   actions that packs implement
    registry.py    all actions by name                                   gate.py        the stages, in order
    approvals.py   effect x environment -> approval needed               operations.py  runs, steps, progress
    store.py       tables of operations and their events
"""

from fops.actions.gate import Gate
from fops.actions.model import (
    Action,
    ActionCall,
    ChangeSet,
    Effect,
    GateOutcome,
    Honesty,
    Pack,
    Preview,
    Verdict,
)
from fops.actions.operations import InlineRunner, Operation, StepEvent
from fops.actions.registry import Registry

__all__ = [
    "Action", "ActionCall", "ChangeSet", "Effect", "Gate", "GateOutcome", "Honesty", "InlineRunner", "Operation", "Pack",
    "Preview", "Registry", "StepEvent", "Verdict",
]  # fmt: skip
