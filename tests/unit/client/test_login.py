"""The login of this machine: where it is kept, and to whom its token is shown."""

from __future__ import annotations

import json
import sys
import types

import httpx2
import pytest

from fops.client.login import Bearing, Login, Logins, at_url, server_url
from fops.kernel.errors import StorageFailed, UsageError

LOGIN = Login(
    url="https://ops.example", actor="user:ada", access_token="old access", refresh_token="old refresh"
)


@pytest.fixture(autouse=True)
def _no_keyring_of_the_person_who_runs_the_tests(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)


@pytest.fixture
def keyring(monkeypatch):
    """A keyring that works, as the package shows one."""
    kept = {}
    errors = types.ModuleType("keyring.errors")
    errors.KeyringError = RuntimeError
    found = types.SimpleNamespace(
        get_keyring=lambda: types.SimpleNamespace(priority=5), errors=errors,
        get_password=lambda service, name: kept.get((service, name)),
        set_password=lambda service, name, secret: kept.__setitem__((service, name), secret),
        delete_password=lambda service, name: kept.pop((service, name)),
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "keyring", found)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return kept


def test_without_a_keyring_a_private_file_keeps_it(tmp_path):
    logins = Logins(tmp_path / "home")
    assert logins.read() is None
    where = logins.write(LOGIN)
    assert where == str(tmp_path / "home" / "login.json")
    assert (tmp_path / "home" / "login.json").stat().st_mode & 0o777 == 0o600
    assert logins.read() == LOGIN
    logins.forget()
    assert logins.read() is None
    logins.forget()


def test_a_keyring_keeps_the_tokens_and_the_file_says_only_where(tmp_path, keyring):
    logins = Logins(tmp_path)
    assert logins.write(LOGIN) == "keyring"
    assert "access" not in (tmp_path / "login.json").read_text().replace("access_token", "")
    assert logins.read() == LOGIN
    logins.forget()
    assert keyring == {}


def test_a_keyring_that_lost_it_says_what_to_do(tmp_path, keyring):
    Logins(tmp_path).write(LOGIN)
    keyring.clear()
    with pytest.raises(UsageError, match="keyring holds no token"):
        Logins(tmp_path).read()


@pytest.mark.usefixtures("keyring")
def test_a_keyring_that_refuses_leaves_it_to_the_file(tmp_path, monkeypatch):
    def locked(*_):
        raise RuntimeError

    monkeypatch.setattr(sys.modules["keyring"], "set_password", locked)
    assert Logins(tmp_path).write(LOGIN) == str(tmp_path / "login.json")
    assert Logins(tmp_path).read() == LOGIN


def test_a_file_that_is_none_says_what_to_do_and_can_be_forgotten(tmp_path):
    (tmp_path / "login.json").write_text("{")
    with pytest.raises(StorageFailed, match=r"login\.json"):
        Logins(tmp_path).read()
    Logins(tmp_path).forget()
    assert Logins(tmp_path).read() is None


def _client(tmp_path, answers):
    """A client whose server is a function of the request."""
    seen = []

    def answer(request):
        seen.append((str(request.url), request.headers.get("authorization"), request.content))
        return answers(request)

    logins = Logins(tmp_path)
    client = at_url(LOGIN.url, Bearing(logins, LOGIN))
    client._transport = httpx2.MockTransport(answer)
    return client, seen, logins


def test_an_expired_token_is_renewed_once_and_the_new_one_is_kept(tmp_path):
    def answers(request):
        if request.url.path == "/api/auth/refresh":
            return httpx2.Response(200, json={"access_token": "new access", "refresh_token": "new refresh"})
        return httpx2.Response(
            200 if request.headers["authorization"] == "Bearer new access" else 401, json={}
        )

    client, seen, logins = _client(tmp_path, answers)
    assert [client.get("/api/operations").status_code for _ in range(2)] == [200, 200]
    assert [(url.rpartition("/")[2], shown) for url, shown, _ in seen] == [
        ("operations", "Bearer old access"), ("refresh", None), ("operations", "Bearer new access"), ("operations", "Bearer new access"),
    ]  # fmt: skip
    assert json.loads(seen[1][2]) == {"refresh_token": "old refresh"}
    assert logins.read().refresh_token == "new refresh"


def test_a_session_that_has_ended_is_told_and_asked_no_further(tmp_path):
    client, seen, _ = _client(tmp_path, lambda _request: httpx2.Response(401, json={"code": "not_signed_in"}))
    assert client.get("/api/operations").status_code == 401
    assert len(seen) == 2


@pytest.mark.parametrize(
    "other",
    [
        "https://attacker.example/x",
        "https://ops.example.attacker.example/x",
        "http://ops.example/x",
        "https://ops.example:8443/x",
    ],
)
def test_the_token_is_shown_to_no_other_address(tmp_path, other):
    client, seen, _ = _client(tmp_path, lambda _request: httpx2.Response(401, json={}))
    client.get(other)
    assert [(url, shown) for url, shown, _ in seen] == [(other, None)]


def test_no_redirect_is_followed(tmp_path):
    moved = httpx2.Response(302, headers={"Location": "https://attacker.example/"})
    client, seen, _ = _client(tmp_path, lambda _request: moved)
    assert client.get("/api/operations").status_code == 302
    assert len(seen) == 1


@pytest.mark.parametrize(
    "text", ["https://ops.example", "http://127.0.0.1:8000", "https://ops.example/fops/"]
)
def test_what_is_an_address(text):
    assert server_url(text) == text.rstrip("/")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ops.example",
        "ftp://ops.example",
        "https://",
        "https://ada:x@ops.example",
        "https://ops.example/?a=1",
        "https:///x",
        "/srv",
    ],
)
def test_what_is_none(text):
    with pytest.raises(UsageError):
        server_url(text)
