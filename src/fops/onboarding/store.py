"""The table of proposals: what was made for which source, so that a second run finds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Index, PrimaryKeyConstraint, String, Table, Text, insert, select

from fops.kernel.context import RequestContext
from fops.storage.schema import METADATA, moment, tenant

proposals = Table(
    "proposals",
    METADATA,
    tenant(),
    Column("id", String(64), nullable=False),
    Column("operation_id", String(64), nullable=False),
    Column("source", Text, nullable=False),
    Column("repository", Text, nullable=False),
    Column("branch", String(255), nullable=False),
    Column("commit", String(64), nullable=False),
    Column("pr_url", Text, nullable=False),
    Column("plan_digest", String(80), nullable=False),
    Column("plan_blob", String(80), nullable=False),
    moment("made_at"),
    PrimaryKeyConstraint("tenant", "id"),
)
Index("ix_proposals_source", proposals.c.tenant, proposals.c.source, proposals.c.branch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One change request as it was made. `repository` is the git directory or work tree that holds the branch, or its address."""

    id: str
    operation_id: str
    source: str
    repository: str
    branch: str
    commit: str
    pr_url: str
    plan_digest: str
    plan_blob: str
    made_at: str

    @property
    def is_on_this_disk(self) -> bool:
        """Whether the branch was made in a repository here, and not on a forge."""
        return "://" not in self.repository


def add(connection: Connection, ctx: RequestContext, proposal: Proposal) -> None:
    """Keep a proposal, in the caller's transaction."""
    values = {name: getattr(proposal, name) for name in Proposal.__slots__}
    connection.execute(insert(proposals).values(tenant=ctx.tenant, **values))


def latest(connection: Connection, ctx: RequestContext, *, source: str, branch: str) -> Proposal | None:
    """The newest proposal for a source and branch."""
    mine = (proposals.c.tenant == ctx.tenant, proposals.c.source == source, proposals.c.branch == branch)
    row = (
        connection.execute(select(proposals).where(*mine).order_by(proposals.c.id.desc()).limit(1))
        .mappings()
        .first()
    )
    return None if row is None else Proposal(**{name: row[name] for name in Proposal.__slots__})


def operation_of(connection: Connection, ctx: RequestContext, *, plan_digest: str) -> str | None:
    """The operation that last proposed a plan."""
    mine = (proposals.c.tenant == ctx.tenant, proposals.c.plan_digest == plan_digest)
    return connection.execute(
        select(proposals.c.operation_id).where(*mine).order_by(proposals.c.id.desc()).limit(1)
    ).scalar()


def made_at_address(connection: Connection, ctx: RequestContext, pr_url: str) -> Proposal | None:
    """The newest proposal whose pull request has this address."""
    mine = (proposals.c.tenant == ctx.tenant, proposals.c.pr_url == pr_url)
    rows = connection.execute(
        select(proposals).where(*mine).order_by(proposals.c.id.desc()).limit(1)
    ).mappings()
    return next((Proposal(**{name: row[name] for name in Proposal.__slots__}) for row in rows), None)


def newest(
    connection: Connection, ctx: RequestContext, *, sources: Sequence[str] | None = None, limit: int = 20
) -> list[Proposal]:
    """The newest proposals of the tenant, newest first; with `sources` only those made for one of them."""
    mine = [proposals.c.tenant == ctx.tenant]
    if sources is not None:
        mine.append(proposals.c.source.in_(sources))
    rows = connection.execute(select(proposals).where(*mine).order_by(proposals.c.id.desc()).limit(limit))
    return [Proposal(**{name: row[name] for name in Proposal.__slots__}) for row in rows.mappings()]
