"""What the middleware refuses before a route is asked."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient

from fops.api.application import create_app
from fops.api.guards.admission import Allowance
from fops.bootstrap import open_app
from fops.bootstrap.limits import LimitSettings
from fops.bootstrap.settings import Settings
from fops.kernel.errors import TooOften, UsageError


@contextmanager
def _api(tmp_path, peer="203.0.113.5", **flags):
    house = open_app(Settings(flags={"FOPS_HOME": str(tmp_path / "fops"), "FOPS_AUTH_MODE": "off", **flags}))
    with TestClient(
        create_app(house), base_url="http://127.0.0.1", client=(peer, 4711), raise_server_exceptions=False
    ) as client:
        yield client
    house.close(seconds=5)


def test_who_asks_too_often_is_told_when_to_come_back(tmp_path):
    with _api(tmp_path, RATE_PER_ADDRESS="3") as api:
        answers = [api.get("/api/operations") for _ in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert answers[0].headers["ratelimit-policy"] == '"address";q=3;w=60'
        assert answers[0].headers["ratelimit"].startswith('"address";r=2;')
        refused = answers[-1]
        assert (refused.headers["content-type"], refused.json()["code"]) == (
            "application/problem+json",
            "too_often",
        )
        assert 1 <= int(refused.headers["retry-after"]) <= 20
        assert refused.headers["x-request-id"] == refused.json()["request_id"]
        assert api.get("/api/nowhere").status_code == 429
        for path in ("/health/live", "/health/ready"):
            assert api.get(path).status_code == 200


def test_what_signs_in_may_be_asked_less_often(tmp_path):
    with _api(tmp_path, RATE_SIGN_IN="2") as api:
        for path in ("/api/auth/login", "/api/v1/auth/login"):
            assert api.post(path, json={}).status_code == 404
        assert api.post("/api/auth/login", json={}).status_code == 429
        assert api.get("/api/operations").status_code == 200


def test_who_signed_in_counts_for_themselves_wherever_they_ask_from():
    allowance = Allowance.of(LimitSettings(rate_user=2))
    scope = {"path": "/api/operations", "method": "GET", "state": {}, "client": ("203.0.113.5", 1)}
    for _ in range(2):
        allowance.for_actor(scope, "user:ada")
    with pytest.raises(TooOften, match=r"more than 2 requests in 60 s \(user\)"):
        allowance.for_actor(scope, "user:ada")
    allowance.for_actor(scope, "service:ci")
    for _ in range(5):
        allowance.for_actor(scope, "local:ada")
        allowance.for_actor({**scope, "path": "/health/ready"}, "user:ada")


def test_operations_are_started_only_so_often(tmp_path):
    with _api(tmp_path, RATE_OPERATIONS="2") as api:
        asked = {"repo_url": str(tmp_path / "nowhere")}
        statuses = [api.post("/api/onboard/repo", json=asked).status_code for _ in range(2)]
        statuses += [api.post("/api/invoke/onboard.repo", json={"what": asked["repo_url"]}).status_code]
        assert statuses == [404, 404, 429]
        assert api.post("/api/invoke/operations.list", json={}).status_code == 200


def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(tmp_path):
    def statuses(api):
        return [
            api.get("/api/operations", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code
            for n in range(3)
        ]

    with _api(tmp_path / "a", peer="10.0.0.9", RATE_PER_ADDRESS="2") as api:
        assert statuses(api) == [200, 200, 429]
    with _api(tmp_path / "b", peer="10.0.0.9", RATE_PER_ADDRESS="2", TRUSTED_PROXIES="10.0.0.0/8") as api:
        assert statuses(api) == [200, 200, 200]


def test_tls_is_demanded_from_browsers_where_it_was_used(tmp_path):
    with _api(tmp_path, peer="10.0.0.9", TRUSTED_PROXIES="10.0.0.9") as api:
        assert "strict-transport-security" not in api.get("/health/live").headers
        secured = api.get(
            "/health/live", headers={"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https"}
        )
        assert secured.headers["strict-transport-security"].startswith("max-age=31536000")


@pytest.mark.parametrize(
    "origins",
    [
        "*",
        "null",
        "https://a.example/",
        "https://*.example",
        "ops.example",
        "https://a.example https://b.example",
    ],
)
def test_a_page_of_any_origin_is_never_allowed(tmp_path, origins):
    with pytest.raises(UsageError, match="ALLOWED_ORIGINS"), _api(tmp_path, ALLOWED_ORIGINS=origins):
        pass


@pytest.mark.parametrize("proxies", ["everybody", "10.0.0.0/99"])
def test_a_trusted_proxy_is_an_address_or_a_network(tmp_path, proxies):
    with pytest.raises(UsageError, match="TRUSTED_PROXIES"), _api(tmp_path, TRUSTED_PROXIES=proxies):
        pass


def test_an_allowed_page_may_read_answers_and_never_with_cookies(tmp_path):
    with _api(tmp_path, ALLOWED_ORIGINS="https://ops.example", RATE_PER_ADDRESS="1") as api:
        for status in (200, 429):
            answer = api.get("/api/operations", headers={"Origin": "https://ops.example"})
            assert answer.status_code == status
            assert answer.headers["access-control-allow-origin"] == "https://ops.example"
            assert "access-control-allow-credentials" not in answer.headers
        foreign = api.get("/api/operations", headers={"Origin": "https://attacker.example"})
        assert "access-control-allow-origin" not in foreign.headers


def test_a_busy_server_says_so_and_stays_healthy(tmp_path):
    with _api(tmp_path, MAX_REQUESTS="1") as api:

        async def both():
            app = api.app
            gate = asyncio.Event()

            async def slow(_scope, _receive, _send):
                await gate.wait()

            from fops.api.guards.admission import Admission
            from fops.bootstrap.server import ServerSettings

            guard = Admission(slow, settings=ServerSettings(), allowance=app.state.allowance)
            first = asyncio.create_task(_call(guard, "/api/operations"))
            await asyncio.sleep(0)
            second = await _call(guard, "/api/operations")
            gate.set()
            await first
            return second

        sent = asyncio.run(both())
        assert sent[0]["status"] == 503
        assert (b"retry-after", b"1") in sent[0]["headers"]


async def _call(app, path):
    sent = []
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "scheme": "http",
             "headers": [(b"host", b"localhost")], "client": ("203.0.113.5", 1), "state": {"request_id": "req-for-tests"}}  # fmt: skip

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    return sent
