"""Who sees and changes which services: within the scope of a grant, and no further."""

from __future__ import annotations

import pytest

from fops.auth import Grant, Role, Scope
from fops.bootstrap import open_app
from fops.bootstrap.settings import Settings
from fops.kernel.errors import NotAllowed, NotFound

TWO = """\
schema: fops.service/v1
name: shop
owner: core
services:
  - {name: shop, path: shop, language: python}
  - {name: cart, path: cart, language: go}
environments:
  - {name: prod, target: k8s, protection: approval}
"""


@pytest.fixture
def house(tmp_path):
    """A house with the services shop and cart of the team core, and pay of nobody."""
    made = open_app(Settings(flags={"FOPS_HOME": str(tmp_path / "fops")}))
    owner = made.context(door="test")
    made.invoker.invoke(owner, "service.add", {"text": TWO})
    made.invoker.invoke(owner, "service.add", {"service": {"name": "pay"}})
    yield made
    made.close(seconds=10)


def _as(house, role, **scope):
    """The context of somebody with one grant."""
    owner = house.context(door="test")
    house.identity.people.add(owner, "user:eve", Grant(subject="user:eve", role=role, scope=Scope(**scope)))
    return house.context(door="test", actor="user:eve")


def _names(house, ctx, **asked):
    return [one["name"] for one in house.invoker.invoke(ctx, "service.list", asked)["services"]]


@pytest.mark.parametrize(
    ("scope", "seen"),
    [({}, ["cart", "pay", "shop"]), ({"team": "core"}, ["cart", "shop"]), ({"service": "pay"}, ["pay"]), ({"service": "none"}, [])],
)  # fmt: skip
def test_a_list_holds_what_a_grant_covers(house, scope, seen):
    assert _names(house, _as(house, Role.VIEWER, **scope)) == seen


def test_pages_go_on_behind_what_is_not_seen(house):
    eve = _as(house, Role.VIEWER, team="core")
    first = house.invoker.invoke(eve, "service.list", {"limit": 1})
    assert [one["name"] for one in first["services"]] == ["cart"]
    assert _names(house, eve, limit=1, cursor=first["cursor"]) == ["shop"]


def test_what_one_may_not_see_is_not_found(house):
    eve = _as(house, Role.ADMIN, service="pay")
    hidden = house.invoker.invoke(house.context(door="test"), "service.show", {"service": "shop"})["id"]
    for name, asked in (("service.show", "shop"), ("service.show", hidden), ("service.remove", "shop")):
        with pytest.raises(NotFound):
            house.invoker.invoke(eve, name, {"service": asked})


def test_a_team_changes_its_own_services_and_adds_more(house):
    eve = _as(house, Role.OPERATOR, team="core")
    house.invoker.invoke(eve, "service.add", {"text": TWO.replace("go", "rust")})
    house.invoker.invoke(eve, "service.add", {"service": {"name": "mail"}, "team": "core"})
    assert _names(house, eve) == ["cart", "mail", "shop"]


def test_nobody_takes_a_service_by_naming_their_own_team(house):
    eve = _as(house, Role.OPERATOR, team="night")
    for asked in ({"service": {"name": "pay"}, "team": "night"}, {"service": {"name": "shop"}, "team": "night"}, {"text": TWO, "team": "night"}):  # fmt: skip
        with pytest.raises(NotAllowed) as refused:
            house.invoker.invoke(eve, "service.add", asked)
        assert "core" not in refused.value.hint


def test_to_see_is_not_to_change(house):
    eve = _as(house, Role.VIEWER)
    with pytest.raises(NotAllowed):
        house.invoker.invoke(eve, "service.remove", {"service": "pay"})
    with pytest.raises(NotAllowed):
        house.invoker.invoke(eve, "service.add", {"service": {"name": "pay", "port": 1}})
