"""One canonical JSON (RFC 8785) and the SHA-256 digests over it, written once for the whole house."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any

from fops.kernel.errors import FormatError

_CONSTANTS = {None: "null", True: "true", False: "false"}
_MAX_EXACT = 2**53  # RFC 8785 numbers are IEEE doubles: larger integers would not survive another reader


def canonical_json(value: Any) -> bytes:
    """UTF-8 bytes by RFC 8785: members ordered by UTF-16 code units, shortest numbers, no white space.

    Raises FormatError for values JSON cannot hold (NaN, infinities, integers beyond 2**53, other types).
    """
    return _text(value).encode("utf-8")


def digest(value: Any) -> str:
    """`sha256:` and the hex digest of the canonical JSON of a value."""
    return f"sha256:{hashlib.sha256(canonical_json(value)).hexdigest()}"


def digest_bytes(data: bytes) -> str:
    """`sha256:` and the hex digest of raw bytes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _text(value: Any) -> str:
    if isinstance(value, str):
        return _string(value)
    if value is None or isinstance(value, bool):
        return _CONSTANTS[value]
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, Mapping):
        members = {str(name): item for name, item in value.items()}
        if len(members) < len(value):
            raise FormatError("a mapping whose names are equal as text has no canonical JSON")
        names = sorted(members, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_string(name)}:{_text(members[name])}" for name in names) + "}"
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return "[" + ",".join(_text(item) for item in value) + "]"
    raise FormatError(f"{type(value).__name__} has no canonical JSON")


def _string(value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise FormatError("text with a lone surrogate has no canonical JSON") from error
    return encode_basestring(value)


def _number(value: float) -> str:
    if isinstance(value, int):
        if abs(value) > _MAX_EXACT:
            raise FormatError(f"integer {value} is beyond 2**53 and has no canonical JSON")
        return str(value)
    if not math.isfinite(value):
        raise FormatError(f"{value} has no canonical JSON")
    if value == 0:
        return "0"
    return _ecmascript(value)


def _ecmascript(value: float) -> str:
    """Number::toString of ECMAScript, which RFC 8785 section 3.2.2.3 takes."""
    mantissa, _, exponent_text = f"{value!r}".lower().partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    exponent = int(exponent_text or 0) + len(whole)
    padded = whole + ("" if fraction == "0" else fraction)
    digits = padded.lstrip("0")
    exponent -= len(padded) - len(digits)
    digits = digits.rstrip("0")
    count = len(digits)
    if 0 < exponent <= 21:
        text = (
            digits + "0" * (exponent - count)
            if count <= exponent
            else f"{digits[:exponent]}.{digits[exponent:]}"
        )
    elif -6 < exponent <= 0:
        text = f"0.{'0' * -exponent}{digits}"
    else:
        head = digits[0] + (f".{digits[1:]}" if count > 1 else "")
        text = f"{head}e{'+' if exponent > 0 else '-'}{abs(exponent - 1)}"
    return sign + text
