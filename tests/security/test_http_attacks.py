"""Attacks on a real server, byte by byte: each gets a problem with a request id, and the server lives on unharmed."""

from __future__ import annotations

import gzip
import select
import socket
import time
from pathlib import Path

import pytest

from factories.raw_http import answers, asked, connect, heard, request, say
from factories.server import a_server

ONBOARD = "/api/onboard/repo"
INVOKE = "/api/invoke/audit.list"
SECONDS = 1  # of patience, as the server is started here


@pytest.fixture(scope="module")
def server():
    patience = dict.fromkeys(
        ("HEADER_SECONDS", "BODY_SECONDS", "WRITE_SECONDS", "IDLE_SECONDS"), str(SECONDS)
    )
    with a_server({**patience, "RATE_PER_ADDRESS": "1000000", "RATE_OPERATIONS": "100000"}) as running:
        yield running


@pytest.fixture(autouse=True)
def lives_on(server):
    """After every attack, the server answers, is no larger, and has written no traceback."""
    asked(server.url, request())
    before = _resident(server.process.pid)
    yield
    assert asked(server.url, request())[0].status == 200
    assert server.process.poll() is None
    assert _resident(server.process.pid) - before < 40 * 1024**2


def _resident(pid):
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096


def test_a_body_larger_than_allowed_is_refused_before_it_is_read(server):
    (answer,) = asked(
        server.url,
        request("POST", ONBOARD, Content_Length=str(10**12), Content_Type="application/json"),
        b"{" * 1000,
    )
    assert (answer.status, answer.problem["code"]) == (413, "limit_exceeded")


def test_a_body_in_chunks_is_counted_as_it_comes(server):
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    head = request("POST", ONBOARD, Transfer_Encoding="chunked", Content_Type="application/json")
    (answer,) = asked(server.url, head, *[chunk] * 40)
    assert (answer.status, answer.problem["code"]) == (413, "limit_exceeded")


def test_who_sends_on_after_the_answer_is_cut_off(server):
    with connect(server.url) as connection:
        connection.sendall(
            request("POST", ONBOARD, close=False, Content_Length=str(10**12), Content_Type="application/json")
        )
        began = time.monotonic()
        while time.monotonic() - began < 20 and _takes(connection, bytes(1000)):
            time.sleep(0.05)
        assert time.monotonic() - began < 12


def test_a_compressed_body_is_not_unpacked(server):
    bomb = gzip.compress(bytes(50 * 1024**2))
    (answer,) = asked(server.url, request("POST", ONBOARD, body=bomb[:900_000], Content_Encoding="gzip"))
    assert answer.status == 415
    assert answer.problem["detail"] == "a body in an encoding is not read"


def test_headers_that_drip_in_are_waited_for_only_so_long(server):
    with connect(server.url) as connection:
        began = time.monotonic()
        connection.sendall(b"GET /health/live HTTP/1.1\r\n")
        while time.monotonic() - began < 10:
            try:
                connection.sendall(b"X: y\r\n")
            except OSError:
                break
            time.sleep(0.1)
            if connection in _readable(connection):
                break
        assert answers(heard(connection))[0].problem["code"] == "request_timeout"
        assert time.monotonic() - began < SECONDS + 3


def _readable(connection):
    return select.select([connection], [], [], 0)[0]


def test_a_connection_that_says_nothing_is_closed(server):
    with connect(server.url) as connection:
        began = time.monotonic()
        assert heard(connection) == b""
        assert time.monotonic() - began < SECONDS + 3


def test_a_body_that_drips_in_is_waited_for_only_so_long(server):
    with connect(server.url) as connection:
        began = time.monotonic()
        connection.sendall(request("POST", ONBOARD, Content_Length="1000", Content_Type="application/json"))
        while time.monotonic() - began < 10 and not _readable(connection):
            connection.sendall(b" ")
            time.sleep(0.1)
        assert answers(heard(connection))[0].problem["status"] == 408
        assert time.monotonic() - began < SECONDS + 3


def test_an_answer_that_nobody_reads_is_not_kept(server):
    with connect(server.url) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        began = time.monotonic()
        say(connection, [request(path="/openapi.json", close=False)] * 400)
        while time.monotonic() - began < 15:
            time.sleep(0.2)
            if not _takes(connection, b"G"):
                break
        assert time.monotonic() - began < 14


def _takes(connection, data):
    """Whether the other side still takes bytes."""
    try:
        connection.sendall(data)
    except OSError:
        return False
    return True


def test_many_half_open_requests_do_not_keep_others_out(server):
    waiting = []
    try:
        for _ in range(200):
            waiting.append(connect(server.url))
            waiting[-1].sendall(b"GET / HTTP/1.1\r\nHost:")
        began = time.monotonic()
        assert asked(server.url, request())[0].status == 200
        assert time.monotonic() - began < 2
    finally:
        for one in waiting:
            one.close()


@pytest.mark.parametrize(
    "name", ["X-Request-ID", "Idempotency-Key", "Prefer", "Last-Event-ID", "X-Forwarded-For"]
)
def test_a_header_cannot_bring_another(server, name):
    for value in ("good-id-1\r\n injected: yes", "good-id-1\rInjected: yes", "good-id-1\nInjected: yes", "good\x00id", "é" * 20,
                  "%0d%0aInjected:%20yes", "$(touch x)", "a" * 9000):  # fmt: skip
        head = (
            f"GET /api/operations HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{name}: {value}\r\n\r\n"
        )
        (answer,) = asked(server.url, head.encode("latin-1"))
        assert answer.status in {200, 400, 422}
        assert "injected" not in answer.headers
        assert answer.headers["x-request-id"].isascii()
        if answer.status != 200:
            assert answer.problem


def test_a_key_that_steers_a_log_is_refused(server):
    for key in ("a b", "a\tb", "", "x" * 201, "key\x7f"):
        (answer,) = asked(
            server.url, request("POST", ONBOARD, body=b'{"repo_url": "/nowhere"}', Idempotency_Key=key)
        )
        assert answer.status in {400, 422}
        assert answer.problem


@pytest.mark.parametrize(
    "host",
    [
        "attacker.example",
        "127.0.0.1.attacker.example",
        "127.0.0.1@attacker.example",
        "",
        "localhost:80@x",
        "[::2]",
    ],
)
def test_a_foreign_host_gets_nothing(server, host):
    (answer,) = asked(server.url, request(path="/api/operations", Host=host))
    assert answer.status == 400
    assert answer.problem


def test_two_hosts_and_none_are_no_request(server):
    for head in (
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: attacker.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    ):
        (answer,) = asked(server.url, head)
        assert answer.status == 400
        assert answer.problem


def test_an_address_in_the_request_line_does_not_choose_the_host(server):
    (answer,) = asked(server.url, request(path="http://attacker.example/api/operations"))
    assert answer.status == 404
    assert answer.problem


@pytest.mark.parametrize(
    "path",
    [
        "/api/operations/../../etc/passwd", "/api/operations/..%2f..%2fetc%2fpasswd", "/api/operations/%2e%2e", "/api/audit/%2e%2e%2fverify",
        "/api/audit/..%5c..%5cwindows", "//api/operations", "/api//operations", "/api/operations/", "/api/operations/%00", "/api/operations/a%0d%0ab",
        "/api/operations/%ff%fe", "/api/operations/" + "a" * 5000, "/api/invoke/..%2f..%2fhealth", "/./api/operations", "//attacker.example/", "/api/operations;x=1",
        "/api/operations/%25%30%30", "/API/OPERATIONS",
    ],
)  # fmt: skip
def test_a_path_leads_nowhere_else(server, path):
    (answer,) = asked(server.url, request(path=path))
    assert answer.status in {400, 404, 405, 422}
    assert answer.problem
    assert "location" not in answer.headers


def test_a_place_in_the_query_holds_nothing_that_no_database_does(server):
    for query in (
        "cursor=%00",
        "actor=%00",
        "actor=%ff",
        "limit=1e3",
        "limit=-1",
        "limit=99999999999999999999",
        "since=NaN",
        "kind=%ed%a0%80",
    ):
        for path in ("/api/operations", "/api/audit"):
            (answer,) = asked(server.url, request(path=f"{path}?{query}"))
            assert answer.status in {200, 400, 422}, query
            assert answer.status == 200 or answer.problem


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000, b'{"a":' * 100_000, b'{"repo_url": "/a", "repo_url": "/b"}', b'{"repo_url": NaN}', b'{"answers": {"a": 1e999}}', b'{"repo_url": "\xff\xfe"}',
        b'{"repo_url": "\\ud800"}', b'{"repo_url": "\\u0000"}', b"\xff\xfe{\x00}\x00", b'"text"', b"[]", b"null", b"1" * 5000, b"", b"{", b'{"repo_url": ["a"]}',
        b'{"repo_url": "x", "admin": true}', b'{"repo_url": "x", "__class__": "y"}', b'{"repo_url": ' + b"9" * 4400 + b"}",
    ],
)  # fmt: skip
def test_a_body_that_means_two_things_or_none_is_refused(server, body):
    for path in (ONBOARD, INVOKE):
        (answer,) = asked(server.url, request("POST", path, body=body))
        assert answer.status in {400, 413, 422}, answer
        assert answer.problem


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain; application/json", "", "application/xml", "application/jsonp"]
)  # fmt: skip
def test_a_page_cannot_post_without_asking_first(server, kind):
    """What a browser sends across origins without a preflight is never taken for JSON."""
    (answer,) = asked(
        server.url, request("POST", ONBOARD, body=b'{"repo_url": "/nowhere"}', Content_Type=kind)
    )
    assert answer.status in {415, 422}
    assert answer.problem


@pytest.mark.parametrize(
    "method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "X" * 100]
)
def test_another_method_is_another_request(server, method):
    answer = asked(server.url, request(method, ONBOARD))[0]
    assert answer.status in {400, 404, 405}
    assert method == "HEAD" or answer.problem


def test_a_method_in_a_header_or_a_query_changes_nothing(server):
    for extra in (
        {"X_HTTP_Method_Override": "POST"},
        {"X_Method_Override": "POST"},
        {"X_HTTP_Method": "POST"},
    ):
        (answer,) = asked(server.url, request("GET", ONBOARD, **extra))
        assert answer.status == 405
    assert asked(server.url, request("GET", ONBOARD + "?_method=POST"))[0].status == 405


@pytest.mark.parametrize(
    "head",
    [
        b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: +5\r\n\r\nhello",
        b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0x5\r\n\r\nhello",
        b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n Folded: yes\r\n\r\n",
        b"GET  /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET /health/live\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"v" * 100) for n in range(1000)) + b"\r\n",
    ],
)  # fmt: skip
def test_what_is_no_proper_request_gets_a_problem_and_the_connection_ends(server, head):
    found = asked(server.url, head)
    assert len(found) == 1
    assert found[0].status in {400, 431}
    assert found[0].problem


def test_a_length_and_chunks_together_never_leave_a_second_request_behind(server):
    smuggled = (
        b"POST /api/invoke/audit.list HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 4\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET /api/operations HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    )
    found = asked(server.url, smuggled)
    assert len(found) == 1 or found[0].status in {200, 400}
    assert all(answer.status in {200, 400} for answer in found)


def test_requests_in_one_breath_are_answered_in_their_order(server):
    paths = ["/health/live", "/api/nowhere", "/api/operations", "/health/live"]
    data = b"".join(request(path=path, close=False) for path in paths[:-1]) + request(path=paths[-1])
    assert [answer.status for answer in asked(server.url, data)] == [200, 404, 200, 200]


def test_an_upgrade_to_something_else_is_not_made(server):
    for wanted in ("websocket", "h2c"):
        head = request(
            path="/api/operations",
            close=False,
            Upgrade=wanted,
            Connection="Upgrade, close",
            Sec_WebSocket_Key="x",
        )
        answer = asked(server.url, head)[0]
        assert answer.status in {200, 400, 404, 426}


def test_what_every_answer_tells_a_browser(server):
    for path in ("/health/live", "/api/nowhere", "/api/operations", "/docs", "/openapi.json"):
        headers = asked(server.url, request(path=path))[0].headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers
        assert "strict-transport-security" not in headers
        assert "access-control-allow-origin" not in headers


def test_the_page_of_documents_needs_nobody_else(server):
    page = asked(server.url, request(path="/docs"))[0].body.decode()
    assert "/api/onboard/repo" in page
    assert "<script" not in page
    assert "http://" not in page.replace("https://", "")
    assert 'src="' not in page
