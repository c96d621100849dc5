"""Every route for every foreign id and every kind of caller: nobody sees or learns what is not theirs to know.

Made from the application's routes and the registry, so that what is added later is swept without a word here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from fastapi.testclient import TestClient

from factories.people import HOME
from factories.routes import api_routes
from fops.actions import store
from fops.api.application import create_app
from fops.audit import Outcome
from fops.auth import EVERYWHERE, Grant, Role, Scope
from fops.auth.model import Ceiling
from fops.auth.permissions import PUBLIC
from fops.bootstrap import open_app
from fops.bootstrap.settings import Settings
from fops.catalog.record import Named, Told

SEEN_BY = {"leak-operation": "operations.read", "leak-audit": "audit.read", "leak-token": "auth.admin", "leak-person": "auth.admin",
           "leak-team": "service.read", "leak-session": None}  # fmt: skip
"""What stands in the owner's things, and the permission that lets others see it; None lets nobody."""

ELSEWHERE = Scope(service="elsewhere", environment="staging")


@dataclass(frozen=True)
class World:
    """A house with somebody's things in it, and their ids beside ids that nobody has."""

    house: object
    api: TestClient
    foreign: dict[str, str]


@pytest.fixture
def world(tmp_path):
    often = dict.fromkeys(("RATE_PER_ADDRESS", "RATE_PER_USER", "RATE_SIGN_IN", "RATE_OPERATIONS"), "1000000")
    house = open_app(Settings(flags={"FOPS_HOME": str(tmp_path / "fops"), **often}))
    ctx = house.context(door="test", actor="user:leak-person")
    identity = house.identity
    identity.people.add(ctx, "user:owner", Grant(subject="user:owner", role=Role.OPERATOR))
    identity.people.add(ctx, "service:robot", None)
    owner = replace(ctx, actor="user:owner")
    with house.database.write() as connection:
        store.start(
            connection,
            owner,
            "opn_theirs",
            kind="onboard.repo",
            subject="leak-operation",
            at="2026-11-24T09:30:00.000000Z",
        )
        store.finish(connection, owner, "opn_theirs", store.Ended(status="succeeded", result={"pr_url": "leak-operation"}),
                     at="2026-11-24T09:30:01.000000Z")  # fmt: skip
    entry = house.audit.append(
        owner,
        action="echo.say",
        target="leak-audit",
        outcome=Outcome.SUCCEEDED,
        details={"said": "leak-audit"},
    )
    token = identity.tokens.create(owner, "user:owner", "leak-token", Ceiling(role=Role.VIEWER), days=1)
    session = identity.sessions.open(owner, "user:owner", replace(HOME, program="leak-session"))
    shop = Told(named=Named(name="shop"), team="leak-team")
    house.catalog.add(owner, shop)
    foreign = {
        "svc": house.catalog.show(owner, "shop")["id"],
        "service": "shop",
        "opn": "opn_theirs",
        "aud": entry.id,
        "pat": str(token["id"]),
        "ses": session.session,
        "name": "owner",
    }
    app = create_app(house)
    app.state.stops = lambda: True  # a stream without an end of its own ends as it does when the server stops
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as api:
        yield World(house, api, foreign)
    house.close(seconds=10)


def _token_of(world: World, kind: str) -> str | None:
    """What a kind of caller shows: a new one each time, since some routes end it."""
    identity, ctx = world.house.identity, world.house.context(door="test")
    if kind == "stranger":
        return None
    role, _, bound = kind.partition(" ")
    scope = ELSEWHERE if bound == "elsewhere" else EVERYWHERE
    granted = Role(role) if role in set(Role) else None
    actor = "user:eve"
    if identity.people.find(ctx, actor) is None:
        identity.people.add(ctx, actor, Grant(subject=actor, role=granted, scope=scope) if granted else None)
        identity.people.add(ctx, "user:another", Grant(subject="user:another", role=Role.ADMIN))
    own = replace(ctx, actor=actor)
    if bound.startswith("token"):
        ceiling = (
            Ceiling(role=Role.VIEWER, scope=ELSEWHERE) if "elsewhere" in bound else Ceiling(role=Role.VIEWER)
        )
        return str(identity.tokens.create(own, actor, "mine", ceiling, days=1)["token"])
    signed = identity.sessions.open(own, actor, HOME)
    if bound == "disabled":
        identity.people.disable(ctx, actor)
    return signed.access_token


CALLERS = ["stranger", "nobody", *(str(role) for role in Role), "admin elsewhere", "viewer elsewhere", "admin token", "admin token elsewhere",
           "admin disabled"]  # fmt: skip


@pytest.mark.parametrize("kind", CALLERS)
def test_no_route_tells_what_is_not_the_callers_to_know(world, kind):
    alive = kind not in {"stranger", "admin disabled"}
    identity = world.house.identity
    for route in api_routes(world.api.app):
        assert route.permission is not None, f"{route.path} declares no permission"
        if route.permission == PUBLIC:
            continue
        shown = _token_of(world, kind)
        headers = {"Authorization": f"Bearer {shown}"} if shown else {}
        ctx = identity.sign_in.recognise(world.house.context(door="test"), shown) if alive else None
        may = alive and identity.authority.anywhere(ctx, route.permission)
        values = (*world.foreign.values(), "opn_nobodys", "nobody-here")
        for path, body in route.requests(values if may else values[:1]):
            answer = world.api.request(route.method, path, json=body, headers=headers)
            where = f"{kind}: {route.method} {path} {body} → {answer.status_code} {answer.text[:200]}"
            assert answer.status_code < 500, where
            assert (answer.status_code == 401) is not alive, where
            assert may or not alive or answer.status_code == 403, where
            for secret, permission in SEEN_BY.items():
                assert secret not in answer.text or (
                    alive and permission and identity.authority.permits(ctx, permission)
                ), where
            if route.path.endswith("/logout"):
                break


def _asked(action, value):
    """Parameters of an action or workflow with a value in every text that is needed."""
    schema = action.parameters.model_json_schema()
    return {name: value for name, told in schema.get("properties", {}).items()
            if told.get("type") == "string" and (name in schema.get("required", ()) or name in {"name", "actor", "id"})}  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in CALLERS if kind not in {"stranger", "admin disabled"}])
def test_no_name_of_the_registry_tells_it_either_and_a_foreign_id_is_answered_as_an_unknown_one(world, kind):
    shown = _token_of(world, kind)
    headers = {"Authorization": f"Bearer {shown}"}
    identity = world.house.identity
    ctx = identity.sign_in.recognise(world.house.context(door="test"), shown)
    for action in world.house.invoker.offered:
        sees = {
            permission
            for permission in SEEN_BY.values()
            if permission and identity.authority.permits(ctx, permission)
        }
        for prefix, value in world.foreign.items():
            theirs, nobodys = (
                world.api.post(
                    f"/api/invoke/{action.name}?dry_run=true", json=_asked(action, one), headers=headers
                )
                for one in (value, f"{prefix}_nobodys" if prefix != "name" else "nobody-here")
            )
            where = (
                f"{kind}: {action.name} {_asked(action, value)} → {theirs.status_code} {theirs.text[:200]}"
            )
            assert theirs.status_code < 500, where
            leaked = {secret for secret in SEEN_BY if secret in theirs.text and SEEN_BY[secret] not in sees}
            assert leaked == set(), where
            if not sees:
                assert (theirs.status_code, theirs.json().get("code")) == (
                    nobodys.status_code,
                    nobodys.json().get("code"),
                ), where


def test_the_owner_sees_all_of_their_own(world):
    """What the sweep looks for is really there to be seen."""
    identity, ctx = world.house.identity, world.house.context(door="test", actor="user:owner")
    headers = {"Authorization": f"Bearer {identity.sessions.open(ctx, 'user:owner', HOME).access_token}"}
    seen = "".join(
        world.api.get(path, headers=headers).text
        for path in (
            "/api/operations",
            "/api/operations/opn_theirs",
            "/api/operations/opn_theirs/events",
            "/api/auth/tokens",
            "/api/auth/sessions",
        )
    )
    assert {secret for secret in SEEN_BY if secret in seen} == {
        "leak-operation",
        "leak-token",
        "leak-session",
    }


def test_an_admin_sees_what_the_table_says(world):
    shown = _token_of(world, "admin")
    headers = {"Authorization": f"Bearer {shown}"}
    seen = "".join(world.api.get(path, headers=headers).text for path in
                   ("/api/operations", "/api/audit", "/api/services", "/api/auth/users", "/api/auth/tokens?name=owner"))  # fmt: skip
    assert {secret for secret in SEEN_BY if secret in seen} == {
        secret for secret, needed in SEEN_BY.items() if needed
    }
