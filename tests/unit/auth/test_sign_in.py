"""Signing in: one answer for every refusal, waits after failures, and a trail of it all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from factories.actions import a_context
from factories.people import AWAY, HOME, PASSWORD, a_person, a_session, a_token, as_actor
from fops.auth.credentials.sessions import Client
from fops.auth.entry.attempts import LONGEST, address_key, wait_after
from fops.auth.model import Role
from fops.kernel.errors import NotAllowed, NotSignedIn, TooOften, UsageError


@pytest.fixture
def ada(identity):
    return a_person(identity, "ada", Role.VIEWER)


def _try(identity, name="ada", password="not the right words", client=AWAY):
    return identity.sign_in.by_password(a_context(actor="nobody"), name, password, client)


def _outcomes(identity):
    return [(one.action, one.outcome.value, one.actor, one.target) for one in identity._audit.query()]


def _fail(identity, times, **more):
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            _try(identity, **more)


def test_the_right_password_opens_a_session(identity, ada):
    signed = _try(identity, password=PASSWORD)
    ctx = identity.sign_in.recognise(a_context(actor="nobody"), signed.access_token)
    assert (ctx.actor, ctx.credential) == (ada, signed.session)
    assert _outcomes(identity) == [("auth.sign_in", "succeeded", ada, ada)]


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize(
    "name", ["ada", "nobody-here", "", "not a name", "local:ada", "ada\nroot", "x" * 5000]
)
def test_every_refusal_says_the_same_and_costs_one_comparison(identity, name):
    before = identity.people.passwords._hasher.verified
    with pytest.raises(NotSignedIn) as caught:
        _try(identity, name)
    assert caught.value.message == "the name or the password is not right"
    assert identity.people.passwords._hasher.verified == before + 1
    [(action, outcome, actor, target)] = _outcomes(identity)
    assert (action, outcome, actor) == ("auth.sign_in", "refused", "nobody")
    assert target in {"user:ada", "user:nobody-here", "user:?"}


def test_a_disabled_account_is_refused_like_a_wrong_password(identity, ada):
    identity.people.disable(a_context(), ada)
    with pytest.raises(NotSignedIn, match="not right"):
        _try(identity, password=PASSWORD)


def test_an_account_that_has_not_set_its_password_is_refused(identity):
    identity.people.add(a_context(), "user:bob", None)
    identity.people.add(a_context(), "service:ci", None)
    for name in ("bob", "ci"):
        with pytest.raises(NotSignedIn):
            _try(identity, name, "")


@pytest.mark.usefixtures("ada")
def test_after_five_failures_every_further_one_costs_a_longer_wait(identity, clock):
    _fail(identity, 5)
    waits = []
    for _ in range(4):
        with pytest.raises(TooOften) as caught:
            _try(identity, password=PASSWORD)
        waits.append(caught.value.retry_after)
        clock.move(seconds=caught.value.retry_after)
        _fail(identity, 1)
    assert waits == [1, 2, 4, 8]


def test_a_wait_is_never_longer_than_a_quarter_of_an_hour():
    assert [wait_after(n).total_seconds() for n in (0, 1, 5)] == [1, 2, 32]
    assert wait_after(1000) == LONGEST


def test_what_is_refused_by_a_wait_neither_counts_nor_prolongs_it(identity, ada, clock):
    _fail(identity, 5)
    for _ in range(50):
        with pytest.raises(TooOften):
            _try(identity)
    clock.move(seconds=1)
    assert _try(identity, password=PASSWORD).actor == ada


@pytest.mark.usefixtures("ada")
def test_guesses_side_by_side_count(identity):
    def guess(number):
        try:
            _try(identity, client=Client(f"203.0.113.{number}"))
        except TooOften:
            return "wait"
        except NotSignedIn:
            return "wrong"

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(guess, range(30)))
    assert got.count("wrong") == 5


def test_an_attacker_elsewhere_does_not_keep_a_person_out(identity, ada, clock):
    _try(identity, password=PASSWORD, client=HOME)
    for _ in range(60):
        clock.move(minutes=16)
        _fail(identity, 1)
    with pytest.raises(TooOften):
        _try(identity, password=PASSWORD)
    assert _try(identity, password=PASSWORD, client=HOME).actor == ada


def test_what_is_open_goes_on_through_an_attack(identity, ada):
    signed, token = a_session(identity, ada), a_token(identity, ada)
    _fail(identity, 5)
    assert identity.sign_in.recognise(a_context(), signed.access_token).actor == ada
    assert identity.sign_in.recognise(a_context(), token["token"]).actor == ada
    assert identity.sessions.refresh(a_context(), signed.refresh_token, HOME).actor == ada


def test_one_address_that_tries_many_names_waits_too(identity):
    for number in range(20):
        _fail(identity, 1, name=f"name-{number}")
    with pytest.raises(TooOften):
        _try(identity, "name-20")
    _fail(identity, 1, name="name-20", client=Client("203.0.113.1"))


def test_success_forgives_the_name_and_not_the_address(identity, ada):
    for number in range(19):
        _fail(identity, 1, name=f"name-{number}")
    assert _try(identity, password=PASSWORD).actor == ada
    with pytest.raises(TooOften):
        _try(identity, "name-20")


def test_failures_are_forgotten_after_a_day(identity, ada, clock):
    _fail(identity, 5)
    clock.move(hours=25)
    _fail(identity, 4)
    assert _try(identity, password=PASSWORD).actor == ada


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("x\n", "unknown"),
    ],
)
def test_an_address_counts_as_its_subscriber(address, key):
    assert address_key(address) == key


def test_an_invitation_counts_once_and_for_its_time(identity, clock):
    invited = identity.people.add(a_context(), "user:bob", None)["invitation_token"]
    accept = identity.sign_in.by_invitation
    with pytest.raises(UsageError):
        accept(a_context(), invited, "short", HOME)
    assert accept(a_context(), invited, PASSWORD, HOME).actor == "user:bob"
    with pytest.raises(NotSignedIn):
        accept(a_context(), invited, PASSWORD, HOME)
    again = identity.people.reset(a_context(), "user:bob")["invitation_token"]
    clock.move(hours=73)
    with pytest.raises(NotSignedIn):
        accept(a_context(), again, PASSWORD, HOME)


def test_a_new_invitation_takes_the_place_of_the_old_one(identity):
    first = identity.people.add(a_context(), "user:bob", None)["invitation_token"]
    second = identity.people.reset(a_context(), "user:bob")["invitation_token"]
    with pytest.raises(NotSignedIn):
        identity.sign_in.by_invitation(a_context(), first, PASSWORD, HOME)
    assert identity.sign_in.by_invitation(a_context(), second, PASSWORD, HOME).actor == "user:bob"


def test_the_first_person_makes_themselves_admin_and_nobody_after_them(identity):
    assert identity.people.none_yet(a_context())
    old, token = identity.people.setup_token(a_context()), identity.people.setup_token(a_context())
    setup = identity.sign_in.by_invitation
    for wrong, name in ((old, "ada"), (token, None), (token.replace("set", "inv"), "ada")):
        with pytest.raises(NotSignedIn):
            setup(a_context(), wrong, PASSWORD, HOME, name=name)
    with pytest.raises(UsageError):
        setup(a_context(), token, PASSWORD, HOME, name="not a name")
    assert setup(a_context(), token, PASSWORD, HOME, name="ada").actor == "user:ada"
    assert identity.authority.permits(as_actor("user:ada"), "auth.admin")
    with pytest.raises(NotSignedIn):
        setup(a_context(), token, PASSWORD, HOME, name="eve")
    late = identity.people.setup_token(a_context())
    with pytest.raises(NotSignedIn):
        setup(a_context(), late, PASSWORD, HOME, name="eve")
    with pytest.raises(UsageError):
        identity.people.found(a_context(), "eve", PASSWORD)


def test_a_changed_password_ends_all_other_sessions(identity, ada):
    old = a_session(identity, ada)
    ctx = as_actor(ada, old.session)
    with pytest.raises(NotAllowed):
        identity.sign_in.change_password(ctx, "not the right words", "other words than these", HOME)
    new = identity.sign_in.change_password(ctx, PASSWORD, "other words than these", HOME)
    assert not identity.authority.alive(ctx)
    assert identity.authority.alive(as_actor(ada, new.session))
    assert _try(identity, password="other words than these").actor == ada


def test_the_trail_knows_of_a_token_that_came_back(identity, ada):
    signed = a_session(identity, ada)
    identity.sign_in.refresh(a_context(actor="nobody"), signed.refresh_token, HOME)
    with pytest.raises(NotSignedIn):
        identity.sign_in.refresh(a_context(actor="nobody"), signed.refresh_token, AWAY)
    assert ("auth.refresh", "refused", "nobody", ada) in _outcomes(identity)
    assert not identity.authority.alive(as_actor(ada, signed.session))
