"""`/api/auth`: signing in and out, people, roles, tokens. What changes a password is here alone, and no action."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Body, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from fops.api.callers import Caller, House, client_of
from fops.api.documents import answer, failures, needs
from fops.api.guards.turnstile import Turnstile
from fops.api.routing import RoomRouter
from fops.auth.credentials.sessions import Client
from fops.auth.credentials.tokens import LONGEST_DAYS
from fops.auth.model import Role, Signed
from fops.auth.permissions import PUBLIC, SIGNED_IN

router = RoomRouter(prefix="/auth", tags=["auth"])

Text = Annotated[str, Field(min_length=1, max_length=200)]
Password = Annotated[str, Field(min_length=1, max_length=1000)]
Place = Annotated[str | None, Field(min_length=1, max_length=63)]
Where = Annotated[str | None, Query(min_length=1, max_length=63, description="Where the role counts.")]
From = Annotated[Client, Depends(client_of)]


async def _turnstile(request: Request) -> Turnstile:
    turnstile: Turnstile = request.app.state.turnstile
    return turnstile


OneByOne = Annotated[Turnstile, Depends(_turnstile)]

_SIGNED = {"token_type": "bearer", "access_token": "eyJ…", "expires_in": 1800, "refresh_token": "fops_rt_…",
           "actor": "user:ada", "session": "ses_01jx0000000000000000000000"}  # fmt: skip
_GRANT = {"subject": "user:ada", "role": "operator", "team": None, "service": "shop", "environment": None}
_ACCOUNT = {"actor": "user:ada", "added_at": "2026-11-24T09:30:00.000000Z", "added_by": "user:grace", "password_at": None,
            "disabled_at": None, "roles": [{"role": "operator", "team": None, "service": "shop", "environment": None}]}  # fmt: skip
_TOKEN = {"id": "pat_01jx0000000000000000000000", "actor": "service:ci", "name": "pipeline", "role": "operator", "team": None,
          "service": "shop", "environment": None, "created_by": "user:ada", "created_at": "2026-11-24T09:30:00.000000Z",
          "expires_at": "2027-02-22T09:30:00.000000Z", "used_at": None, "revoked_at": None}  # fmt: skip
_INVITED = {
    "actor": "user:ada",
    "invitation_token": "fops_inv_…",
    "expires_at": "2026-11-27T09:30:00.000000Z",
}


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Login(_Asked):
    """A name and its password."""

    name: Text
    password: Password


class Refresh(_Asked):
    """The refresh token of a session; it counts once."""

    refresh_token: Text


class Setup(_Asked):
    """The token that a server without people printed, and the first person."""

    token: Text
    name: Text
    password: Password


class Invitation(_Asked):
    """An invitation or reset, and the password to set."""

    token: Text
    password: Password


class NewPassword(_Asked):
    """The old password and the new one."""

    old: Password
    new: Password


class Leaving(_Asked):
    """`everywhere` ends all sessions, and revokes all tokens."""

    everywhere: bool = False


class NewAccount(_Asked):
    """A person, or with `program` a service account; a role may come with it."""

    name: Text
    program: bool = False
    role: Role | None = Field(default=None, strict=False)
    team: Place = None
    service: Place = None
    environment: Place = None


class NewRole(_Asked):
    """A role, and where it counts: nothing named means everywhere."""

    name: Text
    role: Role = Field(strict=False)
    team: Place = None
    service: Place = None
    environment: Place = None


class NewToken(_Asked):
    """A token for a program; `role` and where it counts are the most that it may do."""

    title: Text
    name: Text | None = None
    role: Role = Field(default=Role.VIEWER, strict=False)
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 90
    team: Place = None
    service: Place = None
    environment: Place = None


@router.post("/login", openapi_extra=needs(PUBLIC), responses=answer(_SIGNED) | failures(401, 422, 429, 507))
async def login(house: House, caller: Caller, client: From, turnstile: OneByOne,
                asked: Annotated[Login, Body(examples=[{"name": "ada", "password": "four words like these"}])]) -> dict[str, Any]:  # fmt: skip
    """Sign in with a password: an access token for minutes, and a refresh token for the next."""
    return _signed(
        await turnstile.through(
            house.identity.sign_in.by_password, caller, asked.name, asked.password, client
        )
    )


@router.post("/refresh", openapi_extra=needs(PUBLIC), responses=answer(_SIGNED) | failures(401, 422, 507))
async def refresh(house: House, caller: Caller, client: From,
                  asked: Annotated[Refresh, Body(examples=[{"refresh_token": "fops_rt_…"}])]) -> dict[str, Any]:  # fmt: skip
    """New tokens for a refresh token. One that was used before ends its session, but for an echo of the same client."""
    return _signed(
        await run_in_threadpool(house.identity.sign_in.refresh, caller, asked.refresh_token, client)
    )


@router.post("/setup", openapi_extra=needs(PUBLIC), responses=answer(_SIGNED) | failures(401, 422, 429, 507))
async def setup(house: House, caller: Caller, client: From, turnstile: OneByOne,
                asked: Annotated[Setup, Body(examples=[{"token": "fops_inv_…", "name": "ada", "password": "four words like these"}])],
                ) -> dict[str, Any]:  # fmt: skip
    """Become the first admin of a server without people, and sign in."""
    sign_in = house.identity.sign_in
    return _signed(
        await turnstile.through(
            sign_in.by_invitation, caller, asked.token, asked.password, client, name=asked.name
        )
    )


@router.post(
    "/invitation", openapi_extra=needs(PUBLIC), responses=answer(_SIGNED) | failures(401, 422, 429, 507)
)
async def invitation(house: House, caller: Caller, client: From, turnstile: OneByOne,
                     asked: Annotated[Invitation, Body(examples=[{"token": "fops_inv_…", "password": "four words like these"}])],
                     ) -> dict[str, Any]:  # fmt: skip
    """Set the password that an invitation or a reset asks for, and sign in."""
    return _signed(
        await turnstile.through(
            house.identity.sign_in.by_invitation, caller, asked.token, asked.password, client
        )
    )


@router.post(
    "/password", openapi_extra=needs(SIGNED_IN), responses=answer(_SIGNED) | failures(403, 422, 429, 507)
)
async def password(house: House, caller: Caller, client: From, turnstile: OneByOne,
                   asked: Annotated[NewPassword, Body(examples=[{"old": "four words like these", "new": "four others like those"}])],
                   ) -> dict[str, Any]:  # fmt: skip
    """Set one's own password anew. All sessions end, and a new one begins."""
    return _signed(
        await turnstile.through(house.identity.sign_in.change_password, caller, asked.old, asked.new, client)
    )


@router.post(
    "/logout",
    openapi_extra=needs(SIGNED_IN),
    responses=answer({"sessions": 1, "tokens": 0}) | failures(403, 507),
)
def logout(
    house: House, caller: Caller, asked: Annotated[Leaving, Body(examples=[{"everywhere": False}])]
) -> dict[str, Any]:
    """End this session, or everything of one's own."""
    return dict(house.invoker.invoke(caller, "auth.session.end", {"everywhere": asked.everywhere}))


@router.get("/whoami", openapi_extra=needs(SIGNED_IN),
            responses=answer({"actor": "user:ada", "door": "api", "signed_in": True, "credential": "ses_01jx0000000000000000000000",
                              "roles": [_GRANT], "at_most": None}))  # fmt: skip
def whoami(house: House, caller: Caller) -> dict[str, Any]:
    """Who you are here, and what you may do."""
    return dict(house.invoker.invoke(caller, "auth.whoami", {}))


@router.get("/sessions", openapi_extra=needs(SIGNED_IN),
            responses=answer({"sessions": [{"id": "ses_01jx0000000000000000000000", "address": "203.0.113.7", "client": "fops", "opened_at":
                                            "2026-11-24T09:30:00.000000Z", "used_at": "2026-11-24T09:30:00.000000Z",
                                            "expires_at": "2027-02-22T09:30:00.000000Z"}]}) | failures(507))  # fmt: skip
def sessions(house: House, caller: Caller) -> dict[str, Any]:
    """Your open sessions, newest first."""
    return dict(house.invoker.invoke(caller, "auth.session.list", {}))


@router.get(
    "/users", openapi_extra=needs("auth.admin"), responses=answer({"users": [_ACCOUNT]}) | failures(507)
)
def users(house: House, caller: Caller) -> dict[str, Any]:
    """People and service accounts with their roles, by name."""
    return dict(house.invoker.invoke(caller, "auth.user.list", {}))


@router.post(
    "/users",
    status_code=201,
    openapi_extra=needs("auth.admin"),
    responses=answer(_INVITED, status=201) | failures(422, 507),
)
def add_user(house: House, caller: Caller,
             asked: Annotated[NewAccount, Body(examples=[{"name": "ada", "role": "operator", "service": "shop"}])]) -> dict[str, Any]:  # fmt: skip
    """Add a person, with an invitation to hand them, or a service account. Nobody sees the invitation again."""
    return dict(house.invoker.invoke(caller, "auth.user.add", asked.model_dump()))


@router.post("/users/{name}/disable", openapi_extra=needs("auth.admin"),
             responses=answer({"actor": "user:ada", "disabled": True}) | failures(404, 422, 507))  # fmt: skip
def disable_user(house: House, caller: Caller, name: str) -> dict[str, Any]:
    """Let nothing of an account count; its sessions end."""
    return dict(house.invoker.invoke(caller, "auth.user.disable", {"name": name}))


@router.post("/users/{name}/enable", openapi_extra=needs("auth.admin"),
             responses=answer({"actor": "user:ada", "disabled": False}) | failures(404, 422, 507))  # fmt: skip
def enable_user(house: House, caller: Caller, name: str) -> dict[str, Any]:
    """Let an account count again, with the roles and tokens it had."""
    return dict(house.invoker.invoke(caller, "auth.user.enable", {"name": name}))


@router.post(
    "/users/{name}/reset",
    openapi_extra=needs("auth.admin"),
    responses=answer(_INVITED) | failures(404, 422, 507),
)
def reset_user(house: House, caller: Caller, name: str) -> dict[str, Any]:
    """End a person's password and sessions, with an invitation to set a new one."""
    return dict(house.invoker.invoke(caller, "auth.user.reset", {"name": name}))


@router.get(
    "/roles", openapi_extra=needs("auth.admin"), responses=answer({"roles": [_GRANT]}) | failures(422, 507)
)
def roles(house: House, caller: Caller,
          name: Annotated[str | None, Query(description="Of this account alone.")] = None) -> dict[str, Any]:  # fmt: skip
    """Who has which role where."""
    return dict(house.invoker.invoke(caller, "auth.role.list", {"name": name}))


@router.post(
    "/roles",
    status_code=201,
    openapi_extra=needs("auth.admin"),
    responses=answer(_GRANT, status=201) | failures(404, 422, 507),
)
def grant_role(house: House, caller: Caller,
               asked: Annotated[NewRole, Body(examples=[{"name": "ada", "role": "approver", "environment": "prod"}])]) -> dict[str, Any]:  # fmt: skip
    """Give an account a role, in place of the one it has on the same scope."""
    return dict(house.invoker.invoke(caller, "auth.role.grant", asked.model_dump()))


@router.delete("/roles", openapi_extra=needs("auth.admin"),
               responses=answer({"subject": "user:ada", "scope": "service shop", "revoked": True}) | failures(404, 422, 507))  # fmt: skip
def revoke_role(house: House, caller: Caller, name: Annotated[str, Query(description="Whose role.")],
                team: Where = None, service: Where = None, environment: Where = None) -> dict[str, Any]:  # fmt: skip
    """Take the role on exactly this scope back."""
    where = {"team": team, "service": service, "environment": environment}
    return dict(house.invoker.invoke(caller, "auth.role.revoke", {"name": name, **where}))


@router.get(
    "/tokens",
    openapi_extra=needs(SIGNED_IN),
    responses=answer({"tokens": [_TOKEN]}) | failures(404, 422, 507),
)
def tokens(house: House, caller: Caller,
           name: Annotated[str | None, Query(description="For admins: of this account.")] = None) -> dict[str, Any]:  # fmt: skip
    """Your tokens, newest first; never what would let anybody use them."""
    return dict(house.invoker.invoke(caller, "auth.token.list", {"name": name}))


@router.post("/tokens", status_code=201, openapi_extra=needs(SIGNED_IN),
             responses=answer({"id": "pat_01jx0000000000000000000000", "actor": "user:ada", "name": "pipeline", "token": "fops_pat_…",
                               "role": "operator", "expires_at": "2027-02-22T09:30:00.000000Z"}, status=201) | failures(403, 404, 422, 507))  # fmt: skip
def create_token(house: House, caller: Caller,
                 asked: Annotated[NewToken, Body(examples=[{"title": "pipeline", "role": "operator", "service": "shop"}])]) -> dict[str, Any]:  # fmt: skip
    """Make a token for a program. Nobody sees it again."""
    return dict(house.invoker.invoke(caller, "auth.token.create", asked.model_dump()))


@router.delete("/tokens/{token_id}", openapi_extra=needs(SIGNED_IN),
               responses=answer({"id": "pat_01jx0000000000000000000000", "actor": "user:ada", "revoked": True}) | failures(403, 404, 507))  # fmt: skip
def revoke_token(house: House, caller: Caller, token_id: str) -> dict[str, Any]:
    """Let a token count no more."""
    return dict(house.invoker.invoke(caller, "auth.token.revoke", {"id": token_id}))


def _signed(signed: Signed) -> dict[str, Any]:
    return {"token_type": "bearer"} | asdict(signed)
