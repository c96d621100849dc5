"""Sessions: a refresh token counts once; the same client may ask twice for a moment; any other second use ends them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from factories.actions import a_context
from factories.people import AWAY, HOME, a_person, a_session, as_actor
from fops.auth.credentials import opaque
from fops.auth.credentials.sessions import Reused
from fops.kernel.errors import NotSignedIn


@pytest.fixture
def ada(identity):
    return a_person(identity)


def _refresh(identity, token, client=HOME):
    return identity.sessions.refresh(a_context(), token, client)


def _alive(identity, signed):
    identity.authority.forget()
    return identity.authority.alive(as_actor(signed.actor, signed.session))


def test_a_session_goes_on_from_token_to_token(identity, ada, clock):
    signed = a_session(identity, ada)
    seen = {signed.refresh_token}
    for _ in range(5):
        clock.move(minutes=30)
        signed = _refresh(identity, signed.refresh_token)
        assert signed.actor == ada
        assert _alive(identity, signed)
        seen.add(signed.refresh_token)
    assert len(seen) == 6


def test_a_token_used_twice_ends_its_session(identity, ada, clock):
    signed = a_session(identity, ada)
    stolen, newer = signed.refresh_token, _refresh(identity, signed.refresh_token)
    clock.move(seconds=11)
    with pytest.raises(Reused):
        _refresh(identity, stolen)
    assert not _alive(identity, signed)
    with pytest.raises(NotSignedIn):
        _refresh(identity, newer.refresh_token)


def test_a_token_used_by_another_client_ends_its_session_at_once(identity, ada):
    signed = a_session(identity, ada)
    _refresh(identity, signed.refresh_token)
    with pytest.raises(Reused):
        _refresh(identity, signed.refresh_token, AWAY)
    assert not _alive(identity, signed)


def test_a_thief_who_comes_first_is_found_when_the_owner_comes(identity, ada, clock):
    signed = a_session(identity, ada)
    _refresh(identity, signed.refresh_token, AWAY)
    clock.move(minutes=29)
    with pytest.raises(Reused):
        _refresh(identity, signed.refresh_token, HOME)
    assert not _alive(identity, signed)


def test_an_answer_that_was_lost_is_given_again_and_no_second_end_grows(identity, ada, clock):
    signed = a_session(identity, ada)
    first = _refresh(identity, signed.refresh_token)
    clock.move(seconds=9)
    assert _refresh(identity, signed.refresh_token).refresh_token == first.refresh_token
    assert _alive(identity, signed)


def test_who_is_late_within_the_moment_gets_the_newest(identity, ada, clock):
    signed = a_session(identity, ada)
    second = _refresh(identity, signed.refresh_token)
    clock.move(seconds=1)
    third = _refresh(identity, second.refresh_token)
    clock.move(seconds=1)
    assert _refresh(identity, signed.refresh_token).refresh_token == third.refresh_token


def test_two_threads_that_refresh_the_same_token_agree_and_nobody_is_signed_out(identity, ada):
    signed = a_session(identity, ada)
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: _refresh(identity, signed.refresh_token).refresh_token, range(16)))
    assert len(set(got)) == 1
    assert _alive(identity, _refresh(identity, got[0]))


def test_a_session_ends_when_it_is_not_used_and_however_much_it_is_used(identity, ada, clock):
    idle = a_session(identity, ada)
    clock.move(days=14, seconds=1)
    with pytest.raises(NotSignedIn):
        _refresh(identity, idle.refresh_token)

    used = a_session(identity, ada)
    for _ in range(8):
        clock.move(days=11)
        used = _refresh(identity, used.refresh_token)
    clock.move(days=3)
    with pytest.raises(NotSignedIn):
        _refresh(identity, used.refresh_token)
    assert not _alive(identity, used)


def test_a_disabled_account_refreshes_nothing(identity, ada):
    signed = a_session(identity, ada)
    identity.people.disable(a_context(), ada)
    with pytest.raises(NotSignedIn):
        _refresh(identity, signed.refresh_token)
    identity.people.enable(a_context(), ada)
    with pytest.raises(NotSignedIn):
        _refresh(identity, signed.refresh_token)


@pytest.mark.parametrize(
    "token", ["", "fops_rt_", "x" * 10_000, opaque.make("rt", b"1" * 32), opaque.make("pat", b"1" * 32)]
)
def test_what_is_no_token_of_ours_is_refused_and_ends_nothing(identity, ada, token):
    signed = a_session(identity, ada)
    with pytest.raises(NotSignedIn):
        _refresh(identity, token)
    assert _alive(identity, signed)


def test_old_tokens_are_not_kept_for_ever(identity, ada, clock, database):
    from sqlalchemy import func, select

    from fops.auth.store.tables import refresh_tokens

    signed = a_session(identity, ada)
    for _ in range(3):
        clock.move(days=1)
        signed = _refresh(identity, signed.refresh_token)
    clock.move(days=30)
    a_session(identity, ada)
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(refresh_tokens)).scalar() == 1


def test_nothing_that_is_kept_lets_anybody_in(identity, ada, database, tmp_path):
    signed = a_session(identity, ada)
    database.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in (signed.refresh_token, signed.access_token, "four words like these"):
        assert secret.encode() not in kept
