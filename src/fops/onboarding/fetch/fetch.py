"""Fetch: from what a person typed to a read-only tree of one commit or folder.

Nothing of the repository runs; options cannot be smuggled in through an address or a reference; credentials in an
address are used for the clone and appear nowhere else.
"""

from __future__ import annotations

import shlex
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from fops.kernel import git
from fops.kernel.clone import clone_bare, fetch_branches
from fops.kernel.errors import NotDeployable, NotFound, UsageError
from fops.kernel.reach import Reach
from fops.kernel.redaction import redact_text
from fops.onboarding.fetch.address import check_reference, is_scp_like, locate, owner_and_name
from fops.onboarding.fetch.git_tree import GitTree
from fops.onboarding.fetch.outside import way_to
from fops.onboarding.fetch.tree import MAX_FILE, FolderTree
from fops.onboarding.model import Source
from fops.onboarding.ports import Tree

CLONE_SECONDS = 300  # a shallow clone without large blobs takes seconds; past this the network is the problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The tree to read, where it came from, and the repository a proposal may go into (None for a plain folder).

    `clone` is True when `repository` is a temporary clone of our own; `bring` then fetches more branches into it, by the
    way the clone came.
    """

    tree: Tree
    source: Source
    repository: git.Repository | None
    clone: bool
    notes: tuple[str, ...] = ()
    bring: Callable[[Sequence[str]], None] = lambda _branches: None


@contextmanager
def fetch(
    what: str, *, ref: str | None = None, timeout: float = CLONE_SECONDS, reach: Reach = Reach.ANY
) -> Iterator[Fetched]:
    """The repository or folder a person named; a clone lives until the block ends.

    `what` is a path (work tree, bare repository or plain folder), `file://`, `https://`, `ssh://`, `git@host:path`
    or `owner/name` (GitHub); `reach` bounds which server may be asked. Raises UnsafeInput, NotFound, NotAllowed, Unreachable, LimitExceeded, NotDeployable.
    """
    check_reference(ref)
    location = locate(what)
    if isinstance(location, Path):
        with _local(location, ref) as fetched:
            yield fetched
    else:
        with _cloned(location, ref, timeout, reach) as fetched:
            yield fetched


@contextmanager
def _local(path: Path, ref: str | None) -> Iterator[Fetched]:
    if not path.is_dir():
        raise NotDeployable(f"{path} is no folder", hint="name the folder or repository of the application")
    repository = git.find_repository(path)
    commit = git.resolve(repository, ref or "HEAD") if repository else None
    is_unborn = commit is None and ref is None
    if is_unborn and repository is not None and repository.work_tree is None:
        raise _empty(str(path))
    if repository is None or is_unborn:
        if ref is not None:
            raise UsageError(
                f"{path} is no git repository, so --ref {ref!r} names nothing", hint="leave --ref out"
            )
        name = path.resolve().name
        source = Source(url=str(path), owner=None, name=name, default_branch="main", ref=None, commit=None)
        notes = () if repository else tuple(_larger(path))
        yield Fetched(tree=FolderTree(path), source=source, repository=repository, clone=False, notes=notes)
        return
    if commit is None:
        raise NotFound(
            f"{path} has no branch, tag or commit {ref!r}", hint="`git branch --all` and `git tag` list them"
        )
    dirty = git.is_dirty(repository)
    notes = ("the work tree has uncommitted changes; the last commit is what was read",) if dirty else ()
    source = _source(
        repository, str(path), path.name.removesuffix(".git"), ref=ref, commit=commit, dirty=dirty
    )
    with GitTree(repository, commit) as tree:
        yield Fetched(tree=tree, source=source, repository=repository, clone=False, notes=notes)


def _larger(path: Path) -> Iterator[str]:
    """A word about the repository around a folder: a branch in one of its own cannot be merged there."""
    top = git.top_around(path)
    if top:
        inner = shlex.quote(path.relative_to(top).as_posix())
        yield (
            f"this folder is part of the repository {top} and was read as if it stood alone; "
            f"to propose there: fops onboard repo {shlex.quote(str(top))} --path {inner}"
        )


@contextmanager
def _cloned(url: str, ref: str | None, timeout: float, reach: Reach) -> Iterator[Fetched]:
    folder = Path(tempfile.mkdtemp(prefix="fops-fetch-"))
    try:
        asked, way = way_to(url, reach)
        repository = clone_bare(
            asked, folder / "repository.git", ref=ref, timeout=timeout, max_blob=MAX_FILE, way=way
        )
        commit = git.resolve(repository, "HEAD")
        if commit is None:
            raise _empty(redact_text(url))
        source = _source(repository, url, _name_of(url), ref=ref, commit=commit, dirty=False)
        with GitTree(repository, commit) as tree:
            bring = partial(fetch_branches, repository, asked, timeout=timeout, way=way)
            yield Fetched(tree=tree, source=source, repository=repository, clone=True, bring=bring)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _empty(shown: str) -> NotDeployable:
    return NotDeployable(
        f"{shown} is empty: its default branch has no commit",
        hint="push a first commit, or name another branch with --ref",
    )


def _source(
    repository: git.Repository, url: str, fallback: str, *, ref: str | None, commit: str, dirty: bool
) -> Source:
    remote = git.remote_url(repository) or ""
    owner, name = owner_and_name(url if "://" in url or is_scp_like(url) else remote)
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


def _name_of(url: str) -> str:
    return PurePosixPath(url.rstrip("/").replace(":", "/")).name.removesuffix(".git") or "app"
