"""Proposals that lie on a forge: which wait, as the forge tells, and the names that are used up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from fops.actions.contracts import CHANGE_REQUEST_LIST, ChangeRequestsWanted
from fops.actions.registry import Registry
from fops.kernel import git
from fops.kernel.context import RequestContext
from fops.kernel.redaction import redact_text
from fops.onboarding import store
from fops.onboarding.fetch import Fetched
from fops.onboarding.fetch.git_tree import GitTree
from fops.onboarding.trace import lock as locks
from fops.onboarding.trace.again import BRANCHES, OpenProposal
from fops.storage.database import Database

Listed = Mapping[str, Any]
"""A branch with what became of its pull request, as `change_request.list` describes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnForge:
    """What a forge has of ours: what waits, newest name first, and every branch of ours by name."""

    waiting: tuple[OpenProposal, ...]
    taken: frozenset[str]


def ask_forge(
    registry: Registry, ctx: RequestContext, provider: str, *, place: Path | str
) -> Sequence[Listed] | None:
    """Our branches in a repository on the provider's forge, None where it is none: git then sees its branches.

    Raises what `change_request.list` raises: for an address elsewhere, without a token, without the right.
    """
    action = registry.implementing(CHANGE_REQUEST_LIST, provider)
    if action is None:
        return None
    wanted = ChangeRequestsWanted(repository=redact_text(str(place)), prefix=BRANCHES)
    found: Sequence[Listed] = action.perform(ctx, wanted)["change_requests"]
    return found


def on_forge(database: Database, ctx: RequestContext, fetched: Fetched, listed: Sequence[Listed]) -> OnForge:
    """What the forge listed, with the branches that wait brought into the clone. One without a pull request waits for it."""
    waiting = [one for one in listed if one["state"] in {"open", "none"}]
    repository = fetched.repository
    if waiting:
        fetched.bring([str(one["branch"]) for one in waiting])
    opened = [_opened(database, ctx, fetched, repository, one) for one in waiting if repository is not None]
    return OnForge(waiting=tuple(reversed(opened)), taken=frozenset(str(one["branch"]) for one in listed))


def branch_on_forge(branch: str, known: OnForge) -> str:
    """The branch to go on with: one that waits under this name or this name with a number, else the first free one."""
    same = re.compile(rf"{re.escape(branch)}(-[2-9]\d*|-1\d+)?")
    waiting = next((one.branch for one in known.waiting if same.fullmatch(one.branch)), None)
    names = (branch if number == 1 else f"{branch}-{number}" for number in count(1))
    return waiting or next(name for name in names if name not in known.taken)


def _opened(
    database: Database,
    ctx: RequestContext,
    fetched: Fetched,
    repository: git.Repository,
    listed: Listed,
) -> OpenProposal:
    branch = str(listed["branch"])
    commit = git.resolve(repository, f"refs/heads/{branch}") or str(listed["commit"])
    with GitTree(repository, commit) as tree:
        lock = locks.read(tree)
    with database.read() as connection:
        records = store.newest(connection, ctx, sources=[fetched.source.url])
    mine = next((one for one in records if (one.branch, one.commit) == (branch, commit)), None)
    return OpenProposal(repository=repository, branch=branch, commit=commit, lock=lock, beside=False, record=mine,
                        pr_url=listed["pr_url"], is_half_made=listed["state"] == "none")  # fmt: skip
