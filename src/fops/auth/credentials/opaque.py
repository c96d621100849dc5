"""Tokens that say nothing: a prefix that names the kind, 256 random bits, and a checksum.

The checksum lets a scanner know a real token from a look-alike without asking, as GitHub's do; it is no protection.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from typing import Literal

Kind = Literal["pat", "rt", "inv", "set"]
"""A personal access token, a refresh token, an invitation, the set-up of a server without people."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET, _CHECK = 43, 6  # letters that 256 bits and a CRC-32 need in base 62
_SHAPE = re.compile(rf"fops_(pat|rt|inv|set)_([0-9A-Za-z]{{{_SECRET}}})([0-9A-Za-z]{{{_CHECK}}})")


def make(kind: Kind, secret: bytes | None = None) -> str:
    """A new token of a kind; `secret` (32 bytes) makes a certain one."""
    number = int.from_bytes(secret or secrets.token_bytes(32), "big")
    body = _base62(number, _SECRET)
    return f"fops_{kind}_{body}{_base62(zlib.crc32(body.encode()), _CHECK)}"


def is_token(text: str, kind: Kind) -> bool:
    """Whether a text has the shape of a kind, and its checksum is right."""
    found = _SHAPE.fullmatch(text)
    return (
        found is not None and found[1] == kind and found[3] == _base62(zlib.crc32(found[2].encode()), _CHECK)
    )


def hashed(token: str) -> str:
    """What is kept of a token. 256 random bits cannot be guessed, so that a fast hash is right."""
    return f"sha256:{hashlib.sha256(token.encode()).hexdigest()}"


def _base62(number: int, letters: int) -> str:
    text = ""
    for _ in range(letters):
        number, digit = divmod(number, 62)
        text = _ALPHABET[digit] + text
    return text
