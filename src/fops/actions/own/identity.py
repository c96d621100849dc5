"""People, roles, tokens and sessions as actions. No password is a parameter: what is asked for here is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import Field

from fops.actions.model import Action, Effect, Honesty, Parameters, Preview
from fops.auth import Grant, Role, Scope
from fops.auth.authority import Authority
from fops.auth.credentials.sessions import Sessions
from fops.auth.credentials.tokens import LONGEST_DAYS, PersonalTokens
from fops.auth.model import Ceiling, account, actor_of, is_local
from fops.auth.people import People, shown
from fops.auth.permissions import SIGNED_IN
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotAllowed, NotFound, UsageError

Name = Annotated[str, Field(min_length=1, max_length=80)]
Place = Annotated[str | None, Field(min_length=1, max_length=63)]


class Nothing(Parameters):
    """No parameters."""


class Somebody(Parameters):
    """An account: `ada`, `user:ada` or `service:ci`."""

    name: Name


class Within(Parameters):
    """Where a role counts; nothing named means everywhere."""

    team: Place = None
    service: Place = None
    environment: Place = None

    @property
    def scope(self) -> Scope:
        """As the noun."""
        return Scope(team=self.team, service=self.service, environment=self.environment)


class NewAccount(Within):
    """`auth.user.add`: a person, or with `program` a service account; a role may come with it."""

    name: Name
    program: bool = False
    role: Role | None = Field(default=None, strict=False)


class NewRole(Within):
    """`auth.role.grant`."""

    name: Name
    role: Role = Field(strict=False)


class OldRole(Within):
    """`auth.role.revoke`: the role on exactly this scope."""

    name: Name


class Whose(Parameters):
    """Of an account, or of all."""

    name: Name | None = None


class NewToken(Within):
    """`auth.token.create`: for oneself, or for the account named; `role` and the scope are the most it may do."""

    title: Annotated[str, Field(min_length=1, max_length=100)]
    name: Name | None = None
    role: Role = Field(default=Role.VIEWER, strict=False)
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 90


class OneToken(Parameters):
    """A token by its id."""

    id: Annotated[str, Field(min_length=1, max_length=64)]


class Leaving(Parameters):
    """`auth.session.end`: this session; or with `everywhere` all of one's own, or those of the account named, and its tokens too."""

    everywhere: bool = False
    name: Name | None = None


Perform = Callable[[RequestContext, Any], Mapping[str, Any]]


class Accounts:
    """Offers what the auth room can do; each change is seen at once in this process."""

    def __init__(
        self, people: People, sessions: Sessions, tokens: PersonalTokens, authority: Authority
    ) -> None:
        self._people = people
        self._sessions = sessions
        self._tokens = tokens
        self._authority = authority

    def actions(self) -> tuple[Action, ...]:
        """All actions of this room."""
        return (*self._reads(), *self._on_people(), *self._on_credentials())

    def _reads(self) -> tuple[Action, ...]:
        return (
            _read("auth.whoami", "who you are here, and what you may do", SIGNED_IN, Nothing, self._whoami),
            _read("auth.user.list", "people and service accounts with their roles", "auth.admin", Nothing,
                  lambda ctx, _asked: {"users": self._people.every(ctx)}),
            _read("auth.role.list", "who has which role where", "auth.admin", Whose,
                  lambda ctx, asked: {"roles": self._people.granted(ctx, account(asked.name) if asked.name else None)}),
            _read("auth.token.list", "your tokens; for admins those of an account", SIGNED_IN, Whose, self._list_tokens),
            _read("auth.session.list", "your open sessions", SIGNED_IN, Nothing, self._list_sessions),
        )  # fmt: skip

    def _on_people(self) -> tuple[Action, ...]:
        people = self._people
        return (
            self._change("auth.user.add", "add a person, with an invitation, or a service account", NewAccount, self._add,
                         target=lambda asked: actor_of(asked.name, "service" if asked.program else "user"), effect=Effect.CHANGE),
            self._change("auth.user.disable", "let nothing of an account count", Somebody,
                         lambda ctx, asked: people.disable(ctx, account(asked.name)), effect=Effect.DESTROY),
            self._change("auth.user.enable", "let an account count again", Somebody,
                         lambda ctx, asked: people.enable(ctx, account(asked.name))),
            self._change("auth.user.reset", "end a password and all sessions, with an invitation to a new one", Somebody,
                         lambda ctx, asked: people.reset(ctx, account(asked.name)), effect=Effect.DESTROY),
            self._change("auth.role.grant", "give an account a role", NewRole,
                         lambda ctx, asked: people.grant(ctx, Grant(subject=account(asked.name), role=asked.role, scope=asked.scope))),
            self._change("auth.role.revoke", "take a role back", OldRole,
                         lambda ctx, asked: people.revoke(ctx, account(asked.name), asked.scope), effect=Effect.DESTROY),
        )  # fmt: skip

    def _on_credentials(self) -> tuple[Action, ...]:
        return (
            self._change("auth.token.create", "make a token for a program", NewToken, self._create_token, permission=SIGNED_IN,
                         target=lambda asked: asked.title),
            self._change("auth.token.revoke", "let a token count no more", OneToken, self._revoke_token, permission=SIGNED_IN,
                         target=lambda asked: asked.id, effect=Effect.DESTROY),
            self._change("auth.session.end", "sign out, here or everywhere", Leaving, self._end, permission=SIGNED_IN,
                         target=lambda asked: asked.name or "oneself", effect=Effect.DESTROY),
        )  # fmt: skip

    def _change(
        self,
        name: str,
        summary: str,
        parameters: type[Parameters],
        perform: Perform,
        *,
        permission: str = "auth.admin",
        effect: Effect = Effect.CHANGE,
        target: Callable[[Any], str] = lambda asked: account(asked.name),
    ) -> Action:
        def done(ctx: RequestContext, asked: Any) -> Mapping[str, Any]:
            result = perform(ctx, asked)
            self._authority.forget()
            return result

        return Action(
            name=name, summary=summary, effect=effect, permission=permission, parameters=parameters, perform=done, own=True,
            subject=lambda _ctx, asked: target(asked),
            preview=lambda _ctx, asked: Preview(honesty=Honesty.CLIENT, changes=(f"{summary}: {target(asked)}",)),
        )  # fmt: skip

    def _whoami(self, ctx: RequestContext, _asked: Nothing) -> Mapping[str, Any]:
        ceiling = None if is_local(ctx.actor) else self._authority.standing(ctx).ceiling
        return {
            "actor": ctx.actor,
            "door": ctx.door,
            "signed_in": not is_local(ctx.actor),
            "credential": ctx.credential,
            "roles": [shown(grant) for grant in self._authority.granted(ctx)],
            "at_most": ceiling and shown(Grant(subject=ctx.actor, role=ceiling.role, scope=ceiling.scope)),
        }

    def _add(self, ctx: RequestContext, asked: NewAccount) -> Mapping[str, Any]:
        actor = actor_of(asked.name, "service" if asked.program else "user")
        if asked.role is None and asked.scope != Scope():
            raise UsageError(
                "a team, service or environment says where a role counts, and none is given",
                hint="name a role",
            )
        grant = Grant(subject=actor, role=asked.role, scope=asked.scope) if asked.role else None
        return self._people.add(ctx, actor, grant)

    def _list_tokens(self, ctx: RequestContext, asked: Whose) -> Mapping[str, Any]:
        return {"tokens": self._tokens.of(ctx, self._owner(ctx, asked.name))}

    def _list_sessions(self, ctx: RequestContext, _asked: Nothing) -> Mapping[str, Any]:
        shown = ("id", "address", "client", "opened_at", "used_at", "expires_at")
        return {
            "sessions": [{name: row[name] for name in shown} for row in self._sessions.of(ctx, ctx.actor)]
        }

    def _create_token(self, ctx: RequestContext, asked: NewToken) -> Mapping[str, Any]:
        self._refuse_by_token(ctx, "make tokens")
        owner = self._owner(ctx, asked.name)
        if is_local(owner):
            raise UsageError(
                "this machine's own command line needs no token", hint="name the service account it is for"
            )
        if owner != ctx.actor and not owner.startswith("service:"):
            raise UsageError(
                f"a token of {owner} is made by themselves", hint="a service account's is made by an admin"
            )
        return self._tokens.create(
            ctx, owner, asked.title, Ceiling(role=asked.role, scope=asked.scope), days=asked.days
        )

    def _revoke_token(self, ctx: RequestContext, asked: OneToken) -> Mapping[str, Any]:
        owner = self._tokens.owner(ctx, asked.id)
        if owner is None or not (owner == ctx.actor or self._authority.permits(ctx, "auth.admin")):
            raise NotFound(f"no token {asked.id!r}", hint="`fops auth token list` shows them")
        if ctx.credential != asked.id:
            self._refuse_by_token(ctx, "revoke other tokens")
        return {"id": asked.id, "actor": owner, "revoked": bool(self._tokens.revoke(ctx, id=asked.id))}

    def _end(self, ctx: RequestContext, asked: Leaving) -> Mapping[str, Any]:
        if not asked.everywhere and asked.name is None:
            ended = self._sessions.end(ctx, why="signed out", id=ctx.credential or "")
            return {"sessions": ended, "tokens": 0}
        self._refuse_by_token(ctx, "end sessions")
        owner = self._owner(ctx, asked.name)
        why = "signed out everywhere"
        return {
            "sessions": self._sessions.end(ctx, why=why, actor=owner),
            "tokens": self._tokens.revoke(ctx, actor=owner),
        }

    def _owner(self, ctx: RequestContext, name: str | None) -> str:
        """Oneself, or for admins whoever is named. Raises NotFound for others: whether they are there is not told."""
        owner = ctx.actor if name is None else account(name)
        if owner != ctx.actor and not self._authority.permits(ctx, "auth.admin"):
            raise NotFound(f"no account {owner!r} of yours", hint="an admin may do this for others")
        return owner

    def _refuse_by_token(self, ctx: RequestContext, what: str) -> None:
        if (ctx.credential or "").startswith("pat_"):
            raise NotAllowed(
                f"a token may not {what}", hint="sign in with a password for this: `fops auth login`"
            )


def _read(name: str, summary: str, permission: str, parameters: type[Parameters], perform: Perform) -> Action:
    return Action(name=name, summary=summary, effect=Effect.READ, permission=permission, parameters=parameters, perform=perform,
                  idempotent=True)  # fmt: skip
