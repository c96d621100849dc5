"""Generated files that lie on a proposal's branch, not yet in anybody's work tree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fops.kernel import git
from fops.kernel.context import RequestContext
from fops.onboarding import store
from fops.onboarding.fetch.git_tree import GitTree
from fops.onboarding.trace import lock as locks
from fops.storage.database import Database

Found = tuple[locks.Lock, str, Callable[[str], str | None]]


def lock_in_proposal(database: Database) -> Callable[[RequestContext, str], Found | None]:
    """A finder for `GeneratedFiles`: the newest proposal that has the path, first those of the repository around it."""

    def find(ctx: RequestContext, path: str) -> Found | None:
        top = git.top_around(Path(path).absolute())
        with database.read() as connection:
            proposals = store.newest(connection, ctx)
        here = [
            (one, Path(path).absolute().relative_to(top).as_posix())
            for one in proposals
            if top and one.source == str(top)
        ]
        elsewhere = [(one, path) for one in proposals if not top or one.source != str(top)]
        return next((found for one, relative in (*here, *elsewhere) if (found := _in(one, relative))), None)

    return find


def asked_in(database: Database) -> Callable[[RequestContext, str], str | None]:
    """The operation behind a plan's answers, for `GeneratedFiles`; None where the plan was proposed elsewhere."""

    def find(ctx: RequestContext, plan_digest: str) -> str | None:
        with database.read() as connection:
            return store.operation_of(connection, ctx, plan_digest=plan_digest)

    return find


def _in(proposal: store.Proposal, path: str) -> Found | None:
    repository = git.find_repository(Path(proposal.repository))
    if repository is None or git.resolve(repository, proposal.commit) is None:
        return None
    with GitTree(repository, proposal.commit) as tree:
        lock = locks.read(tree)
        text = tree.read(path)
    return (lock, path, lambda _name: text) if path in lock.files else None
