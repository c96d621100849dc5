"""Generated files that lie on a proposal's branch, not yet in anybody's work tree."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

from fops.catalog.describe import Written
from fops.catalog.registered import Registered, same_place
from fops.kernel import git
from fops.kernel.canonical import digest_bytes
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotFound
from fops.onboarding import store
from fops.onboarding.fetch.git_tree import GitTree
from fops.onboarding.trace import lock as locks
from fops.onboarding.trace.provenance import Found, describe_file
from fops.provenance.model import Description, Node
from fops.storage.database import Database


def lock_in_proposal(database: Database) -> Callable[[RequestContext, str], Found | None]:
    """A finder for `GeneratedFiles`: the newest proposal that has the path, of the repository the path lies in.

    Only a path that lies in no repository and names no file here is looked for in all proposals; the answer then says
    whose it is. Raises NotFound for a path of this repository that only another's proposal has.
    """

    def find(ctx: RequestContext, path: str) -> Found | None:
        place = Path(path).absolute()
        with database.read() as connection:
            around = store.newest(connection, ctx, sources=[str(folder) for folder in place.parents])
            newest = store.newest(connection, ctx)
        top = git.top_around(place)
        here = chain(
            ((one, place.relative_to(one.source)) for one in around),
            ((one, place.relative_to(top)) for one in _of_same_history(newest, top)) if top else (),
        )
        if found := next(_having(here), None):
            return found[1]
        other = next(_having((one, Path(path)) for one in newest), None)
        if other and (top or around or os.path.exists(path)):  # noqa: PTH110 - False for what no path can be
            raise _of_another(path, other[0], shown=place, here=top or place.parent)
        return replace(other[1], source=other[0].source) if other else None

    return find


def asked_in(database: Database) -> Callable[[RequestContext, str], str | None]:
    """The operation behind a plan's answers, for `GeneratedFiles`; None where the plan was proposed elsewhere."""

    def find(ctx: RequestContext, plan_digest: str) -> str | None:
        with database.read() as connection:
            return store.operation_of(connection, ctx, plan_digest=plan_digest)

    return find


def written_lines(database: Database) -> Written:
    """The lines of a service's file as a proposal wrote them, for the catalog; only where the text is still that one."""

    def find(ctx: RequestContext, service: Registered) -> Callable[[int], Description] | None:
        if service.file is None or service.repository is None:
            return None
        with database.read() as connection:
            newest = store.newest(connection, ctx)
        own = ((one, Path(service.file)) for one in newest if _is_of(one, service.repository))
        same = (found for _, found in _having(own) if digest_bytes((found.text or "").encode("utf-8", "surrogateescape")) == service.text)  # fmt: skip
        found = next(same, None)
        return None if found is None else lambda line: describe_file(found, line)

    return find


def _is_of(proposal: store.Proposal, repository: str) -> bool:
    if same_place(proposal.source, repository):
        return True
    there = git.find_repository(Path(proposal.repository))
    return there is not None and same_place(git.remote_url(there), repository)


class PullRequests:
    """Describes a pull request by its address: it rests on the proposal that it was last made or updated for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def describe(self, ctx: RequestContext, subject: str) -> Description | None:
        """The pull request at an address."""
        if "://" not in subject:
            return None
        with self._database.read() as connection:
            found = store.made_at_address(connection, ctx, subject)
        if found is None:
            return None
        says = f"branch {found.branch} of {found.source}"
        return Description(node=Node(id=subject, kind="pull request", says=says), rests_on=(found.id,))


def _of_same_history(proposals: Iterable[store.Proposal], top: Path) -> Iterator[store.Proposal]:
    """The proposals for this repository, wherever it lay: in a clone of an address, a second work tree, a renamed folder."""
    here = git.find_repository(top)
    for one in proposals if here else ():
        if here and git.resolve(here, one.commit):
            yield replace(one, repository=str(top))
            continue
        there = git.find_repository(Path(one.repository))
        base = git.resolve(there, f"{one.commit}^") if there else None
        if here and base and git.resolve(here, base):
            yield one


def _having(places: Iterable[tuple[store.Proposal, Path]]) -> Iterator[tuple[store.Proposal, Found]]:
    for proposal, path in places:
        if found := _in(proposal, path.as_posix()):
            yield proposal, found


def _in(proposal: store.Proposal, path: str) -> Found | None:
    repository = git.find_repository(Path(proposal.repository))
    if repository is None or git.resolve(repository, proposal.commit) is None:
        return None
    with GitTree(repository, proposal.commit) as tree:
        lock = locks.read(tree)
        return Found(lock=lock, path=path, text=tree.read(path)) if path in lock.files else None


def _of_another(path: str, proposal: store.Proposal, *, shown: Path, here: Path) -> NotFound:
    """The error for a path that F-Ops knows from elsewhere, with the words that name it there."""
    there = Path(proposal.source)
    subject = shlex.quote(str(there / path)) if there.is_dir() else proposal.id
    return NotFound(
        f"{shown.relative_to(here)} is no file that F-Ops generated for {here}",
        hint=f"one was generated for {proposal.source}: fops why {subject}",
    )
