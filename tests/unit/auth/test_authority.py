"""What an actor may do: by grants, by scope, below a ceiling; denied by default."""

from __future__ import annotations

from dataclasses import replace

import pytest

from factories.actions import a_context
from factories.people import a_person, a_program, a_session, a_token, as_actor
from fops.auth import EVERYWHERE, Grant, Role, Scope
from fops.auth.authority import KEPT_SECONDS, Authority
from fops.auth.model import Standing
from fops.auth.permissions import LEAST, SIGNED_IN

SHOP = Scope(service="shop")


def _may(identity, actor, on=EVERYWHERE, credential=None):
    identity.authority.forget()
    ctx = as_actor(actor, credential)
    return {permission for permission in LEAST if identity.authority.permits(ctx, permission, on)}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_what_the_table_says_and_no_more(identity, role):
    actor = a_person(identity, "ada", role)
    assert _may(identity, actor) == {name for name, least in LEAST.items() if role.reaches(least)}


def test_who_has_no_grant_is_signed_in_and_may_nothing(identity):
    actor = a_person(identity)
    assert _may(identity, actor) == set()
    assert identity.authority.permits(as_actor(actor), SIGNED_IN)


def test_who_is_not_there_may_nothing_at_all(identity):
    assert not identity.authority.permits(as_actor("user:nobody"), SIGNED_IN)
    assert not identity.authority.permits(as_actor("nobody"), "why.read")
    assert not identity.authority.anywhere(as_actor("nobody"), "why.read")


def test_a_permission_that_the_table_does_not_know_nobody_has(identity):
    actor = a_person(identity, "ada", Role.ADMIN)
    assert not identity.authority.permits(as_actor(actor), "deploy.everything")
    assert not identity.authority.anywhere(as_actor(actor), "deploy.everything")


def test_a_grant_counts_within_its_scope(identity):
    actor = a_person(identity, "ada", Role.OPERATOR, SHOP)
    assert "onboard.propose" in _may(identity, actor, SHOP)
    assert "onboard.propose" in _may(identity, actor, Scope(service="shop", environment="prod"))
    assert _may(identity, actor, Scope(service="till")) == set()
    assert _may(identity, actor) == set()
    assert identity.authority.anywhere(as_actor(actor), "onboard.propose")
    assert not identity.authority.anywhere(as_actor(actor), "audit.read")


def test_a_grant_for_a_team_counts_for_its_services(identity):
    actor = a_person(identity, "ada", Role.VIEWER, Scope(team="shops"))
    teams = Authority(
        identity._look, identity._clock, team_of=lambda _ctx, service: {"shop": "shops"}.get(service)
    )
    assert teams.permits(as_actor(actor), "why.read", SHOP)
    assert not teams.permits(as_actor(actor), "why.read", Scope(service="till"))
    assert not teams.permits(as_actor(actor), "why.read")


def test_a_token_may_at_most_what_its_ceiling_says(identity):
    actor = a_program(identity, "ci", Role.ADMIN)
    token = a_token(identity, actor, Role.OPERATOR, SHOP)["id"]
    assert _may(identity, actor, SHOP, token) == {
        name for name, least in LEAST.items() if Role.OPERATOR.reaches(least)
    }
    assert _may(identity, actor, EVERYWHERE, token) == set()
    assert not identity.authority.anywhere(as_actor(actor, token), "audit.read")


def test_a_ceiling_gives_nothing_that_its_owner_has_not(identity):
    actor = a_program(identity, "ci", Role.VIEWER, SHOP)
    token = a_token(identity, actor, Role.ADMIN)["id"]
    assert "onboard.propose" not in _may(identity, actor, SHOP, token)
    assert "why.read" in _may(identity, actor, SHOP, token)
    assert _may(identity, actor, EVERYWHERE, token) == set()


def test_a_credential_of_somebody_else_counts_for_nothing(identity):
    ada, eve = a_person(identity, "ada", Role.ADMIN), a_person(identity, "eve")
    session = a_session(identity, eve).session
    assert _may(identity, ada, credential=session) == set()
    assert _may(identity, ada, credential=a_token(identity, eve)["id"]) == set()
    assert _may(identity, ada, credential="ses_nobody") == set()


def test_work_that_a_token_began_goes_on_when_it_expires_but_not_when_it_is_revoked(identity, clock):
    actor = a_program(identity, "ci", Role.OPERATOR)
    token = a_token(identity, actor, days=1)["id"]
    clock.move(days=2)
    assert "onboard.propose" in _may(identity, actor, credential=token)
    identity.tokens.revoke(a_context(), id=token)
    assert _may(identity, actor, credential=token) == set()


def test_another_tenant_is_another_world(identity):
    actor = a_person(identity, "ada", Role.ADMIN)
    assert not identity.authority.permits(replace(as_actor(actor), tenant="other"), SIGNED_IN)


def test_the_person_at_the_machine_may_do_everything_and_costs_no_query(clock):
    def look(_ctx):
        raise AssertionError("no query for the person at the machine")

    authority = Authority(look, clock)
    assert authority.permits(a_context(), "auth.admin")
    assert authority.anywhere(a_context(), "server.read")


def test_a_standing_is_read_once_and_kept_for_a_moment(clock):
    looks = []

    def look(ctx):
        looks.append(ctx.actor)
        return Standing(alive=True, grants=(Grant(subject=ctx.actor, role=Role.VIEWER),))

    authority = Authority(look, clock)
    for _ in range(5):
        assert authority.permits(as_actor("user:ada"), "why.read")
    assert looks == ["user:ada"]
    clock.move(seconds=KEPT_SECONDS)
    authority.permits(as_actor("user:ada"), "why.read")
    assert len(looks) == 2
    authority.forget()
    authority.permits(as_actor("user:ada"), "why.read")
    assert len(looks) == 3
