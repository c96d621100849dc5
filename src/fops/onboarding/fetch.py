"""Fetch: from what a person typed to a read-only tree of one commit or folder.

Nothing of the repository runs; options cannot be smuggled in through an address or a reference; credentials in an
address are used for the clone and appear nowhere else.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from fops.kernel import git
from fops.kernel.errors import NotDeployable, NotFound, UnsafeInput, UsageError
from fops.kernel.redaction import redact_text
from fops.onboarding.git_tree import GitTree
from fops.onboarding.model import Source
from fops.onboarding.ports import Tree
from fops.onboarding.tree import MAX_FILE, FolderTree

CLONE_SECONDS = 300  # a shallow clone without large blobs takes seconds; past this the network is the problem
_SHORTHAND = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_SCP = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:[^:].*")
_REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/+@-]{0,250}")
_SCHEMES = frozenset({"https", "http", "ssh", "file"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The tree to read, where it came from, and the repository a proposal may go into (None for a plain folder).

    `clone` is True when `repository` is a temporary clone of our own; `base` is the folder inside the tree that
    paths of the change request start from.
    """

    tree: Tree
    source: Source
    repository: git.Repository | None
    clone: bool
    notes: tuple[str, ...] = ()


@contextmanager
def fetch(what: str, *, ref: str | None = None, timeout: float = CLONE_SECONDS) -> Iterator[Fetched]:
    """The repository or folder a person named; a clone lives until the block ends.

    `what` is a path (work tree, bare repository or plain folder), `file://`, `https://`, `ssh://`, `git@host:path`
    or `owner/name` (GitHub). Raises UnsafeInput, NotFound, NotAllowed, Unreachable, LimitExceeded, NotDeployable.
    """
    check_reference(ref)
    location = locate(what)
    if isinstance(location, Path):
        with _local(location, ref) as fetched:
            yield fetched
    else:
        with _cloned(location, ref, timeout) as fetched:
            yield fetched


def locate(what: str) -> Path | str:
    """What was typed, as an existing local path or an address git may be given. Raises UnsafeInput, NotFound."""
    _refuse_hidden(what)
    if "://" in what:
        return _address(what)
    path = Path(what).expanduser()
    if path.exists():
        return path.resolve()
    if _SCP.fullmatch(what) and "::" not in what:
        return what
    if _SHORTHAND.fullmatch(what):
        return f"https://github.com/{what}.git"
    raise NotFound(
        f"{redact_text(what)!r} is no folder here and no address",
        hint="give a path, https://…, git@host:path or owner/name",
    )


def _refuse_hidden(what: str) -> None:
    if not what or what.startswith("-"):
        raise UnsafeInput(
            f"{what!r} is no path or address",
            hint="a repository cannot start with a dash; write ./ before a folder that does",
        )
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in what):
        raise UnsafeInput(f"{what!r} has control characters")
    if "::" in what.split("/", maxsplit=1)[0] and not Path(what).exists():
        raise UnsafeInput(
            f"{redact_text(what)!r} names a git transport helper", hint="use https://, ssh:// or a path"
        )


def _address(what: str) -> Path | str:
    parts = urlsplit(what)
    if parts.scheme not in _SCHEMES:
        raise UnsafeInput(
            f"{redact_text(what)!r}: scheme {parts.scheme!r} is not accepted",
            hint="use https://, ssh://, file:// or a path",
        )
    if parts.scheme == "file":
        path = Path(parts.path)
        if not path.exists():
            raise NotFound(f"{what!r} does not exist")
        return what
    if not parts.hostname or parts.hostname.startswith("-") or (parts.username or "").startswith("-"):
        raise UnsafeInput(f"{redact_text(what)!r} has no proper host")
    return what


def check_reference(ref: str | None) -> None:
    """Refuse what is no branch, tag or commit name. Raises UsageError."""
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


@contextmanager
def _local(path: Path, ref: str | None) -> Iterator[Fetched]:
    if not path.is_dir():
        raise NotDeployable(f"{path} is no folder", hint="name the folder or repository of the application")
    repository = git.find_repository(path)
    if repository is None or (ref is None and git.resolve(repository, "HEAD") is None):
        if ref is not None:
            raise UsageError(
                f"{path} is no git repository, so --ref {ref!r} names nothing", hint="leave --ref out"
            )
        name = path.resolve().name
        source = Source(url=str(path), owner=None, name=name, default_branch="main", ref=None, commit=None)
        yield Fetched(tree=FolderTree(path), source=source, repository=repository, clone=False)
        return
    commit = git.resolve(repository, ref or "HEAD")
    if commit is None:
        raise NotFound(f"{path} has no branch, tag or commit {ref!r}", hint="check --ref")
    dirty = git.is_dirty(repository)
    notes = ("the work tree has uncommitted changes; the last commit is what was read",) if dirty else ()
    source = _source(
        repository, str(path), path.name.removesuffix(".git"), ref=ref, commit=commit, dirty=dirty
    )
    with GitTree(repository, commit) as tree:
        yield Fetched(tree=tree, source=source, repository=repository, clone=False, notes=notes)


@contextmanager
def _cloned(url: str, ref: str | None, timeout: float) -> Iterator[Fetched]:
    folder = Path(tempfile.mkdtemp(prefix="fops-fetch-"))
    try:
        repository = git.clone_bare(
            url, folder / "repository.git", ref=ref, timeout=timeout, max_blob=MAX_FILE
        )
        commit = git.resolve(repository, "HEAD")
        if commit is None:
            raise NotDeployable(f"{redact_text(url)} is empty", hint="push a first commit, then try again")
        source = _source(repository, url, _name_of(url), ref=ref, commit=commit, dirty=False)
        with GitTree(repository, commit) as tree:
            yield Fetched(tree=tree, source=source, repository=repository, clone=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _source(
    repository: git.Repository, url: str, fallback: str, *, ref: str | None, commit: str, dirty: bool
) -> Source:
    remote = git.remote_url(repository) or ""
    owner, name = owner_and_name(url if "://" in url or _SCP.fullmatch(url) else remote)
    branch = git.current_branch(repository) or "main"
    shown = redact_text(url)
    return Source(
        url=shown,
        owner=owner,
        name=name or fallback,
        default_branch=branch,
        ref=ref,
        commit=commit,
        dirty=dirty,
    )


def owner_and_name(url: str) -> tuple[str | None, str | None]:
    """`acme`, `shop` of a remote's address on a forge; None, None where it is no such address."""
    host_and_path = re.match(r"(?:[a-z+]+://)?(?:[^@/]*@)?([A-Za-z0-9.-]+)(?::\d+)?[:/](.+)", url)
    if host_and_path is None or url.startswith(("file:", "/", ".")):
        return None, None
    words = [word for word in host_and_path[2].strip("/").removesuffix(".git").split("/") if word]
    return (words[-2], words[-1]) if len(words) > 1 else (None, words[-1] if words else None)


def _name_of(url: str) -> str:
    return PurePosixPath(url.rstrip("/").replace(":", "/")).name.removesuffix(".git") or "app"
