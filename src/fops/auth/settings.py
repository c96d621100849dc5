"""Settings of the auth room."""

from __future__ import annotations

from dataclasses import dataclass

from fops.kernel.settings import Secret, choice, positive, setting

LEAST_KEY_BYTES = 32  # RFC 7518 3.2: a key of HS256 has at least the size of its hash


def _keys(text: str) -> tuple[Secret, ...]:
    """As they are: the name is a common one, and a key of another program must not stop a command that signs nothing."""
    return tuple(Secret(part.strip()) for part in text.split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class AuthSettings:
    """How long credentials count, and what signs them."""

    secret_key: tuple[Secret, ...] = setting(
        "SECRET_KEY",
        default=(),
        read=_keys,
        doc="Keys that sign access tokens, each of 32 bytes or more, comma-separated: the first signs, all are believed, so that a new one is put before the old one. Default: one made in the data directory; with a database other than SQLite it must be given, since every node needs the same.",
    )
    algorithm: str = setting(
        "ALGORITHM",
        default="HS256",
        read=choice("HS256", "HS384", "HS512"),
        doc="How access tokens are signed: HS256, HS384 or HS512. Default: HS256; no other is believed.",
    )
    access_minutes: int = setting(
        "ACCESS_TOKEN_EXPIRE_MINUTES",
        default=30,
        read=positive,
        doc="Minutes that an access token lives. Default: 30.",
    )
    refresh_days: int = setting(
        "REFRESH_TOKEN_EXPIRE_DAYS",
        default=14,
        read=positive,
        doc="Days without use after which a session ends. Default: 14.",
    )
    session_days: int = setting(
        "SESSION_EXPIRE_DAYS",
        default=90,
        read=positive,
        doc="Days after which a session ends however much it is used. Default: 90.",
    )
    invitation_hours: int = setting(
        "INVITATION_EXPIRE_HOURS",
        default=72,
        read=positive,
        doc="Hours in which an invitation or a reset may be used. Default: 72, a week-end and a day.",
    )
