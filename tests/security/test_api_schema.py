"""The whole API against its own document, with made-up requests: no answer that is not documented, none that is a mistake."""

from __future__ import annotations

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from fops.api.application import create_app
from fops.bootstrap import open_app
from fops.bootstrap.settings import Settings

TOKEN = os.environ.get("FOPS_TEST_TOKEN", "")
"""Sent as a bearer token where it is set: the same walk as somebody who signed in."""
FEW, MANY = 12, 400  # examples of a route in `make test`, in `make test-long`


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The document of an application whose rates are out of the way."""
    home = tmp_path_factory.mktemp("walked") / "fops"
    flags = {"FOPS_HOME": str(home), "FOPS_AUTH_MODE": "off", "ALLOWED_HOSTS": "*",
             "RATE_PER_ADDRESS": "1000000", "RATE_OPERATIONS": "1000000"}  # fmt: skip
    house = open_app(Settings(flags=flags))
    yield schemathesis.openapi.from_asgi("/openapi.json", create_app(house))
    house.close(seconds=10)


def _walk(walked, examples, *, derandomize):
    """Every route with made-up requests of its own document's making."""
    seen = []
    for found in walked.get_all_operations():
        operation = found.ok()
        seen.append(operation.label)

        @given(case=operation.as_strategy())
        @settings(
            max_examples=examples,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=derandomize,
            database=None,
        )
        def check(case):
            _send(case)

        check()
    return seen


# A request may be of the right shape and name what cannot be deployed: 422 says so, and no schema could.
def _send(case):
    # An onboarding of whatever name happens to be a folder here would be real work.
    if isinstance(case.body, dict):
        for name in ("repo_url", "what"):
            if isinstance(case.body.get(name), str):
                case.body[name] = f"/nowhere/{case.body[name]}"
    headers = {"Authorization": f"Bearer {TOKEN}"} if TOKEN else {}
    case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])


def test_every_answer_is_as_documented(walked):
    assert "POST /api/onboard/repo" in _walk(walked, FEW, derandomize=True)


@pytest.mark.long
def test_every_answer_is_as_documented_however_long_one_tries(walked):
    assert _walk(walked, MANY, derandomize=False)
