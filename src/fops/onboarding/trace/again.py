"""Again: what earlier runs left — open proposals, the files a run compares with, the answers it was given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fops.kernel import git
from fops.kernel.context import RequestContext
from fops.onboarding import store
from fops.onboarding.fetch import Fetched
from fops.onboarding.fetch.git_tree import GitTree
from fops.onboarding.fetch.tree import FolderTree, MemoryTree
from fops.onboarding.ports import Tree
from fops.onboarding.trace import lock as locks
from fops.onboarding.trace.compare import Side
from fops.storage.database import Database

BRANCHES = "fops/onboard-"
"""What the names of our branches begin with."""


def branch_for(name: str, target: str) -> str:
    """The branch of a proposal."""
    return f"{BRANCHES}{name}-{target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProposal:
    """A proposal's branch that is not merged; `lock` is the one on it.

    `beside` is True where the branch lies in a clone of ours; `record` is what was kept about its last commit, None
    where it was made on another machine. `pr_url` is known where a forge was asked, None there without a pull request.
    """

    repository: git.Repository
    branch: str
    commit: str
    lock: locks.Lock
    beside: bool
    record: store.Proposal | None
    pr_url: str | None = None
    is_half_made: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What a run compares with and builds on: the open proposal's files, those of HEAD, or those of a folder.

    `head` is what an open proposal would be merged into, None without one; `base` the commit a new one stands on;
    `replaces` the commit that the branch is at, None where there is none.
    """

    standing: Side
    branch: str
    head: Side | None = None
    base: str | None = None
    replaces: str | None = None
    proposal: OpenProposal | None = None


def open_proposals(database: Database, ctx: RequestContext, fetched: Fetched) -> tuple[OpenProposal, ...]:
    """The proposals for a source that wait, newest first: its own branches, or those in the clones beside the data."""
    here = fetched.repository if not fetched.clone else None
    found = _in_repository(database, ctx, here, fetched) if here else _beside(database, ctx, fetched)
    return tuple(found)


def lock_to_recall(
    proposals: Sequence[OpenProposal], tree: Tree, *, target: str | None, path: str | None
) -> locks.Lock:
    """The lock whose answers hold: of an open proposal, else of the tree; EMPTY where none is about the same folder.

    Where several wait, the one for the asked target comes before the newest.
    """
    known = [one.lock for one in proposals] + [locks.read(tree)]
    same = [lock for lock in known if lock.files and path in {None, lock.answers.get("path")}]
    return next((lock for lock in same if target == lock.target), same[0] if same else locks.EMPTY)


@contextmanager
def proposed_or_head(proposals: Sequence[OpenProposal], fetched: Fetched, branch: str) -> Iterator[Baseline]:
    """What a proposal on this branch is compared with, open until the block ends."""
    waiting = next((one for one in proposals if one.branch == branch), None)
    head = fetched.source.commit
    if waiting is not None:
        with GitTree(waiting.repository, waiting.commit) as tree:
            own = None if waiting.beside else waiting.commit
            yield Baseline(standing=Side(lock=waiting.lock, read=tree.read), head=_side(fetched.tree), branch=branch, base=own or head, replaces=own, proposal=waiting)  # fmt: skip
        return
    place = None if fetched.clone else fetched.repository
    merged = git.resolve(place, f"refs/heads/{branch}") if place else None
    yield Baseline(standing=_side(fetched.tree), branch=branch, base=head, replaces=merged)


def folder_baseline(folder: Path, branch: str) -> Baseline:
    """What files for a folder are compared with."""
    return Baseline(standing=_side(folder_tree(folder)), branch=branch)


def folder_tree(folder: Path) -> Tree:
    """The files of a folder that may not be there yet."""
    return FolderTree(folder) if folder.is_dir() else MemoryTree({})


def _side(tree: Tree) -> Side:
    return Side(lock=locks.read(tree), read=tree.read)


def _in_repository(
    database: Database, ctx: RequestContext, repository: git.Repository, fetched: Fetched
) -> Iterator[OpenProposal]:
    for branch, commit in git.branches(repository, BRANCHES):
        if not _merged(repository, commit, fetched.source.commit):
            with database.read() as connection:
                record = store.latest(connection, ctx, source=fetched.source.url, branch=branch)
            mine = record if record and record.commit == commit else None
            yield _opened(repository, branch, commit, mine, beside=False)


def _beside(database: Database, ctx: RequestContext, fetched: Fetched) -> Iterator[OpenProposal]:
    with database.read() as connection:
        records = store.newest(connection, ctx, sources=[fetched.source.url])
    newest = {record.branch: record for record in reversed(records) if record.is_on_this_disk}
    for record in sorted(newest.values(), key=lambda one: one.id, reverse=True):
        repository = git.find_repository(Path(record.repository))
        commit = git.resolve(repository, f"refs/heads/{record.branch}") if repository else None
        if repository and commit and not _merged(repository, commit, fetched.source.commit):
            yield _opened(repository, record.branch, commit, record, beside=True)


def _merged(repository: git.Repository, commit: str, head: str | None) -> bool:
    return head is not None and git.is_ancestor(repository, commit, head)


def _opened(
    repository: git.Repository, branch: str, commit: str, record: store.Proposal | None, *, beside: bool
) -> OpenProposal:
    with GitTree(repository, commit) as tree:
        lock = locks.read(tree)
    return OpenProposal(
        repository=repository, branch=branch, commit=commit, lock=lock, beside=beside, record=record
    )
