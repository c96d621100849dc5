"""A team's server: the first person, an invitation, a program's token, and commands that go to where one is signed in."""

from __future__ import annotations

import json

import pytest

from factories.commands import Fops, error_of
from factories.server import PASSWORD, a_server, a_signed_in_server


@pytest.fixture(scope="module")
def signed_in():
    with a_signed_in_server() as found:
        yield found


def _whoami(fops):
    return json.loads(fops("auth", "whoami", "--json").stdout)


def test_one_step_makes_the_first_person_admin_and_signs_them_in(signed_in):
    known = _whoami(signed_in.away)
    assert (known["actor"], known["door"], known["place"]) == ("user:ada", "api", signed_in.server.url)
    assert [one["role"] for one in known["roles"]] == ["admin"]
    assert (signed_in.away.home / "login.json").stat().st_mode & 0o777 == 0o600


def test_the_data_directorys_own_socket_needs_no_sign_in(signed_in):
    known = _whoami(signed_in.server.fops)
    assert known["actor"].startswith("local:")
    assert (known["door"], known["signed_in"]) == ("cli", False)


def test_an_invited_person_sets_their_password_and_may_what_they_were_given(signed_in):
    invited = signed_in.away("auth", "user", "add", "bob", "--role", "viewer")
    assert invited.returncode == 0, invited.stderr
    bob = Fops(signed_in.server.fops.root / "bob")
    bob.root.mkdir()
    given = f"{invited.stdout.strip()}\nother words than these\n"
    assert bob("auth", "login", signed_in.server.url, "--password-stdin", stdin=given).returncode == 0
    assert _whoami(bob)["actor"] == "user:bob"
    assert "may not auth.user.list" in error_of(bob("auth", "user", "list"), 4)
    assert bob("auth", "logout").returncode == 0
    assert "signed in nowhere" in error_of(bob("auth", "logout"), 4)
    again = bob(
        "auth",
        "login",
        signed_in.server.url,
        "--name",
        "bob",
        "--password-stdin",
        stdin="other words than these\n",
    )
    assert again.returncode == 0, again.stderr


def test_a_program_works_with_a_token_that_is_bounded(signed_in):
    assert signed_in.away("auth", "user", "add", "ci", "--program", "--role", "admin").returncode == 0
    made = signed_in.away("auth", "token", "create", "pipeline", "--for", "service:ci", "--role", "viewer")
    assert made.returncode == 0, made.stderr
    ci = Fops(signed_in.server.fops.root / "ci")
    ci.root.mkdir()
    assert ci("auth", "login", signed_in.server.url, "--token-stdin", stdin=made.stdout).returncode == 0
    known = _whoami(ci)
    assert (known["actor"], known["at_most"]["role"]) == ("service:ci", "viewer")
    error_of(ci("auth", "user", "list"), 4)
    assert signed_in.away("auth", "token", "revoke", known["credential"]).returncode == 0
    assert "ended" in error_of(ci("auth", "whoami"), 4)


def test_an_expired_access_token_is_renewed_without_a_word(signed_in):
    file = signed_in.away.home / "login.json"
    kept = json.loads(file.read_text())
    file.write_text(json.dumps(kept | {"tokens": kept["tokens"] | {"access_token": "expired"}}))
    assert _whoami(signed_in.away)["actor"] == "user:ada"
    renewed = json.loads(file.read_text())["tokens"]
    assert renewed["access_token"] != "expired"
    assert renewed["refresh_token"] != kept["tokens"]["refresh_token"]


def test_the_first_admin_may_be_made_on_the_data_directory(tmp_path):
    fops = Fops(tmp_path)
    made = fops("auth", "init", "--name", "ada", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    assert "people already" in error_of(
        fops("auth", "init", "--name", "eve", "--password-stdin", stdin=f"{PASSWORD}\n"), 2
    )
    with a_server({"FOPS_AUTH_MODE": "on"}, fops=fops) as server:
        assert server.setup_token is None
        away = Fops(tmp_path / "away")
        away.root.mkdir()
        signed = away("auth", "login", server.url, "--name", "ada", "--password-stdin", stdin=f"{PASSWORD}\n")
        assert signed.returncode == 0, signed.stderr


@pytest.mark.parametrize(
    ("words", "stdin", "code", "said"),
    [
        (("login",), "", 2, "which server"),
        (("login", "ftp://x"), "", 2, "no address"),
        (("login", "http://u:p@127.0.0.1"), "", 2, "no address"),
        (("login", "http://127.0.0.1:9"), "", 2, "nobody can be asked"),
        (("login", "http://127.0.0.1:9", "--name", "ada", "--password-stdin"), "x\n", 5, "does not answer"),
        (("init", "--name", "ada", "--password-stdin"), "short\n", 2, "at least 12"),
        (("init", "--name", "Ada L", "--password-stdin"), f"{PASSWORD}\n", 2, "no name"),
        (("init", "--name", "ada"), "", 2, "nobody can be asked"),
        (("user", "disable", "nobody"), "", 1, "no account"),
        (("role", "grant", "ada", "chief"), "", 2, "role"),
        (("token", "create", "x"), "", 2, "needs no token"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(tmp_path, words, stdin, code, said):
    assert said in error_of(Fops(tmp_path)("auth", *words, stdin=stdin), code)
