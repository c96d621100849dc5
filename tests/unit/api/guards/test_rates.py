"""How often somebody may ask, and who somebody is."""

import ipaddress

import pytest

from fops.api.guards.hosts import Hosts
from fops.api.guards.places import Places
from fops.api.guards.proxies import Origin, household, origin_of
from fops.api.guards.rates import Rate, Rates
from fops.kernel.errors import TooOften, Transient


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


def test_so_many_at_once_and_again_as_time_goes_on():
    clock, rate = Clock(), Rate("address", 6, 60)
    rates = Rates(clock)
    assert [rates.ask("ada", rate).left for _ in range(6)] == [5, 4, 3, 2, 1, 0]
    refused = rates.ask("ada", rate)
    assert (refused.left, round(refused.wait)) == (0, 10)
    assert rates.ask("ben", rate).wait == 0
    clock.seconds = 10
    assert rates.ask("ada", rate).wait == 0
    assert rates.ask("ada", rate).wait > 0


def test_what_was_refused_costs_nothing():
    clock, rate = Clock(), Rate("address", 1, 60)
    rates = Rates(clock)
    rates.ask("ada", rate)
    waits = {round(rates.ask("ada", rate).wait) for _ in range(100)}
    assert waits == {60}


def test_addresses_without_number_take_no_memory_without_end():
    clock, rate = Clock(), Rate("address", 10, 60)
    rates = Rates(clock, most=1000)
    for number in range(100_000):
        rates.ask(str(number), rate)
        clock.seconds += 0.0001
    assert len(rates) <= 1000


def test_those_who_owe_nothing_are_forgotten_first():
    clock, rate = Clock(), Rate("address", 2, 60)
    rates = Rates(clock, most=10)
    for number in range(9):
        rates.ask(f"once {number}", rate)
    clock.seconds = 50
    for _ in range(2):
        rates.ask("busy", rate)
    rates.ask("one more", rate)
    assert rates.ask("busy", rate).wait > 0


def _asked(peer, trusted, *forwarded, proto=()):
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    headers += [(b"x-forwarded-proto", one.encode()) for one in proto]
    return origin_of(peer, "http", headers, [ipaddress.ip_network(one) for one in trusted])


@pytest.mark.parametrize(
    ("peer", "trusted", "forwarded", "address"),
    [
        ("203.0.113.5", [], ["198.51.100.9"], "203.0.113.5"),
        ("203.0.113.5", ["10.0.0.0/8"], ["198.51.100.9"], "203.0.113.5"),
        ("10.0.0.1", ["10.0.0.0/8"], ["198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", ["10.0.0.0/8"], ["6.6.6.6, 198.51.100.9, 10.0.0.7"], "198.51.100.9"),
        ("10.0.0.1", ["10.0.0.0/8"], ["6.6.6.6", "198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", ["10.0.0.0/8"], ["6.6.6.6, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.0/8"], ["10.0.0.9"], "10.0.0.9"),
        ("10.0.0.1", ["10.0.0.0/8"], [], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.0/8"], ["2001:db8::7"], "2001:db8::7"),
    ],
)
def test_the_caller_behind_a_proxy_is_the_last_address_nobody_could_make_up(
    peer, trusted, forwarded, address
):
    assert _asked(peer, trusted, *forwarded).address == address


def test_only_a_trusted_proxy_says_that_it_spoke_tls():
    assert _asked("10.0.0.1", ["10.0.0.0/8"], "1.2.3.4", proto=["https"]) == Origin("1.2.3.4", "https")
    assert _asked("9.9.9.9", ["10.0.0.0/8"], "1.2.3.4", proto=["https"]).scheme == "http"
    assert _asked("10.0.0.1", ["10.0.0.0/8"], "1.2.3.4", proto=["https", "http"]).scheme == "http"
    assert _asked("10.0.0.1", ["10.0.0.0/8"], "1.2.3.4", proto=["javascript"]).scheme == "http"


def test_one_customer_of_a_provider_is_one_caller():
    assert (
        household("2001:db8:1:2:aaaa::1") == household("2001:db8:1:2::ffff") != household("2001:db8:1:3::1")
    )
    assert household("::ffff:192.0.2.7") == household("192.0.2.7") == "192.0.2.7"


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (b"fops.example", True), (b"FOPS.example:8000", True), (b"a.ops.example", True), (b"ops.example", False),
        (b"evilops.example", False), (b"fops.example.attacker.example", False), (b"fops.example@attacker.example", False),
        (b"fops.example:80@attacker.example", False), (b"[::1]:8000", True), (b"[::2]", False), (b"", False), (b":80", False),
    ],
)  # fmt: skip
def test_the_server_answers_under_its_names_only(header, known):
    assert Hosts(["fops.example", "*.ops.example", "[::1]"]).know(header) is known


def test_one_caller_cannot_take_all_places():
    places = Places("streams", most=3, each=2)
    with places.taken("ada"), places.taken("ada"):
        with pytest.raises(TooOften, match="2 streams are open already"), places.taken("ada"):
            pass
        with places.taken("ben"), pytest.raises(Transient, match="all 3 streams"), places.taken("cy"):
            pass
    with places.taken("ada"):
        pass
