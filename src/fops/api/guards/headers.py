"""What every answer tells browsers: it is data, nobody frames it, and nothing of it is kept."""

from __future__ import annotations

Header = tuple[bytes, bytes]

_YEAR = 365 * 24 * 3600
_ALWAYS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)  # fmt: skip
_OVER_TLS: tuple[Header, ...] = (
    (b"strict-transport-security", f"max-age={_YEAR}; includeSubDomains".encode()),
)


def with_safe(headers: list[Header], *, scheme: str) -> list[Header]:
    """The headers of an answer with the safe ones added where the answer does not set them itself."""
    given = {name for name, _ in headers}
    added = _ALWAYS + _OVER_TLS if scheme == "https" else _ALWAYS
    return headers + [one for one in added if one[0] not in given]
