"""People and roles: one account a name, one grant a scope, and always an admin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from factories.actions import a_context
from factories.people import a_person, a_program, as_actor
from fops.auth import EVERYWHERE, Grant, Role, Scope
from fops.kernel.errors import FopsError, NotFound, UsageError

SHOP = Scope(service="shop")


def test_a_name_is_taken_once(identity):
    a_person(identity, "ada")
    with pytest.raises(UsageError, match="there already"):
        identity.people.add(a_context(), "user:ada", None)
    a_program(identity, "ada")


def test_a_grant_takes_the_place_of_the_one_on_the_same_scope(identity):
    actor = a_person(identity, "ada", Role.ADMIN)
    a_person(identity, "grace", Role.ADMIN)
    for role, scope in ((Role.VIEWER, EVERYWHERE), (Role.OPERATOR, SHOP), (Role.APPROVER, SHOP)):
        identity.people.grant(a_context(), Grant(subject=actor, role=role, scope=scope))
    kept = {(one["role"], one["service"]) for one in identity.people.granted(a_context(), actor)}
    assert kept == {("viewer", None), ("approver", "shop")}


def test_a_grant_is_taken_back_on_exactly_its_scope(identity):
    actor = a_person(identity, "ada", Role.VIEWER, SHOP)
    with pytest.raises(NotFound):
        identity.people.revoke(a_context(), actor, EVERYWHERE)
    identity.people.revoke(a_context(), actor, SHOP)
    assert identity.people.granted(a_context(), None) == []


def test_who_is_not_there_gets_no_role(identity):
    for change in (
        lambda: identity.people.grant(a_context(), Grant(subject="user:nobody", role=Role.ADMIN)),
        lambda: identity.people.disable(a_context(), "user:nobody"),
        lambda: identity.people.enable(a_context(), "user:nobody"),
        lambda: identity.people.reset(a_context(), "user:nobody"),
    ):
        with pytest.raises(NotFound):
            change()


@pytest.mark.parametrize("way", ["disabled", "demoted", "revoked"])
def test_the_last_admin_stays(identity, way):
    ada = a_person(identity, "ada", Role.ADMIN)
    a_person(identity, "bob", Role.ADMIN, SHOP)
    grace = a_person(identity, "grace", Role.ADMIN)
    identity.people.disable(a_context(), grace)
    people = identity.people
    change = {
        "disabled": lambda: people.disable(a_context(), ada),
        "demoted": lambda: people.grant(a_context(), Grant(subject=ada, role=Role.APPROVER)),
        "revoked": lambda: people.revoke(a_context(), ada, EVERYWHERE),
    }[way]
    with pytest.raises(UsageError, match="last admin"):
        change()
    assert identity.authority.permits(as_actor(ada), "auth.admin")
    people.enable(a_context(), grace)
    change()


def test_two_admins_who_drop_each_other_at_once_do_not_both_succeed(identity):
    for _ in range(5):
        names = [a_person(identity, f"admin-{_}-{n}", Role.ADMIN) for n in range(2)]
        others = [
            one["subject"]
            for one in identity.people.granted(a_context(), None)
            if one["subject"] not in names
        ]

        def drop(actor):
            try:
                identity.people.revoke(a_context(), actor, EVERYWHERE)
            except FopsError:
                return False
            return True

        for one in others:
            drop(one)
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(drop, names)) == [False, True]


def test_a_program_has_no_password_to_reset(identity):
    with pytest.raises(UsageError, match="has no password"):
        identity.people.reset(a_context(), a_program(identity))


def test_a_list_shows_no_hash(identity):
    a_person(identity, "ada", Role.VIEWER, SHOP)
    [row] = identity.people.every(a_context())
    assert "password" not in row
    assert row["roles"] == [{"role": "viewer", "team": None, "service": "shop", "environment": None}]


def test_other_tenants_are_not_seen(identity):
    a_person(identity, "ada", Role.ADMIN)
    assert identity.people.every(a_context(tenant="other")) == []
    assert identity.people.granted(a_context(tenant="other"), None) == []
    assert identity.people.find(a_context(tenant="other"), "user:ada") is None
