"""What the server is asked to fetch stays on the public internet, whatever the address is written like."""

import gzip
import socket
import time

import pytest

from factories.peers import answer, dripping, peer
from fops.kernel.errors import LimitExceeded, OutsideFailed, Unreachable, UnsafeInput
from fops.kernel.http import Bounds, client
from fops.kernel.reach import Reach, system_resolve

QUICK = Bounds(total=2, tries=1)
REFUSED = (
    "127.0.0.1", "127.1", "127.0.0.2", "0.0.0.0",  # noqa: S104 - nothing is bound
    "0", "2130706433", "0x7f000001", "0x7f.0.0.1", "017700000001",
    "0177.0.0.1", "localhost", "LOCALHOST", "10.0.0.1", "172.16.3.4", "172.31.255.254",
    "192.168.1.1", "100.64.0.1", "100.100.100.200", "169.254.169.254", "169.254.170.2", "2852039166", "0xa9fea9fe",
    "168.63.129.16", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "224.0.1.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[::7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[2001:0:7f00:1::]", "[fe80::1]", "[fec0::1]", "[fc00::1]",
    "[fd00:ec2::254]", "[ff02::1]", "[2001:db8::1]", "[2606:4700::5efe:7f00:1]", "metadata.google.internal",
    "metadata.google.internal.", "METADATA.GOOG", "instance-data.ec2.internal",
)  # fmt: skip
PUBLIC = ("93.184.216.34", "8.8.8.8", "[2606:4700:4700::1111]", "[::ffff:8.8.8.8]", "[64:ff9b::808:808]")


def test_every_spelling_of_a_place_that_is_not_public_is_refused():
    with client(reach=Reach.PUBLIC, bounds=QUICK) as asks:
        for host in REFUSED:
            with pytest.raises(UnsafeInput, match=r"leads to|is no address"):
                asks.get(f"http://{host}:1/")


def test_letters_that_only_look_like_an_address_do_not_get_through():
    with client(reach=Reach.PUBLIC, bounds=QUICK) as asks:
        for host in (
            "127.0.0.1.",
            "localhost.",
            "①②⑦.⓪.⓪.①",
            "１２７.０.０.１",
            "ⓛocalhost",
            "127。0。0。1",
            "loca\u00adlhost",
        ):
            with pytest.raises((UnsafeInput, Unreachable)):
                asks.get(f"http://{host}:1/")


def test_public_addresses_are_reached_in_every_form():
    for host in PUBLIC:
        bare = host.strip("[]")
        assert Reach.PUBLIC.addresses(bare, 443, resolve=lambda name, _port: [name]) == (bare,)


def test_userinfo_and_odd_separators_do_not_hide_the_host():
    with peer(answer()) as inside, client(reach=Reach.PUBLIC, bounds=QUICK) as asks:
        for url in (
            f"http://example.org@127.0.0.1:{inside.port}/",
            f"http://example.org:80@127.0.0.1:{inside.port}/",
            f"http://example.org%40@127.0.0.1:{inside.port}/",
            f"http://127.0.0.1:{inside.port}#@example.org/",
            f"http://127.0.0.1:{inside.port}?@example.org/",
            f"http://127.0.0.1:{inside.port}\\@example.org/",
        ):
            with pytest.raises((UnsafeInput, Unreachable)):
                asks.get(url)
        assert inside.asked == []


def test_other_schemes_are_not_asked():
    with client(reach=Reach.PUBLIC, bounds=QUICK) as asks:
        for url in (
            "file:///etc/passwd",
            "gopher://example.org/",
            "ftp://example.org/",
            "//example.org/",
            "example.org",
        ):
            with pytest.raises((UnsafeInput, Unreachable)):
                asks.get(url)


def test_one_private_address_among_public_ones_refuses_the_name():
    with client(reach=Reach.PUBLIC, bounds=QUICK, resolve=lambda *_: ["93.184.216.34", "10.0.0.7"]) as asks:
        with pytest.raises(UnsafeInput, match=r"mixed\.example leads to a private address") as caught:
            asks.get("http://mixed.example/")
        assert "10.0.0.7" not in caught.value.message


def test_a_name_that_changes_its_address_is_connected_to_at_the_checked_one():
    given = iter(["127.0.0.1", "169.254.169.254", "127.0.0.1"])
    asked = []

    def rebinding(name, _port):
        asked.append(name)
        return [next(given)]

    reach = Reach.PUBLIC.allowing("127.0.0.1")
    with (
        peer(answer(b"checked")) as right,
        client(reach=reach, bounds=QUICK, resolve=rebinding) as asks,
    ):
        assert asks.get(right.url("turns.example")).text == "checked"
        assert asked == ["turns.example"]
        assert b"Host: turns.example" in right.asked[0]
        with pytest.raises(UnsafeInput):  # the next connection is judged anew
            asks.get(right.url("turns.example"))


def test_a_redirect_to_a_private_address_is_refused_at_its_hop():
    with (
        peer(answer(b"secret")) as inside,
        peer(answer(status="302 Found", Location=inside.url())) as outside,
    ):
        reach = Reach.PUBLIC.allowing("start.example")
        with client(reach=reach, bounds=QUICK, resolve=_everything_here_named("start.example")) as asks:
            with pytest.raises(UnsafeInput, match="this machine itself"):
                asks.get(outside.url("start.example"))
            assert inside.asked == []


def test_redirects_end():
    with peer(answer(status="302 Found", Location="/again")) as round_and_round:
        with (
            client(reach=Reach.ANY, bounds=QUICK) as asks,
            pytest.raises(LimitExceeded, match="redirects once more"),
        ):
            asks.get(round_and_round.url())
        assert len(round_and_round.asked) == 6


def test_credentials_do_not_follow_a_redirect_to_another_origin():
    with (
        peer(answer(b"landed")) as other,
        peer(answer(status="307 Temporary", Location=other.url())) as first,
    ):
        with client(
            reach=Reach.ANY, bounds=QUICK, auth=("ada", "fake-password"), headers={"X-Api-Key": "fake-key"}
        ) as asks:
            given = {"Private-Token": "fake-token", "Cookie": "session=fake"}
            assert asks.get(first.url(), headers=given).text == "landed"
        assert b"fake" in first.asked[0]
        assert b"Authorization" in first.asked[0]
        assert b"fake" not in other.asked[0]
        assert b"authorization" not in other.asked[0].lower()


def test_credentials_stay_on_a_redirect_within_the_origin():
    with peer(answer(status="302 Found", Location="/there"), answer(b"there")) as one:
        with client(reach=Reach.ANY, bounds=QUICK, auth=("ada", "fake-password")) as asks:
            assert asks.get(one.url()).text == "there"
        assert b"Authorization" in one.asked[1]


def test_a_body_is_not_sent_on_to_another_origin():
    with peer(answer()) as other, peer(answer(status="308 Permanent", Location=other.url())) as first:
        with (
            client(reach=Reach.ANY, bounds=QUICK) as asks,
            pytest.raises(UnsafeInput, match="redirects a POST"),
        ):
            asks.post(first.url(), json={"token": "fake"})
        assert other.asked == []


def test_the_operator_allows_a_host_by_name_or_a_network():
    with peer(answer(b"inside")) as inside:
        for place in ("localhost", "127.0.0.1", "127.0.0.0/8"):
            host = "localhost" if place == "localhost" else "127.0.0.1"
            with client(
                reach=Reach.PUBLIC.allowing(place), bounds=QUICK, resolve=lambda *_: ["127.0.0.1"]
            ) as asks:
                assert asks.get(inside.url(host)).text == "inside"


def test_a_name_that_was_allowed_does_not_open_the_metadata_service():
    reach = Reach.PUBLIC.allowing("git.internal")
    assert reach.addresses("git.internal", 443, resolve=lambda *_: ["10.1.2.3"]) == ("10.1.2.3",)
    for address in ("169.254.169.254", "fd00:ec2::254", "224.0.0.1", "0.0.0.0"):  # noqa: S104 - no bind: what must not be reached
        with pytest.raises(UnsafeInput):
            reach.addresses("git.internal", 443, resolve=lambda *_, address=address: [address])


def test_a_persons_own_command_line_reaches_any_address():
    with peer(answer(b"mine")) as mine, client(reach=Reach.ANY, bounds=QUICK) as asks:
        assert asks.get(mine.url()).text == "mine"
    with peer(answer(b"six"), host="::1") as mine, client(reach=Reach.ANY, bounds=QUICK) as asks:
        assert asks.get(mine.url()).text == "six"


def test_a_proxy_of_the_environment_is_never_used_for_what_others_ask_for(monkeypatch):
    with peer(answer(b"through the proxy")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url())
        monkeypatch.delenv("no_proxy", raising=False)
        with client(reach=Reach.PUBLIC, bounds=QUICK) as asks, pytest.raises(UnsafeInput):
            asks.get("http://127.0.0.1:1/")
        assert proxy.asked == []
        with client(reach=Reach.ANY, bounds=QUICK) as asks:
            assert asks.get("http://some.example/").text == "through the proxy"


def test_a_compressed_bomb_is_stopped_at_the_size_of_what_it_becomes():
    bomb = gzip.compress(bytes(64 * 1024**2))
    assert len(bomb) < 100_000
    with peer(answer(bomb, Content_Encoding="gzip")) as one:
        bounds = Bounds(total=5, tries=1, size=1024**2)
        with (
            client(reach=Reach.ANY, bounds=bounds) as asks,
            pytest.raises(LimitExceeded, match="larger than 1048576 bytes"),
        ):
            asks.get(one.url())


def test_a_compressed_answer_is_read_whole_also_of_several_members():
    text = b"a line of text\n" * 40_000
    for packed in (gzip.compress(text), gzip.compress(text[:7]) + gzip.compress(text[7:])):
        with (
            peer(answer(packed, Content_Encoding="gzip")) as one,
            client(reach=Reach.ANY, bounds=QUICK) as asks,
        ):
            assert asks.get(one.url()).content == text


def test_an_encoding_nobody_asked_for_is_no_answer():
    for encoding in ("br", "zstd", "deflate", "gzip, gzip"):
        with (
            peer(answer(b"x", Content_Encoding=encoding)) as one,
            client(reach=Reach.ANY, bounds=QUICK) as asks,
            pytest.raises(OutsideFailed, match="encoding"),
        ):
            asks.get(one.url())


def test_a_body_without_end_is_cut_off():
    endless = answer(b"", Content_Length=str(10**9))
    bounds = Bounds(total=5, tries=1, size=10**6)
    with peer([endless, *[bytes(65536)] * 200]) as one, client(reach=Reach.ANY, bounds=bounds) as asks:
        url = one.url()
        with pytest.raises(LimitExceeded):
            asks.get(url)


@pytest.mark.parametrize("at_once", [0, 40, 70], ids=["status line", "headers", "body"])
def test_a_peer_that_drips_is_left_when_the_whole_time_is_over(at_once):
    whole = answer(bytes(100_000))
    assert at_once < 70 or whole.index(b"\r\n\r\n") < at_once

    def pieces():
        yield whole[:at_once]
        yield from dripping(whole[at_once:], seconds=0.05)

    with peer(pieces()) as one, client(reach=Reach.ANY, bounds=Bounds(total=0.5, read=0.3, tries=3)) as asks:
        began = time.monotonic()
        with pytest.raises(Unreachable, match=r"longer than it may|timed out"):
            asks.get(one.url())
        assert time.monotonic() - began < 1.5


def test_an_error_names_the_address_without_its_secrets():
    with client(reach=Reach.ANY, bounds=QUICK) as asks, pytest.raises(Unreachable) as caught:
        asks.get("http://ada:fake-password@127.0.0.1:1/path?token=fake-token#fake-fragment")
    assert "http://127.0.0.1:1/path" in caught.value.message
    assert "fake" not in caught.value.message


def _everything_here_named(*names):
    def resolve(host, port):
        return ["127.0.0.1"] if host in names else system_resolve(host, port)

    return resolve


def test_the_machine_resolves_as_the_tests_expect():
    assert [one[4][0] for one in socket.getaddrinfo("127.1", 1, type=socket.SOCK_STREAM)] == ["127.0.0.1"]
