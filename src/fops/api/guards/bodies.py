"""Bodies: whole within a size and a time, never compressed, and JSON that means one thing only."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from fops.kernel.errors import LimitExceeded
from fops.kernel.formats import load_strict_json

Headers = Sequence[tuple[bytes, bytes]]


def has_body(headers: Headers) -> bool:
    """Whether a request says that it has a body."""
    return any((name == b"content-length" and value != b"0") or name == b"transfer-encoding" for name, value in headers)  # fmt: skip


async def whole_body(headers: Headers, receive: Receive, *, most: int, seconds: float) -> Receive:
    """What the application receives in place of a body that arrived as it should.

    Raises HTTPException 408 or 415, LimitExceeded, and FormatError for a JSON that is none.
    """
    named = dict(headers)
    if named.get(b"content-encoding", b"identity").lower() not in {b"identity", b""}:
        raise HTTPException(415, "a body in an encoding is not read", headers={"Accept-Encoding": "identity"})
    if int(named.get(b"content-length", b"0")) > most:
        raise _too_large(most)
    body, ended = bytearray(), False
    try:
        async with asyncio.timeout(seconds):
            while not ended:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return _saying(message, receive)
                body += message.get("body", b"")
                ended = not message.get("more_body", False)
                if len(body) > most:
                    raise _too_large(most)
    except TimeoutError:
        raise HTTPException(408, f"the body did not arrive within {seconds:g} s", headers={"Connection": "close"}) from None  # fmt: skip
    if b"json" in named.get(b"content-type", b""):
        load_strict_json(bytes(body), name="the body")
    return _saying({"type": "http.request", "body": bytes(body), "more_body": False}, receive)


def _too_large(most: int) -> LimitExceeded:
    return LimitExceeded(
        f"the body is larger than {most} bytes", hint="an operator allows more with MAX_BODY_BYTES"
    )


def _saying(message: Message, receive: Receive) -> Receive:
    """Gives a message once, then what else comes: that the caller went away."""
    messages = [message]

    async def receive_again() -> Message:
        return messages.pop() if messages else await receive()

    return receive_again
