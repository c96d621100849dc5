"""Connections that dawdle: headers that drip in, answers that nobody reads, bodies that go on after the answer.

The server waits for these without end; each gets a timer here that costs nothing while all goes well.
"""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from fops.api.problems import MEDIA_TYPE
from fops.bootstrap.limits import LimitSettings
from fops.kernel.ids import new_id

LINGER_SECONDS = 5.0  # what a caller may still send after its answer, so that it gets to read it
MAX_HEADERS = 32 * 1024  # bytes of a request's line and headers


def protocol(limits: LimitSettings) -> type[H11Protocol]:
    """The server's protocol with these limits."""

    class Limited(Patient):
        allowed = limits

    return Limited


class Patient(H11Protocol):
    """HTTP/1.1 as the server speaks it, with an end to patience."""

    allowed: LimitSettings

    def __init__(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any], **rest: Any
    ) -> None:
        super().__init__(config, server_state, app_state, **rest)
        self._headers_due: asyncio.TimerHandle | None = None
        self._cut: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the server's own
        """Begin to wait for a request; close what has no peer or comes on top of too many."""
        super().connection_made(transport)
        own: socket.socket = transport.get_extra_info("socket")
        if self.client is None and own.family != socket.AF_UNIX:
            transport.abort()  # gone before it was taken; without a peer it would pass for the data directory's socket
        elif len(self.connections) > self.allowed.max_connections:
            transport.abort()
        else:
            self._headers_due = self.loop.call_later(self.allowed.header_seconds, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers."""
        self._unset(headers=True, cut=True)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; headers that have begun must be whole in time."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._unset(headers=True)
        elif self._headers_due is None:
            self._headers_due = self.loop.call_later(self.allowed.header_seconds, self._too_slow)

    def on_response_complete(self) -> None:
        """Let a caller that is still sending read its answer, then cut it off."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY and not self.transport.is_closing():
            self._unset(cut=True)
            self._cut = self.loop.call_later(LINGER_SECONDS, self._cut_off)

    def pause_writing(self) -> None:
        """The answer is not being read."""
        super().pause_writing()
        self._unset(cut=True)
        self._cut = self.loop.call_later(self.allowed.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The answer is being read again."""
        super().resume_writing()
        self._unset(cut=True)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP in the shape of every error."""
        self._refuse(400, "bad_request", msg.rstrip("."))

    def _cut_off(self) -> None:
        if self.conn.their_state is h11.SEND_BODY:
            self.transport.abort()

    def _too_slow(self) -> None:
        self._headers_due = None
        if self.conn.trailing_data[0] and not self.transport.is_closing():
            self._refuse(
                408, "request_timeout", f"the headers did not arrive within {self.allowed.header_seconds} s"
            )
        else:
            self.transport.close()

    def _refuse(self, status: int, code: str, detail: str) -> None:
        identifier = new_id("req")
        reason = {400: "Bad Request", 408: "Request Timeout"}[status]
        body = json.dumps({"type": "about:blank", "title": reason, "status": status, "detail": detail, "code": code, "hint": "",
                           "request_id": identifier}).encode()  # fmt: skip
        headers = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), "x-request-id": identifier,
                   "x-content-type-options": "nosniff", "cache-control": "no-store", "connection": "close"}  # fmt: skip
        answer = h11.Response(status_code=status, headers=list(headers.items()), reason=reason.encode())
        for event in (answer, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _unset(self, *, headers: bool = False, cut: bool = False) -> None:
        if headers and self._headers_due is not None:
            self._headers_due.cancel()
            self._headers_due = None
        if cut and self._cut is not None:
            self._cut.cancel()
            self._cut = None
