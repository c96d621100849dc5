"""Findings as the doors show them."""

from __future__ import annotations

from typing import Any

from fops.onboarding.model import Conflict, Findings


def findings_json(findings: Findings) -> dict[str, Any]:
    """The shape CONTRACT gives to `onboard explain --json`; conflicts carry both facts, notes what could not be read."""
    return {
        "deployable": findings.deployable,
        "reason": findings.reason,
        "apps": [
            {"path": app.path, "facts": {name: fact.as_json() for name, fact in app.facts.items()}}
            for app in findings.apps
        ],
        "conflicts": [_conflict(conflict) for conflict in findings.conflicts],
        "notes": list(findings.notes),
    }


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "app": conflict.app,
        "fact": conflict.fact,
        "taken": conflict.taken.as_json(),
        "other": conflict.other.as_json(),
    }
