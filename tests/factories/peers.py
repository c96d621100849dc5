"""Peers on loopback that behave as they are told: each answers a connection with bytes, at its own pace."""

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Peer:
    """A listening peer: its `port`, and what was asked of it."""

    host: str
    port: int
    asked: list[bytes] = field(default_factory=list)

    def url(self, host: str | None = None, path: str = "/") -> str:
        name = host or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"http://{name}:{self.port}{path}"


def answer(body: bytes = b"ok", *, status: str = "200 OK", **headers: str) -> bytes:
    """One HTTP answer; `Content_Type="…"` names a header."""
    given = {"Content-Length": str(len(body)), "Connection": "close"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def dripping(data: bytes, *, seconds: float) -> Iterator[bytes]:
    """The data, a byte at a time."""
    for byte in data:
        time.sleep(seconds)
        yield bytes([byte])


@contextmanager
def peer(*answers: bytes | Iterable[bytes], host: str = "127.0.0.1") -> Iterator[Peer]:
    """A peer that gives each connection the next answer, the last one again and again."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listening:
        listening.settimeout(0.05)
        made, stop = Peer(host, listening.getsockname()[1]), threading.Event()
        thread = threading.Thread(target=_serve, args=(listening, made, list(answers), stop))
        thread.start()
        try:
            yield made
        finally:
            stop.set()
            thread.join()


def _serve(
    listening: socket.socket, made: Peer, answers: list[bytes | Iterable[bytes]], stop: threading.Event
) -> None:
    while not stop.is_set():
        try:
            connection, _ = listening.accept()
        except TimeoutError:
            continue
        with connection:
            connection.settimeout(5)
            made.asked.append(_head(connection))
            given = answers.pop(0) if len(answers) > 1 else answers[0]
            _say(connection, (given,) if isinstance(given, bytes) else given, stop)


def _head(connection: socket.socket) -> bytes:
    heard = b""
    while b"\r\n\r\n" not in heard:
        piece = connection.recv(65536)
        if not piece:
            break
        heard += piece
    return heard


def _say(connection: socket.socket, pieces: Iterable[bytes], stop: threading.Event) -> None:
    try:
        for piece in pieces:
            if stop.is_set():
                return
            connection.sendall(piece)
    except OSError:  # the other side has heard enough
        return
