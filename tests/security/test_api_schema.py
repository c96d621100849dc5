"""The whole API against its own document, with made-up requests: no answer that is not documented, none that is a mistake."""

from __future__ import annotations

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from factories.people import HOME
from fops.api.application import create_app
from fops.bootstrap import open_app
from fops.bootstrap.settings import Settings

# Threads of the application draw random numbers, such as ids, while a strategy draws: hypothesis cannot tell them apart.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning"
)
PASSWORD = "an obviously fake password"
FEW, MANY = 12, 400  # examples of a route in `make test`, in `make test-long`


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A house with sign-in, whose rates are out of the way; `ada` is its admin."""
    often = dict.fromkeys(("RATE_PER_ADDRESS", "RATE_PER_USER", "RATE_SIGN_IN", "RATE_OPERATIONS"), "1000000")
    flags = {"FOPS_HOME": str(tmp_path_factory.mktemp("walked") / "fops"), "ALLOWED_HOSTS": "*", **often}
    made = open_app(Settings(flags=flags))
    made.identity.found(made.context(door="test"), "ada", PASSWORD)
    yield made
    made.close(seconds=10)


@pytest.fixture(scope="module")
def app(house):
    """Its application, whose streams end as they do when the server stops."""
    made = create_app(house)
    made.state.stops = lambda: True
    return made


@pytest.fixture
def token(house, app):
    """Gives an access token: each a new one, since some of what is called signs out. The first is got as a person does."""
    answer = TestClient(app).post("/api/auth/login", json={"name": "ada", "password": PASSWORD})
    first = [answer.json()["access_token"]]
    ctx = house.context(door="test", actor="user:ada")
    return lambda: first.pop() if first else house.identity.sessions.open(ctx, "user:ada", HOME).access_token


def _walk(app, token, examples, *, derandomize):
    """Every route with made-up requests of its own document's making."""
    seen: dict[str, set[int]] = {}
    for found in schemathesis.openapi.from_asgi("/openapi.json", app).get_all_operations():
        operation = found.ok()
        told = seen.setdefault(operation.label, set()).add

        @given(case=operation.as_strategy())
        @settings(
            max_examples=examples,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=derandomize,
            database=None,
        )
        def check(case):
            told(_send(case, token()))  # noqa: B023 - it is called before the next one is made

        check()
    return seen


# A request may be of the right shape and name what cannot be deployed: 422 says so, and no schema could.
def _send(case, token):
    # An onboarding of whatever name happens to be a folder here would be real work.
    if isinstance(case.body, dict):
        for name in ("repo_url", "what"):
            if isinstance(case.body.get(name), str):
                case.body[name] = f"/nowhere/{case.body[name]}"
    headers = {"Authorization": f"Bearer {token}"}
    answer = case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])
    return answer.status_code


def test_every_answer_is_as_documented(app, token):
    seen = _walk(app, token, FEW, derandomize=True)
    assert "POST /api/onboard/repo" in seen
    assert 200 in seen["GET /api/auth/whoami"]
    assert 401 not in seen["GET /api/operations/{operation_id}"]


@pytest.mark.long
def test_every_answer_is_as_documented_however_long_one_tries(app, token):
    assert _walk(app, token, MANY, derandomize=False)
