"""One table: what somebody must at least be for each permission. What is not here nobody may."""

from __future__ import annotations

from types import MappingProxyType

from fops.auth.model import Role, Scope

PUBLIC = "public"
"""Of a route: no credential is asked for."""

SIGNED_IN = "signed-in"
"""Whoever has a credential that counts, with no role at all: what is one's own, and lists that ask for each row."""

LEAST = MappingProxyType({
    "audit.read": Role.APPROVER,  # it names everybody's doings: for those who answer for them
    "audit.seal": Role.ADMIN,
    "auth.admin": Role.ADMIN,
    "change_request.create": Role.OPERATOR,
    "change_request.list": Role.OPERATOR,
    "files.write": Role.OPERATOR,
    "onboard.propose": Role.OPERATOR,
    "onboard.read": Role.VIEWER,
    "operations.cancel": Role.OPERATOR,  # what others asked for; one's own anybody may stop
    "operations.read": Role.VIEWER,
    "health.read": Role.ADMIN,  # how the machine is: paths, sizes, versions
    "metrics.read": Role.ADMIN,
    "service.add": Role.OPERATOR,
    "service.read": Role.VIEWER,
    "service.remove": Role.ADMIN,
    "why.read": Role.VIEWER,
    "workers.read": Role.ADMIN,
})  # fmt: skip
"""Permission → the least role, within the scope of what is asked."""


def known(permission: str) -> bool:
    """Whether a permission is one that a route, action or workflow may declare."""
    return permission in LEAST or permission in {PUBLIC, SIGNED_IN}


def asked_for(permission: str, on: Scope) -> str:
    """What somebody who lacks a permission has to ask for."""
    least = LEAST.get(permission)
    role = f"the role {least} " if least else ""
    return f"it needs {role}{'everywhere' if on == Scope() else f'for {on}'} ({permission})"
