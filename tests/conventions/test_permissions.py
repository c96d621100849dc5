"""Everything that can be asked for says which permission it needs, and the table of roles knows each."""

from __future__ import annotations

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from factories.routes import api_routes, routes
from fops.api.application import create_app
from fops.auth.permissions import LEAST, PUBLIC, known
from fops.bootstrap import open_app
from fops.bootstrap.settings import Settings

OPEN_TO_ALL = {"/openapi.json"}  # the framework's own, which shows the document
PUBLIC_ROUTES = {
    "/docs", "/health/live", "/health/ready", "/metrics", "/api/auth/login", "/api/auth/refresh", "/api/auth/setup", "/api/auth/invitation",
}  # fmt: skip
BY_ROW = {"operations.cancel", "operations.read"}  # asked for each row that is shown or changed
BY_TOKEN_TOO = {"health.read", "metrics.read"}  # asked by public routes, which know METRICS_TOKEN too


@pytest.fixture
def house(tmp_path):
    made = open_app(Settings(flags={"FOPS_HOME": str(tmp_path / "fops")}))
    yield made
    made.close(seconds=10)


def test_every_action_and_workflow_names_a_permission_of_the_table(house):
    offered = [*house.invoker.offered, *house.registry]
    assert len(offered) > 15
    assert [one.name for one in offered if not known(one.permission) or one.permission == PUBLIC] == []


def test_every_permission_of_the_table_is_needed_by_something(house):
    used = {one.permission for one in [*house.invoker.offered, *house.registry]}
    used |= {one.permission for one in api_routes(create_app(house))}
    assert set(LEAST) - used - BY_ROW - BY_TOKEN_TOO == set()


def test_every_route_names_a_permission_of_the_table(house):
    app = create_app(house)
    assert [one.path for one in api_routes(app) if not known(one.permission or "")] == []
    assert {path for path, one in routes(app) if not isinstance(one, APIRoute)} == OPEN_TO_ALL


def test_what_is_public_is_known_by_name(house):
    assert {one.path for one in api_routes(create_app(house)) if one.permission == PUBLIC} == PUBLIC_ROUTES


def test_a_route_that_names_none_is_refused_whoever_asks(house):
    app, router = create_app(house), APIRouter(prefix="/api/forgotten")

    @router.get("")
    def forgotten() -> dict[str, str]:
        return {"secret": "told"}

    app.include_router(router)
    app.get("/forgotten")(forgotten)
    for path in ("/api/forgotten", "/forgotten"):
        answer = TestClient(app, base_url="http://127.0.0.1").get(path)
        assert answer.status_code == 403
        assert "told" not in answer.text
