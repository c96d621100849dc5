"""What a password may be, and that a name which nobody has costs the same."""

from __future__ import annotations

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from factories.people import CountingHasher
from fops.auth.entry.passwords import MOST, Passwords
from fops.kernel.errors import UsageError


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "eleven char",
        "x" * (MOST + 1),
        "aaaaaaaaaaaaaaaa",
        "ababababababab",
        "grace-hopper1",
        "GRACE-HOPPERgrace-hopper",
    ],
)
def test_what_is_easy_to_guess_is_refused_and_never_shown(password):
    with pytest.raises(UsageError) as caught:
        Passwords(CountingHasher()).hash(password, name="grace-hopper")
    assert not password or password not in caught.value.message


def test_a_name_within_a_long_password_is_no_matter():
    assert Passwords(CountingHasher()).hash("what ada would never say", name="ada")


def test_only_the_password_itself_matches():
    passwords = Passwords(CountingHasher())
    kept = passwords.hash("four words like these", name="ada")
    assert passwords.matches("four words like these", kept) == (True, None)
    for wrong in ("four words like this", "", "x" * 100_000, "four words like these\0"):
        assert passwords.matches(wrong, kept)[0] is False


def test_nobody_and_somebody_without_a_password_cost_one_comparison_and_never_match():
    hasher = CountingHasher()
    passwords = Passwords(hasher)
    for given in ("four words like these", "the password of an account that is not there"):
        before = hasher.verified
        assert passwords.matches(given, None) == (False, None)
        assert hasher.verified == before + 1


def test_a_weaker_hash_is_made_anew_at_the_next_sign_in():
    weak = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)).hash(
        "four words like these"
    )
    strong = Passwords(PasswordHash((Argon2Hasher(time_cost=2, memory_cost=16, parallelism=1),)))
    right, newer = strong.matches("four words like these", weak)
    assert right
    assert newer
    assert strong.matches("four words like these", newer) == (True, None)


def test_production_hashes_are_argon2id_of_64_mebibytes():
    assert Passwords().hash("four words like these", name="ada").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
