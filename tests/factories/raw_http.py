"""HTTP as bytes on a socket, for what no client library would send."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """One answer as it arrived."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        """The problem it must be: its shape is checked."""
        assert self.headers["content-type"] == "application/problem+json", self
        problem: dict[str, Any] = json.loads(self.body)
        assert {"type", "title", "status", "detail", "code", "hint", "request_id"} <= set(problem)
        assert problem["status"] == self.status
        assert problem["request_id"] == self.headers["x-request-id"]
        assert b"Traceback" not in self.body
        return problem


def connect(url: str) -> socket.socket:
    """A connection to the server at an address."""
    parts = urlsplit(url)
    made = socket.create_connection((parts.hostname, parts.port), timeout=15)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def asked(url: str, *pieces: bytes) -> list[Answer]:
    """All answers to some bytes, until the server closes."""
    with connect(url) as connection:
        say(connection, pieces)
        return answers(heard(connection))


def say(connection: socket.socket, pieces: Iterable[bytes]) -> None:
    """Send bytes until there are no more, or the server has closed."""
    try:
        for piece in pieces:
            connection.sendall(piece)
    except OSError:
        return


def heard(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    whole = b""
    try:
        while piece := connection.recv(65536):
            whole += piece
    except ConnectionError:
        pass
    return whole


def answers(data: bytes) -> list[Answer]:
    """The answers of a connection, as bodies with a length or in chunks."""
    found = []
    while data:
        head, _, data = data.partition(b"\r\n\r\n")
        line, *rows = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (row.partition(":") for row in rows)}
        status = int(line.split()[1])
        if headers.get("transfer-encoding") == "chunked":
            body, data = _chunks(data)
        else:
            length = int(headers.get("content-length", len(data)))
            body, data = data[:length], data[length:]
        found.append(Answer(status, headers, body))
    return found


def _chunks(data: bytes) -> tuple[bytes, bytes]:
    body = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        length = int(size, 16)
        body, data = body + data[:length], data[length + 2 :]
        if not length:
            break
    return body, data


def request(
    method: str = "GET",
    path: str = "/health/live",
    *,
    body: bytes | None = None,
    close: bool = True,
    **headers: str,
) -> bytes:
    """One request as bytes; `Content_Type="…"` names a header."""
    named = {"Host": "127.0.0.1", **({"Connection": "close"} if close else {})}
    if body is not None:
        named |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + (body or b"")
