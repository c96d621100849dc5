"""Auth: who asks, and what they may do.

Must not know: actions, features, doors. The package itself imports no database. Map:
    model.py         Role, Scope, Grant, Standing         people.py     people, service accounts, invitations
    permissions.py   the least role of each permission    roles.py      granting and revoking
    authority.py     may this actor do this here?         settings.py   keys, times
    credentials/     signing keys, access tokens, sessions, personal tokens
    entry/           passwords, lock-out, signing in      store/        the tables
"""

from fops.auth.model import EVERYWHERE, Grant, Role, Scope

__all__ = ["EVERYWHERE", "Grant", "Role", "Scope"]
