"""Clone: the one git command that asks another machine, bounded in time and size, by a way that may be prescribed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fops.kernel.errors import (
    FopsError,
    LimitExceeded,
    NotAllowed,
    NotFound,
    OutsideFailed,
    StorageFailed,
    Unreachable,
)
from fops.kernel.git import Repository, git
from fops.kernel.process import Result
from fops.kernel.redaction import redact_text

MAX_CLONE = (
    1024**3
)  # bytes of packed objects; one commit without its large files is hundreds of times smaller
_PROTOCOLS = {"GIT_ALLOW_PROTOCOL": "file:https:http:ssh"}  # every other command asks nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a clone gets to its server: settings as `name=value` and variables for git."""

    config: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


FREE = Way()
"""As the user's own git configuration says."""


def clone_bare(
    url: str,
    destination: Path,
    *,
    ref: str | None,
    timeout: float,
    max_blob: int,
    max_bytes: int = MAX_CLONE,
    way: Way = FREE,
) -> Repository:
    """A bare, shallow clone of one branch or tag without blobs over `max_blob` bytes, cut off from its origin.

    Raises NotFound (no such repository or ref), NotAllowed (sign-in needed), Unreachable, LimitExceeded (past
    `timeout` seconds, or `max_bytes` of packed objects).
    """
    words = [
        "clone",
        "--bare",
        "--depth=1",
        "--single-branch",
        "--no-tags",
        f"--filter=blob:limit={max_blob}",
        "--quiet",
    ]
    words += [f"--branch={ref}"] if ref else []
    result = git(
        [*words, "--", url, str(destination)],
        timeout=timeout,
        max_file=max_bytes,
        extra={**_PROTOCOLS, **way.variables},
        config=way.config,
    )
    if "File too large" in result.error_text:
        raise LimitExceeded(
            f"{redact_text(url)} has more than {max_bytes} bytes",
            hint="clone it yourself, and give the folder",
        )
    if result.exit_code:
        raise _clone_failure(url, ref, result)
    repository = Repository(destination)
    # Without its origin, a missing blob is simply missing, and credentials of the address stay in no file.
    cut = git(["config", "--remove-section", "remote.origin"], repository=repository)
    if cut.exit_code:
        raise StorageFailed(
            f"git config: {_last_line(cut.error_text)}", hint="check free space and write access"
        )
    return repository


def fetch_branches(
    repository: Repository,
    url: str,
    branches: Sequence[str],
    *,
    timeout: float,
    max_bytes: int = MAX_CLONE,
    way: Way = FREE,
) -> None:
    """Bring branches of an address, each with its last commit alone, under their own names. Raises as `clone_bare`."""
    pairs = [f"+refs/heads/{branch}:refs/heads/{branch}" for branch in branches]
    result = git(
        [
            "fetch",
            "--depth=1",
            "--no-tags",
            "--quiet",
            "--no-write-fetch-head",
            "--end-of-options",
            url,
            *pairs,
        ],
        repository=repository,
        timeout=timeout,
        max_file=max_bytes,
        extra={**_PROTOCOLS, **way.variables},
        config=way.config,
    )
    if result.exit_code:
        raise _clone_failure(url, None, result)


_SIGN_IN = "set up a git credential helper or an ssh key for it, or check the address"
_CLONE_FAILURES: tuple[tuple[str, type[FopsError], str, str], ...] = (
    (r"Remote branch .* not found", NotFound, "{url} has no branch or tag {ref!r}", "check --ref"),
    (
        r"Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|Permission denied|error: 40[13]",
        NotAllowed,
        "{url} asks for a sign-in",
        _SIGN_IN,
    ),
    (
        r"not found|does not exist|does not appear to be a git repository|error: 404",
        NotFound,
        "{url} is no repository, or a private one",
        _SIGN_IN,
    ),
    (
        r"Could not resolve host|Connection (?:refused|timed out|reset)|unable to access|Network is unreachable|service not known",
        Unreachable,
        "{url} cannot be reached: {reason}",
        "check the address and the network",
    ),
    (
        r"No space left|Read-only file system",
        StorageFailed,
        "cannot clone {url}: {reason}",
        "free some space and try again",
    ),
)
"""What git says, as what it means; the first pattern that is found."""


def _clone_failure(url: str, ref: str | None, result: Result) -> FopsError:
    words = {"url": redact_text(url), "ref": ref, "reason": _last_line(result.error_text)}
    for pattern, kind, message, hint in _CLONE_FAILURES:
        if re.search(pattern, result.error_text):
            return kind(message.format(**words), hint=hint)
    hint = "check the address, the network and the free space"
    return OutsideFailed("cannot clone {url}: {reason}".format(**words), hint=hint)


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return redact_text(" ".join(lines[-1].split())) if lines else "git gave no reason"
