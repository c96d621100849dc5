"""The client of the house: tries, waits, and what a failure means."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from fops.kernel.errors import (
    InDoubt,
    NotAllowed,
    NotFound,
    OutsideFailed,
    Transient,
    Unreachable,
    UnsafeInput,
)
from fops.kernel.http import Bounds, Ticks, client, expect
from fops.kernel.reach import Reach


@dataclass
class Simulated:
    """A clock that goes on only while somebody sleeps."""

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self):
        return datetime(2026, 11, 30, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def elapsed(self):
        return self.seconds

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.seconds += seconds


@dataclass
class Script:
    """Answers in order, the last one again and again; an exception is raised."""

    answers: list
    asked: list[httpx2.Request] = field(default_factory=list)

    def __call__(self, request):
        self.asked.append(request)
        given = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(given, Exception):
            raise given
        return httpx2.Response(given.status_code, headers=given.headers, content=given.content)


def asking(script, *, time=None, **bounds):
    time = time or Simulated()
    ticks = Ticks(clock=time, sleep=time.sleep, chance=lambda: 1.0)
    return client(
        reach=Reach.ANY, bounds=Bounds(**bounds), ticks=ticks, transport=httpx2.MockTransport(script)
    )


def test_a_read_is_tried_again_after_the_time_the_server_asks_for():
    script, time = (
        Script([httpx2.Response(503, headers={"Retry-After": "7"}), httpx2.Response(200, text="done")]),
        Simulated(),
    )
    with asking(script, time=time) as asks:
        assert asks.get("http://x.example/").text == "done"
    assert time.slept == [7.0]


def test_a_wait_given_as_a_date_is_understood():
    soon = (datetime.now(UTC) + timedelta(seconds=30)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    script, time = (
        Script([httpx2.Response(429, headers={"Retry-After": soon}), httpx2.Response(200)]),
        Simulated(),
    )
    with asking(script, time=time) as asks:
        assert asks.get("http://x.example/").is_success
    assert 25 < time.slept[0] <= 30


def test_waits_grow_and_end():
    script, time = Script([httpx2.ConnectError("refused")]), Simulated()
    with (
        asking(script, time=time, tries=4) as asks,
        pytest.raises(Unreachable, match=r"http://x\.example/ gave no answer: refused"),
    ):
        asks.get("http://x.example/")
    assert time.slept == [0.5, 1.0, 2.0]


def test_no_wait_reaches_past_the_whole_time():
    script = Script([httpx2.Response(503, headers={"Retry-After": "50"})])
    with asking(script, total=40) as asks:
        assert asks.get("http://x.example/").status_code == 503
    assert len(script.asked) == 1


def test_a_server_cannot_ask_for_an_hour_of_waiting():
    script = Script([httpx2.Response(429, headers={"Retry-After": "3600"})])
    with asking(script, total=None) as asks:
        assert asks.get("http://x.example/").status_code == 429
    assert len(script.asked) == 1


def test_a_write_that_may_have_been_done_is_in_doubt_and_not_repeated():
    script = Script([httpx2.ReadTimeout("timed out")])
    with asking(script) as asks, pytest.raises(InDoubt):
        asks.post("http://x.example/")
    assert len(script.asked) == 1


def test_a_write_that_was_not_sent_is_tried_again():
    script = Script([httpx2.ConnectError("refused"), httpx2.Response(201)])
    with asking(script) as asks:
        assert asks.post("http://x.example/").status_code == 201


def test_an_answer_to_a_write_is_never_tried_again():
    script = Script([httpx2.Response(503), httpx2.Response(201)])
    with asking(script) as asks:
        assert asks.post("http://x.example/").status_code == 503


def test_what_is_no_address_is_refused_before_anything_is_sent():
    script = Script([httpx2.Response(200)])
    with asking(script) as asks:
        for url in ("http://exa\nmple/", "http://x:none/"):
            with pytest.raises(UnsafeInput):
                asks.get(url)
    assert script.asked == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, NotAllowed),
        (403, NotAllowed),
        (404, NotFound),
        (422, OutsideFailed),
        (429, Transient),
        (500, OutsideFailed),
        (503, Transient),
    ],
)
def test_what_a_status_means(status, kind):
    script = Script([httpx2.Response(status, text="token=fake-value and why", headers={"Retry-After": "9"})])
    with asking(script, tries=1) as asks, pytest.raises(kind) as caught:
        expect(asks.get("http://x.example/?key=fake"), what="the repository acme/shop")
    assert type(caught.value) is kind
    assert caught.value.message.startswith(f"the repository acme/shop: {status} ")
    assert "fake" not in caught.value.message
    assert getattr(caught.value, "retry_after", 9) == 9


def test_a_stream_is_read_by_who_asked_for_it():
    with (
        asking(Script([httpx2.Response(200, content=b"a" * 1000)])) as asks,
        asks.stream("GET", "http://x.example/") as answer,
    ):
        assert sum(map(len, answer.iter_bytes(100))) == 1000


def test_making_a_client_is_cheap_enough_to_make_one_per_purpose():
    began = time.process_time()
    client(reach=Reach.ANY).close()
    assert time.process_time() - began < 1
