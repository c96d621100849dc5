"""Tokens misused: forged, confused, expired, stolen, too powerful. None of it lets anybody in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import jwt
import pytest
import time_machine
from fastapi.testclient import TestClient

from factories.people import AWAY, HOME, bearer, signed_in
from fops.api.application import create_app
from fops.auth import Grant, Role, Scope
from fops.auth.credentials.access import AUDIENCE, ISSUER
from fops.auth.credentials.keys import FILE, Keys
from fops.auth.model import Ceiling
from fops.bootstrap import open_app
from fops.bootstrap.settings import Settings
from fops.kernel.settings import Secret

PASSWORD = "four words like these"


@pytest.fixture
def house(tmp_path):
    made = open_app(Settings(flags={"FOPS_HOME": str(tmp_path / "fops")}))
    yield made
    made.close(seconds=10)


@pytest.fixture
def api(house):
    with TestClient(create_app(house), base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def session(house):
    """Ada's session."""
    ctx = house.context(door="test")
    house.identity.people.add(ctx, "user:ada", Grant(subject="user:ada", role=Role.ADMIN))
    return house.identity.sessions.open(ctx, "user:ada", HOME)


@pytest.fixture
def key(house, session):  # noqa: ARG001 - its first use makes the key
    """The key that signed it."""
    return Keys([Secret((house.home / FILE).read_text().strip())]).signing


def _status(api, token):
    return api.get("/api/auth/whoami", headers=bearer(token)).status_code


def _claims(session, **changes):
    now = datetime.now(UTC)
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "user:ada", "sid": session.session, "ten": "default", "jti": "jti_x",
              "iat": now, "exp": now + timedelta(minutes=5), **changes}  # fmt: skip
    return {name: value for name, value in claims.items() if value is not None}


def _part(document):
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def test_the_token_that_the_other_tests_bend_is_believed(api, session, key):
    assert _status(api, session.access_token) == 200
    assert (
        _status(api, jwt.encode(_claims(session), key.secret, algorithm="HS256", headers={"kid": key.id}))
        == 200
    )


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", ""])
def test_a_token_of_no_algorithm_is_refused(api, session, key, name):
    now = int(time.time())
    claims = _claims(session, iat=now, exp=now + 300)
    for signature in ("", "x", hmac.new(key.secret, b"", "sha256").hexdigest()):
        assert (
            _status(api, f"{_part({'alg': name, 'typ': 'JWT', 'kid': key.id})}.{_part(claims)}.{signature}")
            == 401
        )


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_a_token_of_another_algorithm_is_refused_though_our_key_signed_it(api, session, key, algorithm):
    assert (
        _status(
            api,
            jwt.encode(_claims(session), key.secret.ljust(64), algorithm=algorithm, headers={"kid": key.id}),
        )
        == 401
    )


def test_a_header_that_says_rs256_does_not_make_a_key_of_our_secret(api, session, key):
    now = int(time.time())
    signing = f"{_part({'alg': 'RS256', 'typ': 'JWT', 'kid': key.id})}.{_part(_claims(session, iat=now, exp=now + 300))}"
    made = base64.urlsafe_b64encode(hmac.digest(key.secret, signing.encode(), "sha256")).rstrip(b"=").decode()
    assert _status(api, f"{signing}.{made}") == 401


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "nobody"},
        {"kid": ""},
        {},
        {"kid": "../../dev/null"},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jku": "http://127.0.0.1:9/keys"},
    ],
)
def test_a_token_of_no_key_of_ours_is_refused(api, session, key, header):
    assert _status(api, jwt.encode(_claims(session), key.secret, algorithm="HS256", headers=header)) == 401


def test_a_token_signed_with_another_key_under_our_name_is_refused(api, session, key):
    for other in (b"k" * 32, hashlib.sha256(key.secret).digest(), key.id.encode() * 2):
        assert (
            _status(api, jwt.encode(_claims(session), other, algorithm="HS256", headers={"kid": key.id}))
            == 401
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"}, {"aud": None}, {"iss": "another"}, {"iss": None}, {"exp": None}, {"sub": None}, {"iat": None}, {"jti": None},
        {"sid": None}, {"ten": None}, {"sub": "user:nobody"}, {"sub": "local:root"}, {"sub": "nobody"}, {"sub": ""}, {"sid": "ses_nobody"},
        {"sid": "pat_x"}, {"ten": "other"}, {"sub": 7}, {"exp": datetime(2020, 1, 1, tzinfo=UTC)}, {"iat": datetime(2099, 1, 1, tzinfo=UTC)},
        {"nbf": datetime(2099, 1, 1, tzinfo=UTC)},
    ],
    ids=str,
)  # fmt: skip
def test_a_well_signed_token_with_a_claim_that_does_not_hold_is_refused(api, session, key, changes):
    try:
        token = jwt.encode(
            _claims(session, **changes), key.secret, algorithm="HS256", headers={"kid": key.id}
        )
    except TypeError:
        now = int(time.time())
        signing = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': key.id})}.{_part(_claims(session, **changes, iat=now, exp=now + 300))}"
        token = f"{signing}.{base64.urlsafe_b64encode(hmac.digest(key.secret, signing.encode(), 'sha256')).rstrip(b'=').decode()}"
    assert _status(api, token) == 401


def test_every_changed_letter_breaks_a_token(api, session):
    token = session.access_token
    for at in range(0, len(token) - 1, 7):  # the last letter carries bits that mean nothing
        other = "A" if token[at] != "A" else "B"
        assert _status(api, token[:at] + other + token[at + 1 :]) == 401


@pytest.mark.parametrize(
    "shown", ["", "x", "a.b.c", "...", "eyJ9.eyJ9.", "\x00", "fops_pat_" + "0" * 49, "x" * 5000, "null", "é"]
)
def test_what_is_no_token_is_refused(api, session, shown):
    assert (
        api.get(
            "/api/auth/whoami", headers={"Authorization": f"Bearer {shown}".encode("latin-1")}
        ).status_code
        == 401
    )
    for scheme in ("Basic", "Token", ""):
        assert (
            api.get(
                "/api/auth/whoami", headers={"Authorization": f"{scheme} {session.access_token}"}
            ).status_code
            == 401
        )


def test_an_access_token_ends_after_half_an_hour(api, session):
    now = time.time()
    with time_machine.travel(now + 29 * 60, tick=True):
        assert _status(api, session.access_token) == 200
    with time_machine.travel(now + 31 * 60, tick=True):
        answer = api.get("/api/auth/whoami", headers=bearer(session.access_token))
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "expired" in answer.json()["detail"]


def test_a_token_counts_in_the_header_alone(api, session):
    for where in (f"?access_token={session.access_token}", f"?token={session.access_token}"):
        assert api.get(f"/api/auth/whoami{where}").status_code == 401
    api.cookies.set("access_token", session.access_token)
    assert api.get("/api/auth/whoami").status_code == 401


def test_a_key_may_be_replaced_without_signing_anybody_out(tmp_path):
    old, new = "o" * 40, "n" * 40
    tokens = {}
    for keys, believed in ((old, {"old"}), (f"{new},{old}", {"old", "new"}), (new, {"new"})):
        house = open_app(Settings(flags={"FOPS_HOME": str(tmp_path / "fops"), "SECRET_KEY": keys}))
        with TestClient(create_app(house), base_url="http://127.0.0.1") as api:
            name = "old" if keys == old else "new"
            if name not in tokens:
                tokens[name] = signed_in(house, name)["Authorization"].removeprefix("Bearer ")
            assert {name for name, token in tokens.items() if _status(api, token) == 200} == believed


def test_a_session_token_counts_no_more_once_it_is_signed_out(api, session):
    assert api.post("/api/auth/logout", json={}, headers=bearer(session.access_token)).json() == {
        "sessions": 1,
        "tokens": 0,
    }
    assert _status(api, session.access_token) == 401
    assert api.post("/api/auth/refresh", json={"refresh_token": session.refresh_token}).status_code == 401


def test_a_disabled_account_is_out_with_its_next_request(house, api, session):
    other = signed_in(house, "grace", Role.ADMIN)
    assert _status(api, session.access_token) == 200
    assert api.post("/api/auth/users/ada/disable", headers=other).status_code == 200
    assert _status(api, session.access_token) == 401


def test_a_role_taken_back_is_gone_with_the_next_request(house, api, session):
    bob = signed_in(house, "bob", Role.APPROVER)
    assert api.get("/api/audit", headers=bob).status_code == 200
    assert api.delete("/api/auth/roles?name=bob", headers=bearer(session.access_token)).status_code == 200
    assert api.get("/api/audit", headers=bob).status_code == 403


def test_a_stolen_refresh_token_ends_the_session(house, api, session):
    house.identity.sessions.refresh(house.context(door="test"), session.refresh_token, AWAY)
    answer = api.post("/api/auth/refresh", json={"refresh_token": session.refresh_token})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert _status(api, session.access_token) == 401
    refused = [one for one in house.audit.query() if one.action == "auth.refresh"]
    assert [(one.outcome, one.target) for one in refused] == [("refused", "user:ada")]


def test_two_clients_that_refresh_at_once_stay_signed_in(house, session):
    app = create_app(house)
    with TestClient(app, base_url="http://127.0.0.1") as api:
        first = api.post("/api/auth/refresh", json={"refresh_token": session.refresh_token}).json()[
            "refresh_token"
        ]
        with ThreadPoolExecutor(4) as pool:
            answers = list(
                pool.map(lambda _: api.post("/api/auth/refresh", json={"refresh_token": first}), range(8))
            )
        assert {one.status_code for one in answers} == {200}
        assert len({one.json()["refresh_token"] for one in answers}) == 1
        assert _status(api, answers[0].json()["access_token"]) == 200


def _token(api, session, **more):
    return api.post(
        "/api/auth/tokens", json={"title": "t", **more}, headers=bearer(session.access_token)
    ).json()


def test_a_personal_token_may_at_most_what_it_was_made_for(api, session):
    viewer, shop = _token(api, session), _token(api, session, role="admin", service="shop")
    for made in (viewer, shop):
        headers = bearer(made["token"])
        assert api.get("/api/auth/whoami", headers=headers).status_code == 200
        assert api.get("/api/auth/users", headers=headers).status_code == 403
        assert (
            api.post("/api/auth/users", json={"name": "eve", "role": "admin"}, headers=headers).status_code
            == 403
        )
        assert api.post("/api/onboard/repo", json={"repo_url": "x"}, headers=headers).status_code == 403
        for name in ("auth.user.list", "audit.list", "onboard.repo"):
            body = {"what": "x"} if name == "onboard.repo" else {}
            assert api.post(f"/api/invoke/{name}", json=body, headers=headers).status_code == 403


def test_a_personal_token_makes_no_tokens_and_ends_nothing_else(api, session):
    made, other = _token(api, session, role="admin"), _token(api, session)
    headers = bearer(made["token"])
    assert (
        api.post("/api/auth/tokens", json={"title": "more", "role": "admin"}, headers=headers).status_code
        == 403
    )
    assert api.delete(f"/api/auth/tokens/{other['id']}", headers=headers).status_code == 403
    assert api.post("/api/auth/logout", json={"everywhere": True}, headers=headers).status_code == 403
    assert api.delete(f"/api/auth/tokens/{made['id']}", headers=headers).status_code == 200
    assert _status(api, made["token"]) == 401
    assert _status(api, session.access_token) == 200


@pytest.mark.usefixtures("session")
def test_a_ceiling_holds_for_work_that_goes_on_behind_the_request(house):
    from fops.kernel.errors import NotAllowed

    ctx = house.context(door="test", actor="user:ada")
    token = house.identity.tokens.create(ctx, "user:ada", "t", Ceiling(role=Role.VIEWER), days=1)
    behind = house.identity.sign_in.recognise(house.context(door="api", actor="nobody"), token["token"])
    with pytest.raises(NotAllowed):
        house.invoker.invoke(behind, "auth.user.list", {})
    assert house.invoker.invoke(behind, "auth.whoami", {})["at_most"]["role"] == "viewer"


def test_signing_out_everywhere_ends_sessions_and_tokens(api, session):
    made = _token(api, session)
    done = api.post(
        "/api/auth/logout", json={"everywhere": True}, headers=bearer(session.access_token)
    ).json()
    assert done == {"sessions": 1, "tokens": 1}
    assert [_status(api, one) for one in (made["token"], session.access_token)] == [401, 401]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/auth/login", {"name": "ada", "password": PASSWORD, "actor": "user:root"}),
        ("POST", "/api/auth/setup", {"token": "x", "name": "ada", "password": PASSWORD, "role": "admin"}),
        ("POST", "/api/auth/invitation", {"token": "x", "password": PASSWORD, "role": "admin"}),
        ("POST", "/api/auth/users", {"name": "eve", "password": PASSWORD}),
        ("POST", "/api/auth/users", {"name": "eve", "added_by": "user:ada"}),
        ("POST", "/api/auth/users", {"name": "eve", "role": "owner"}),
        ("POST", "/api/auth/roles", {"name": "ada", "role": "viewer", "granted_by": "user:root"}),
        ("POST", "/api/auth/tokens", {"title": "t", "actor": "user:root"}),
        ("POST", "/api/auth/tokens", {"title": "t", "token": "fops_pat_x"}),
        ("POST", "/api/auth/tokens", {"title": "t", "days": 100_000}),
        ("POST", "/api/auth/tokens", {"title": "t", "created_by": "user:root"}),
        ("POST", "/api/auth/logout", {"everywhere": "yes"}),
        ("POST", "/api/auth/logout", {"name": "ada"}),
        ("POST", "/api/invoke/auth.user.add", {"name": "eve", "tenant": "other"}),
        ("POST", "/api/invoke/auth.token.create", {"title": "t", "id": "pat_x"}),
    ],
)
def test_nothing_is_set_that_is_not_asked_for(api, session, method, path, body):
    answer = api.request(method, path, json=body, headers=bearer(session.access_token))
    assert (answer.status_code, answer.json()["code"]) == (422, "usage")


def test_what_a_request_says_of_passwords_and_tokens_is_nowhere_told(house, api, session):
    secret = "an obviously fake password"
    token = _token(api, session)["token"]
    invited = api.post("/api/auth/users", json={"name": "eve"}, headers=bearer(session.access_token)).json()[
        "invitation_token"
    ]
    answers = [
        api.post("/api/auth/login", json={"name": "ada", "password": secret}),
        api.post("/api/auth/login", json={"name": ["ada"], "password": secret}),
        api.post("/api/auth/login", json={"name": "ada", "password": secret, "x": secret}),
        api.post("/api/auth/invitation", json={"token": invited, "password": "short"}),
    ]
    kept = "".join(path.read_text() for path in (house.home / "audit").glob("*.jsonl"))
    assert "auth.sign_in" in kept
    for one in (secret, token, invited, session.access_token, session.refresh_token):
        assert one not in kept
        assert all(one not in answer.text for answer in answers)


def test_no_answer_leads_to_another_place(api, session):
    places = ["https://attacker.example/", "//attacker.example", "/\\attacker.example"]
    for route in ("/api/auth/login", "/api/auth/whoami", "/health/ready", "/docs", "/api/operations"):
        for name in ("next", "redirect", "redirect_uri", "return_to", "url", "continue"):
            for place in places:
                answer = api.get(
                    route, params={name: place}, headers=bearer(session.access_token), follow_redirects=False
                )
                assert "attacker" not in answer.headers.get("location", "")
    assert "attacker" not in api.get("//attacker.example/..", follow_redirects=False).headers.get(
        "location", ""
    )


def test_who_comes_without_sign_in_from_another_address_is_nobody(tmp_path):
    """`uvicorn fops.api:app --host 0.0.0.0` goes past what `fops serve` refuses."""
    house = open_app(
        Settings(flags={"FOPS_HOME": str(tmp_path), "FOPS_AUTH_MODE": "off", "ALLOWED_HOSTS": "*"})
    )
    app = create_app(house)
    for base, status in (("http://127.0.0.1", 200), ("http://192.0.2.1", 401), ("http://example.org", 401)):
        assert TestClient(app, base_url=base).get("/api/operations").status_code == status


@pytest.mark.parametrize(
    "server", [None, ("127.0.0.1", 8000), ("", None), ("/srv/other.sock", None), ("server.sock", None)]
)
def test_only_the_data_directorys_own_socket_is_the_person_at_the_machine(house, server):
    """A peer whose address cannot be told, such as one that has gone already, is not the socket."""
    app = create_app(house)

    async def without_an_address(scope, receive, send):
        await app({**scope, "client": None, "server": server}, receive, send)

    assert (
        TestClient(without_an_address, base_url="http://127.0.0.1").get("/api/operations").status_code == 401
    )


def test_a_name_that_nobody_has_takes_as_long_as_a_wrong_password(house, api):
    ctx = house.context(door="test")
    invited = house.identity.people.add(ctx, "user:grace", None)["invitation_token"]
    api.post("/api/auth/invitation", json={"token": invited, "password": PASSWORD})
    api.post("/api/auth/login", json={"name": "warm-up", "password": "x"})

    def took(name):
        started = time.process_time()
        assert (
            api.post("/api/auth/login", json={"name": name, "password": "not the right words"}).status_code
            == 401
        )
        return time.process_time() - started

    there, nowhere = sorted(took("grace") for _ in range(3)), sorted(took(f"nobody-{n}") for n in range(3))
    assert 0.6 < there[1] / nowhere[1] < 1.7


def test_a_flood_of_sign_ins_leaves_threads_for_others(house, session):
    """Sign-ins take two threads at a time: a read in between does not wait for them to end."""
    app = create_app(house)
    with TestClient(app, base_url="http://127.0.0.1") as api, ThreadPoolExecutor(12) as pool:
        flood = [
            pool.submit(api.post, "/api/auth/login", json={"name": f"n{n}", "password": "wrong words"})
            for n in range(12)
        ]
        while not any(one.running() for one in flood):
            time.sleep(0.001)
        assert _status(api, session.access_token) == 200
        assert not all(one.done() for one in flood)
        assert {one.result().status_code for one in flood} <= {401, 429}


def test_a_scoped_admin_is_no_admin(house, api):
    headers = signed_in(house, "eve", Role.ADMIN, Scope(service="shop"))
    for path in ("/api/auth/users", "/api/auth/roles", "/api/audit"):
        assert api.get(path, headers=headers).status_code == 403
    assert (
        api.post("/api/auth/roles", json={"name": "eve", "role": "admin"}, headers=headers).status_code == 403
    )


def test_a_file_of_the_server_is_not_explained_to_who_may_not_name_it(house, api, tmp_path):
    headers = signed_in(house, "vera", Role.VIEWER)
    place = tmp_path / "repo" / "Dockerfile"
    (place.parent / ".fops").mkdir(parents=True)
    place.write_text("FROM scratch\n")
    (place.parent / ".fops" / "onboard.lock").write_text("{}")
    for subject in (str(place), f"{place}:1", "../../etc/passwd", "x" * 5000):
        answer = api.post("/api/invoke/why", json={"subject": subject}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
