"""Hide secrets, by key and by value, before anything is written, logged, shown to a model or sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

MASK = "****"

_SECRET_KEY = re.compile(
    r"(?i)(pass(word|wd|phrase)?|secret|token|api[-_]?key|private[-_]?key|access[-_]?key|credential|authorization|"
    r"cookie|dsn|signature|client[-_]?secret)s?$"
)
_USERINFO = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/?#]*@")
_PASSWORD = re.compile(
    r"(?i)\bhttps?://[^\s/?#]+@|\b[a-z][a-z0-9+.-]*://[^\s/?#@:]*:[^\s/?#]+@"
)  # a bare name is ssh's
TOKENS = (
    re.compile(r"\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{20,}\b|\bgithub_pat_[A-Za-z0-9_]{20,}\b"),  # GitHub
    re.compile(r"\bfops_(?:pat|rt|inv|set)_[0-9A-Za-z]{49}\b"),  # our own
    re.compile(r"\bglpat-[A-Za-z0-9_-]{16,}\b"),  # GitLab
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),  # AWS access key id
    re.compile(r"\bxox[abposr]-[A-Za-z0-9-]{10,}\b"),  # Slack
    re.compile(r"\bsk-[A-Za-z0-9_-]{16,}\b"),  # OpenAI, Anthropic, Stripe style
    re.compile(r"\b(?:sk|rk)_live_[A-Za-z0-9]{10,}\b"),  # Stripe
    re.compile(r"\bAIza[A-Za-z0-9_-]{30,}\b"),  # Google
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\b"),  # JSON web token
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
)
"""Credentials of known shapes: what matches is one, whatever stands around it."""
_LONG_WORD = re.compile(r"[A-Za-z0-9_.-]{15}|-----BEGIN ")
"""What every one of TOKENS has: looked for first, since each of them costs as much and nearly no text has one."""
_SCHEME = re.compile(r"(?i)\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_ASSIGNED = re.compile(
    r"(?i)\b([A-Za-z0-9_.-]*(?:password|passwd|secret|token|api_?key|access_?key|private_?key))(\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&]+)"
)


def holds_credential(value: Any) -> bool:
    """Whether a JSON-like value holds what can only be a credential: a known token, or a password in an address."""
    if isinstance(value, str):
        return bool(_PASSWORD.search(value)) or any(pattern.search(value) for pattern in TOKENS)
    if isinstance(value, Mapping):
        return any(holds_credential(item) for pair in value.items() for item in pair)
    return isinstance(value, Sequence) and not isinstance(value, bytes) and any(map(holds_credential, value))


def redact_text(text: str) -> str:
    """The text with credentials masked: userinfo of URLs, known token shapes, `password=…` assignments."""
    if "@" in text:
        text = _USERINFO.sub(rf"\1{MASK}@", text)
    if _LONG_WORD.search(text):
        for pattern in TOKENS:
            text = pattern.sub(MASK, text)
    folded = text.casefold()
    if "bearer" in folded or "basic" in folded:
        text = _SCHEME.sub(MASK, text)
    if any(word in folded for word in ("passw", "secret", "token", "key")):  # each name that _ASSIGNED has
        text = _ASSIGNED.sub(rf"\1\2{MASK}", text)
    return text


def redact(value: Any) -> Any:
    """A copy of a JSON-like value: values under secret-like keys masked whole, all other text by `redact_text`."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {str(key): _redact_member(str(key), item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [redact(item) for item in value]
    return value


def _redact_member(key: str, value: Any) -> Any:
    return _masked(value) if _is_secret(key) else redact(value)


@lru_cache(maxsize=1024)  # keys are names of fields, the same ones over and over
def _is_secret(key: str) -> bool:
    return _SECRET_KEY.search(key) is not None


def _masked(value: Any) -> Any:
    """What stands under a secret-like key: the shape stays, every text and number goes."""
    if isinstance(value, Mapping):
        return {str(key): _masked(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray)):
        return [_masked(item) for item in value]
    return value if value is None or isinstance(value, bool) or value == "" else MASK
