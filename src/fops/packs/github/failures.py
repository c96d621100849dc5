"""What an answer of GitHub means, as an error of our tree. Pure; no error holds a header that was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fops.kernel.errors import (
    Busy,
    Final,
    FopsError,
    NotAllowed,
    NotFound,
    OutsideFailed,
    Transient,
    Unreachable,
)
from fops.kernel.redaction import redact_text

SECONDARY_SECONDS = 60.0  # GitHub's own advice where a limit names no time
_LONGEST = 300  # characters of GitHub's words in one of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: `document` is the parsed JSON, None where there was none; `headers` have lower-case names."""

    status: int
    document: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    next_page: str | None = None

    @property
    def said(self) -> str:
        """GitHub's own words on one line, its list of errors included."""
        if not isinstance(self.document, dict):
            return ""
        errors = self.document.get("errors") or []
        words = [str(self.document.get("message", ""))]
        words += [_told(one) for one in (errors if isinstance(errors, list) else [errors])]
        return redact_text(" ".join(" ".join(filter(None, words)).split()))[:_LONGEST]


def _told(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    if error.get("message"):
        return str(error["message"])
    return " ".join(str(error[key]) for key in ("resource", "field", "code") if key in error)


def failure(what: str, answer: Answer, *, now: float) -> FopsError:
    """The error behind an answer that is no success; `what` was asked, `now` in seconds since 1970."""
    status = answer.status
    if status in {403, 429} and (limit := _limit(what, answer, now)):
        return limit
    if status == 401:
        hint = "make a new token and set GITHUB_TOKEN; this one may be mistyped, expired or revoked"
        return NotAllowed(f"GitHub does not accept the token (401): {answer.said}", hint=hint)
    if status == 403:
        return NotAllowed(f"{what}: the token may not (403): {answer.said}", hint=_missing(answer.headers))
    if status in {404, 410}:
        return NotFound(
            f"{what}: not found, or not for this token ({status})",
            hint=f"check the name; {_missing(answer.headers)}",
        )
    if status in {301, 302, 307, 308}:
        hint = "it was renamed or moved: use the address that its page shows"
        return NotFound(f"{what}: it is no longer at this address ({status})", hint=hint)
    return _other(what, answer)


def _other(what: str, answer: Answer) -> FopsError:
    text = f"{what}: GitHub answered {answer.status}" + (f": {answer.said}" if answer.said else "")
    if answer.status >= 500:
        return Unreachable(
            text, hint="try again in a minute; its state is on https://www.githubstatus.com", retry_after=60.0
        )
    if answer.status == 409:
        if "empty" in answer.said.lower():
            return Final(text, hint="push a first commit to its default branch")
        return Busy(text, hint="try again in a moment", retry_after=5.0)
    return OutsideFailed(text, hint="the words after the number are GitHub's own")


def _limit(what: str, answer: Answer, now: float) -> Transient | None:
    """A rate limit, primary or secondary; None for a 403 that is about rights."""
    secondary = "secondary rate limit" in answer.said.lower() or "abuse" in answer.said.lower()
    used_up = answer.headers.get("x-ratelimit-remaining") == "0"
    if not (secondary or used_up or "retry-after" in answer.headers or answer.status == 429):
        return None
    seconds = _seconds(answer.headers, used_up=used_up, now=now)
    kind = "its secondary limit" if secondary else "its rate limit"
    return Transient(
        f"{what}: GitHub asks to wait, {kind} is reached",
        hint=f"try again in {seconds:.0f} seconds",
        retry_after=seconds,
    )


def _seconds(headers: Mapping[str, str], *, used_up: bool, now: float) -> float:
    wait, reset = headers.get("retry-after", ""), headers.get("x-ratelimit-reset", "")
    if wait.isascii() and wait.isdigit():
        return float(wait)
    if used_up and reset.isascii() and reset.isdigit():
        return max(float(reset) - now, 1.0)
    return SECONDARY_SECONDS


def _missing(headers: Mapping[str, str]) -> str:
    """Which permission is missing, from what GitHub says beside a refusal."""
    if "required" in headers.get("x-github-sso", ""):
        return "its organisation wants the token authorised for single sign-on: do so in your token settings"
    wanted = headers.get("x-accepted-github-permissions", "").replace("=", ": ").replace(";", " or")
    if wanted:
        return f"give the token the permission {' '.join(wanted.split())}"
    has = set(_words(headers.get("x-oauth-scopes", "")))
    lacks = [one for one in _words(headers.get("x-accepted-oauth-scopes", "")) if one not in has]
    if lacks and "x-oauth-scopes" in headers:
        return f"give the token the scope {' or '.join(lacks)} (it has: {', '.join(sorted(has)) or 'none'})"
    return (
        "a fine-grained token needs this repository, with contents: write, pull requests: write, workflows: write; "
        "a classic one the scopes repo and workflow"
    )


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
