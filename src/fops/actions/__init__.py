"""Actions: the one shape of every change to the outside world, its gate, and the operations that run it.

Must not know: packs, features, doors. Map:
    model.py       Action, ActionCall, ChangeSet, Verdict, Outcome       contracts.py   actions that packs implement
    registry.py    all actions and workflows by name                     gate.py        the stages, in order
    approvals.py   effect x environment -> approval needed               operations.py  workflows, runs, steps, progress
    invoke.py      the one way in from a door                            durable/       operations that outlive a process
    reading.py     operations, trail and reasons as read actions         store.py       operations and their events
    own/           actions on the records of rooms below
"""

from fops.actions.gate import Gate
from fops.actions.invoke import Invoker, LocalInvoker
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
from fops.actions.operations import InlineRunner, Operation, StepEvent, Workflow
from fops.actions.registry import Registry

__all__ = [
    "Action", "ActionCall", "ChangeSet", "Effect", "Gate", "GateOutcome", "Honesty", "InlineRunner", "Invoker", "LocalInvoker",
    "Operation", "Pack", "Preview", "Registry", "StepEvent", "Verdict", "Workflow",
]  # fmt: skip
