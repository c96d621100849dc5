"""Signing in, refreshing, and recognising who shows a credential. All of it is in the audit trail but what is only read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fops.audit import AuditLog, Outcome
from fops.auth.authority import Authority
from fops.auth.credentials import opaque
from fops.auth.credentials.access import AccessTokens
from fops.auth.credentials.sessions import Client, Reused, Sessions
from fops.auth.credentials.tokens import PersonalTokens
from fops.auth.entry.attempts import Attempts
from fops.auth.entry.passwords import Passwords
from fops.auth.model import Bearer, Signed, actor_of, is_name
from fops.auth.people import People
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotAllowed, NotSignedIn

UNKNOWN = "user:?"
"""What the trail says of a name that could be nobody's: it was typed by a stranger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The way in: by a password, an invitation, a refresh token; and who a bearer token speaks for."""

    people: People
    sessions: Sessions
    tokens: PersonalTokens
    access: AccessTokens
    attempts: Attempts
    passwords: Passwords
    authority: Authority
    audit: AuditLog

    def by_password(self, ctx: RequestContext, name: str, password: str, client: Client) -> Signed:
        """A new session. Raises NotSignedIn, the same for every reason, and TooOften after too many."""
        actor = actor_of(name) if is_name(name) else UNKNOWN
        counts, begins = self.attempts.begin(ctx, actor, client.address)
        row = self.people.find(ctx, actor)
        right, newer = self.passwords.matches(password, row["password"] if row else None)
        if row is None or not right or row["disabled_at"]:
            self._note(
                ctx, "auth.sign_in", actor, Outcome.REFUSED, {"address": client.address, "wait": begins}
            )
            raise NotSignedIn(
                "the name or the password is not right",
                hint="`fops auth login` asks again; an admin can reset it",
            )
        self.attempts.succeeded(ctx, counts)
        if newer:
            self.people.keep_hash(ctx, actor, newer)
        return self._opened(ctx, "auth.sign_in", actor, client)

    def by_invitation(
        self, ctx: RequestContext, token: str, password: str, client: Client, *, name: str | None = None
    ) -> Signed:
        """Set the password that an invitation asks for, and open a session. Raises NotSignedIn, UsageError.

        Attempts are not counted: 256 random bits are not guessed, and no hash is made for a token that does not count.
        """
        actor = self.people.accept(ctx, token, password, name=name)
        self.authority.forget()
        return self._opened(ctx, "auth.invitation", actor, client)

    def change_password(self, ctx: RequestContext, old: str, new: str, client: Client) -> Signed:
        """Set one's own password anew; all other sessions end, and a new one begins. Raises NotAllowed, UsageError, TooOften."""
        counts, _ = self.attempts.begin(ctx, ctx.actor, client.address)
        row = self.people.find(ctx, ctx.actor)
        right, _ = self.passwords.matches(old, row["password"] if row else None)
        if not right:
            self._note(ctx, "auth.password", ctx.actor, Outcome.REFUSED, {"address": client.address})
            raise NotAllowed(
                "the old password is not right", hint="an admin can reset it: `fops auth user reset`"
            )
        self.people.set_password(ctx, ctx.actor, new)
        self.attempts.succeeded(ctx, counts)
        self.authority.forget()
        return self._opened(ctx, "auth.password", ctx.actor, client)

    def refresh(self, ctx: RequestContext, token: str, client: Client) -> Signed:
        """New tokens for a refresh token. Raises NotSignedIn."""
        try:
            return self.sessions.refresh(ctx, token, client)
        except Reused as error:
            self.authority.forget()
            details = {
                "address": client.address,
                "session": error.session,
                "reason": "a refresh token was used twice",
            }
            self._note(ctx, "auth.refresh", error.actor, Outcome.REFUSED, details)
            raise

    def remembered(self, shown: str) -> Bearer | None:
        """Whom a bearer token speaks for, if no query is needed to know. Raises NotSignedIn."""
        return self.tokens.remembered(shown) if opaque.is_token(shown, "pat") else self.access.believe(shown)

    def recognise(self, ctx: RequestContext, shown: str) -> RequestContext:
        """The context of whoever shows a bearer token. Raises NotSignedIn."""
        bearer = self.remembered(shown) or self.tokens.recognise(ctx, shown)
        known = replace(ctx, tenant=bearer.tenant, actor=bearer.actor, credential=bearer.credential)
        return self.admitted(known)

    def admitted(self, known: RequestContext) -> RequestContext:
        """The same context once its actor and credential are known to count. Raises NotSignedIn."""
        if not self.authority.alive(known):
            raise NotSignedIn("the session or token has ended", hint="sign in again: `fops auth login`")
        return known

    def _opened(self, ctx: RequestContext, action: str, actor: str, client: Client) -> Signed:
        signed = self.sessions.open(ctx, actor, client)
        details = {"address": client.address, "session": signed.session}
        self._note(replace(ctx, actor=actor), action, actor, Outcome.SUCCEEDED, details)
        return signed

    def _note(
        self, ctx: RequestContext, action: str, target: str, outcome: Outcome, details: Mapping[str, Any]
    ) -> None:
        self.audit.append(ctx, action=action, target=target, outcome=outcome, details=details)
