"""Policy: versioned JSON in, a decision out. The engine stands behind one small interface.

Must not know: actions, stores, doors. Map:
    model.py   Decision, Policy
"""

from fops.policy.model import AllowAll, Decision, Policy

__all__ = ["AllowAll", "Decision", "Policy"]
