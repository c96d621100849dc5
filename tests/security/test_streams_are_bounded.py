"""Progress streams: a caller holds only so many, and each that ends gives its place back."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack

import pytest

from factories.peers import dripping, peer
from factories.raw_http import asked, connect, heard, request
from factories.server import a_server


@pytest.fixture(scope="module")
def server():
    with a_server({"MAX_STREAMS_EACH": "2", "MAX_CONNECTIONS": "20"}) as running:
        yield running


@pytest.fixture(scope="module")
def operation(server):
    """An operation that goes on while the tests look: the server it clones from takes its time."""
    with peer(dripping(b"HTTP/1.1 200 OK\r\n" * 1000, seconds=0.2)) as slow:
        body = json.dumps({"repo_url": slow.url(path="/acme/shop.git")}).encode()
        started = asked(server.url, request("POST", "/api/onboard/repo", body=body, Prefer="respond-async"))[
            0
        ]
        assert started.status == 202
        yield started.headers["location"]


def test_a_caller_holds_only_so_many_streams_and_gets_each_place_back(server, operation):
    events = request(path=f"{operation}/events", close=False)
    for _ in range(3):
        with ExitStack() as stack:
            for _ in range(2):
                connection = stack.enter_context(connect(server.url))
                connection.sendall(events)
                assert connection.recv(4096).startswith(b"HTTP/1.1 200")
            refused = asked(server.url, request(path=f"{operation}/events"))[0]
            assert (refused.status, refused.problem["code"]) == (429, "too_often")
        _until_a_place_is_free(server, operation)


def _until_a_place_is_free(server, operation):
    """A stream notices at its next look that nobody reads it."""
    for _ in range(100):
        with connect(server.url) as connection:
            connection.sendall(request(path=f"{operation}/events", close=False))
            if connection.recv(12).endswith(b"200"):
                break
        time.sleep(0.1)
    else:
        raise AssertionError("no place came back")
    time.sleep(0.5)


def test_connections_above_the_bound_are_closed_at_once_and_the_others_go_on(server):
    with ExitStack() as stack:
        first = [stack.enter_context(connect(server.url)) for _ in range(20)]
        first[0].sendall(request(close=False))
        assert first[0].recv(12).endswith(b"200")
        for _ in range(5):
            assert heard(stack.enter_context(connect(server.url))) == b""
        first[1].sendall(request(close=False))
        assert first[1].recv(12).endswith(b"200")
    time.sleep(0.2)
    assert asked(server.url, request())[0].status == 200


def test_a_stream_of_nothing_is_not_found(server):
    for _ in range(6):
        found = asked(server.url, request(path="/api/operations/opn_nobody/events"))
        assert found[0].problem["status"] == 404
