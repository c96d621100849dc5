"""Personal tokens: shown once, bounded in time, written down when used."""

from __future__ import annotations

import pytest

from factories.actions import a_context
from factories.people import a_person, a_program, a_token
from fops.auth.credentials import opaque
from fops.auth.model import Role
from fops.kernel.errors import NotFound, NotSignedIn, UsageError


@pytest.fixture
def ci(identity):
    return a_program(identity, "ci", Role.OPERATOR)


def _recognised(identity, token):
    return identity.sign_in.recognise(a_context(actor="nobody"), token)


def test_a_token_is_recognised_as_its_owner(identity, ci):
    made = a_token(identity, ci)
    ctx = _recognised(identity, made["token"])
    assert (ctx.actor, ctx.credential) == (ci, made["id"])


def test_it_counts_until_it_expires(identity, ci, clock):
    made = a_token(identity, ci, days=1)
    clock.move(hours=23)
    assert _recognised(identity, made["token"])
    clock.move(hours=1)
    for _ in range(2):
        with pytest.raises(NotSignedIn, match="expired"):
            _recognised(identity, made["token"])


def test_it_counts_until_it_is_revoked(identity, ci):
    made, other = a_token(identity, ci), a_token(identity, ci)
    _recognised(identity, made["token"])
    assert identity.tokens.revoke(a_context(), id=made["id"]) == 1
    identity.authority.forget()
    with pytest.raises(NotSignedIn):
        _recognised(identity, made["token"])
    assert _recognised(identity, other["token"])
    assert identity.tokens.revoke(a_context(), id=made["id"]) == 0


def test_a_revocation_on_another_node_is_seen_within_two_seconds(identity, ci, clock, database, tmp_path):
    from factories.people import an_identity

    made, other = a_token(identity, ci), an_identity(database, tmp_path, clock)
    assert _recognised(other, made["token"])
    identity.tokens.revoke(a_context(), id=made["id"])
    clock.move(seconds=2)
    with pytest.raises(NotSignedIn):
        _recognised(other, made["token"])


def test_it_counts_for_nothing_while_its_owner_is_disabled(identity, ci):
    made = a_token(identity, ci)
    identity.people.disable(a_context(), ci)
    with pytest.raises(NotSignedIn):
        _recognised(identity, made["token"])
    with pytest.raises(UsageError, match="disabled"):
        a_token(identity, ci)


def test_its_last_use_is_written_at_most_once_a_minute(identity, ci, clock):
    made = a_token(identity, ci)
    _recognised(identity, made["token"])
    first = identity.tokens.of(a_context(), ci)[0]["used_at"]
    clock.move(seconds=30)
    _recognised(identity, made["token"])
    assert identity.tokens.of(a_context(), ci)[0]["used_at"] == first
    clock.move(seconds=31)
    _recognised(identity, made["token"])
    assert identity.tokens.of(a_context(), ci)[0]["used_at"] > first


def test_a_list_shows_nothing_that_could_be_used(identity, ci):
    made = a_token(identity, ci)
    [row] = identity.tokens.of(a_context(), ci)
    assert row["id"] == made["id"]
    assert "hash" not in row
    assert made["token"] not in str(row)
    assert opaque.hashed(made["token"]) not in str(row)
    assert identity.tokens.of(a_context(), a_person(identity)) == []


def test_a_token_for_nobody_is_not_made(identity):
    with pytest.raises(NotFound):
        a_token(identity, "service:nobody")


@pytest.mark.parametrize(
    "token",
    ["", "fops_pat_", opaque.make("pat", b"1" * 32), opaque.make("rt", b"1" * 32), "fops_pat_" + "a" * 49],
)
def test_what_is_no_token_of_ours_is_refused(identity, token):
    with pytest.raises(NotSignedIn):
        _recognised(identity, token)
