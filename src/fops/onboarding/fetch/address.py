"""What a person may type as a repository, a reference or a folder — and what is refused before git sees it."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from fops.kernel.errors import NotFound, UnsafeInput
from fops.kernel.redaction import redact_text

_SHORTHAND = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_SCP = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9][A-Za-z0-9.-]*:[^:].*")
_REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+@-]{0,250}")
_SCHEMES = frozenset({"https", "http", "ssh", "file"})


def is_scp_like(text: str) -> bool:
    """Whether it is `user@host:path`, git's short form of ssh."""
    return bool(_SCP.fullmatch(text))


def locate(what: str) -> Path | str:
    """What was typed, as an existing local path or an address git may be given. Raises UnsafeInput, NotFound."""
    _refuse_hidden(what)
    if "://" in what:
        return _address(what)
    path = _existing(what)
    if path is not None:
        _refuse_unspeakable(str(path))
        return path
    if is_scp_like(what) and "::" not in what:
        return what
    if _SHORTHAND.fullmatch(what):
        return f"https://github.com/{what}.git"
    raise NotFound(
        f"{redact_text(what)!r} is no folder here and no address",
        hint="give a path, https://…, git@host:path or owner/name",
    )


def _existing(what: str) -> Path | None:
    try:
        path = Path(what).expanduser()
        return path.resolve() if path.exists() else None
    except (OSError, RuntimeError):  # longer than a name can be; a circle of links; `~` of nobody
        return None


def _refuse_unspeakable(what: str) -> None:
    try:
        what.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnsafeInput(
            f"{what!r} is no UTF-8, so that no file could name it", hint="rename the folder, then try again"
        ) from error


def _refuse_hidden(what: str) -> None:
    if not what:
        raise UnsafeInput("the repository is empty text", hint="name a path or an address; . is this folder")
    if what.startswith("-"):
        raise UnsafeInput(
            f"{what!r} is no path or address",
            hint="a repository cannot start with a dash; write ./ before a folder that does",
        )
    _refuse_unspeakable(what)
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in what):
        raise UnsafeInput(f"{redact_text(what)!r} has control characters")
    if "::" in what.split("/", maxsplit=1)[0] and _existing(what) is None:
        raise UnsafeInput(
            f"{redact_text(what)!r} names a git transport helper", hint="use https://, ssh:// or a path"
        )


def _address(what: str) -> str:
    try:
        parts = urlsplit(what)
    except ValueError as error:
        raise UnsafeInput(f"{redact_text(what)!r} is no proper address: {error}") from error
    if parts.scheme not in _SCHEMES:
        raise UnsafeInput(
            f"{redact_text(what)!r}: scheme {parts.scheme!r} is not accepted",
            hint="use https://, ssh://, file:// or a path",
        )
    if parts.scheme == "file":
        if _existing(unquote(parts.path)) is None:
            raise NotFound(
                f"{what!r} does not exist", hint="a file:// address names a folder from the root of this disk"
            )
        return what
    if not parts.hostname or parts.hostname.startswith("-") or (parts.username or "").startswith("-"):
        raise UnsafeInput(f"{redact_text(what)!r} has no proper host")
    return what


def check_reference(ref: str | None) -> None:
    """Refuse what is no branch, tag or commit name. Raises UnsafeInput."""
    if ref is not None and (not _REF.fullmatch(ref) or ".." in ref or ref.endswith((".lock", "/"))):
        raise UnsafeInput(
            f"--ref {ref!r} is no branch, tag or commit",
            hint="give a name as `git branch` or `git tag` shows it",
        )


def check_folder(path: str) -> str:
    """A `--path` as a clean relative path. Raises UnsafeInput when it would leave the repository."""
    clean = PurePosixPath(path.replace("\\", "/"))
    if clean.is_absolute() or ".." in clean.parts or path.startswith("-"):
        raise UnsafeInput(
            f"--path {path!r} leaves the repository", hint="give a folder below its top, such as apps/web"
        )
    return str(clean)


def owner_and_name(url: str) -> tuple[str | None, str | None]:
    """`acme`, `shop` of a remote's address on a forge; None, None where it is no such address."""
    host_and_path = re.match(r"(?:[a-z+]+://)?(?:[^@/]*@)?([A-Za-z0-9.-]+)(?::\d+)?[:/](.+)", url)
    if host_and_path is None or url.startswith(("file:", "/", ".")):
        return None, None
    words = [word for word in host_and_path[2].strip("/").removesuffix(".git").split("/") if word]
    return (words[-2], words[-1]) if len(words) > 1 else (None, words[-1] if words else None)
