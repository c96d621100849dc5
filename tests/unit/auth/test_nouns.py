"""Roles, scopes, names, opaque tokens, keys."""

from __future__ import annotations

import re
from itertools import product

import pytest

from fops.auth import EVERYWHERE, Role, Scope
from fops.auth.credentials import opaque
from fops.auth.credentials.keys import FILE, Keys, keys_of
from fops.auth.model import account, is_name
from fops.auth.settings import AuthSettings
from fops.kernel.errors import UsageError
from fops.kernel.redaction import MASK, redact_text
from fops.kernel.settings import Secret, Source, load

SCOPES = [
    Scope(team=team, service=service, environment=place)
    for team, service, place in product((None, "a", "b"), repeat=3)
]


def test_what_covers_is_ordered():
    for one in SCOPES:
        assert EVERYWHERE.covers(one)
        assert one.covers(one)
        within = [two for two in SCOPES if one.covers(two)]
        assert [two for two in within if two.covers(one)] == [one]
        assert all(one.covers(three) for two in within for three in SCOPES if two.covers(three))


def test_each_role_may_what_those_before_it_may():
    assert [[one.reaches(other) for other in Role] for one in Role] == [
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, False],
        [True, True, True, True],
    ]


@pytest.mark.parametrize("name", ["ada", "ada.l@example.org", "a", "x" * 63, "ci-2"])
def test_what_is_a_name(name):
    assert account(name) == account(f"user:{name}") == f"user:{name}"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Ada",
        "-ada",
        "ada-",
        "x" * 64,
        "ada\n",
        "a b",
        "local:ada",
        "root:x",
        "user:",
        "ä",
        "a/../b",
        "user:user:x",
    ],
)
def test_what_is_none(name):
    assert not is_name(name)
    with pytest.raises(UsageError):
        account(name)


@pytest.mark.parametrize("kind", ["pat", "rt", "inv", "set"])
def test_a_token_is_known_by_its_shape_and_checksum_and_never_shown(kind):
    token = opaque.make(kind)
    assert opaque.is_token(token, kind)
    assert re.fullmatch(rf"fops_{kind}_[0-9A-Za-z]{{49}}", token)
    assert redact_text(f"with {token}.") == f"with {MASK}."
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert not opaque.is_token(wrong, kind)
    assert not opaque.is_token(token, "rt" if kind != "rt" else "pat")
    assert token not in opaque.hashed(token)


def test_a_certain_token_is_made_of_a_secret():
    assert (
        opaque.make("rt", b"\xff" * 32) == opaque.make("rt", b"\xff" * 32) != opaque.make("rt", b"\xfe" * 32)
    )
    assert opaque.is_token(opaque.make("rt", b"\0" * 32), "rt")


def test_the_first_key_signs_and_all_are_believed():
    old, new = Secret("o" * 32), Secret("n" * 32)
    keys = Keys([new, old])
    assert keys.signing == Keys([new]).signing
    assert keys.named(Keys([old]).signing.id) == Keys([old]).signing
    assert keys.named("nobody") is None
    assert "n" * 8 not in repr(keys.signing)


def test_a_short_key_is_refused_where_it_is_to_sign_and_never_shown():
    read, found = load(AuthSettings, [Source("environment", {"SECRET_KEY": "a-short-secret, another"})])
    assert [one.reveal() for one in read.secret_key] == ["a-short-secret", "another"]
    assert "secret, a" not in str(found)
    with pytest.raises(UsageError, match="32 bytes") as caught:
        Keys(read.secret_key)
    assert "a-short-secret" not in caught.value.message + caught.value.hint


def test_the_key_of_a_data_directory_is_made_once_and_is_private(tmp_path):
    first = keys_of((), tmp_path / "home", sqlite=True)
    assert keys_of((), tmp_path / "home", sqlite=True).signing == first.signing
    assert (tmp_path / "home" / FILE).stat().st_mode & 0o777 == 0o600
    (tmp_path / "home" / FILE).chmod(0o644)
    with pytest.raises(UsageError, match="read by others"):
        keys_of((), tmp_path / "home", sqlite=True)


def test_a_database_of_several_nodes_needs_a_key_that_is_given(tmp_path):
    with pytest.raises(UsageError, match="SECRET_KEY"):
        keys_of((), tmp_path, sqlite=False)
    assert keys_of((Secret("k" * 32),), tmp_path, sqlite=False)
    assert list(tmp_path.iterdir()) == []


def test_two_processes_that_make_a_key_at_once_agree(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: keys_of((), tmp_path / "home", sqlite=True).signing, range(16)))
    assert len(set(made)) == 1
    assert [path.name for path in (tmp_path / "home").iterdir()] == [FILE]
