"""The tables of nodes and links, and the describer over them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    insert,
    select,
)

from fops.kernel.context import RequestContext
from fops.provenance.model import Description, Location, Node
from fops.storage.database import Database
from fops.storage.schema import METADATA, tenant
from fops.storage.turns import take_turn

nodes = Table(
    "provenance_nodes",
    METADATA,
    tenant(),
    Column("id", String(96), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("says", Text, nullable=False),
    Column("file", Text),
    Column("line", Integer),
    Column("rule", String(128)),
    PrimaryKeyConstraint("tenant", "id"),
)
links = Table(
    "provenance_links",
    METADATA,
    tenant(),
    Column("subject", String(96), nullable=False),
    Column("position", Integer, nullable=False),
    Column("rests_on", String(96), nullable=False),
    PrimaryKeyConstraint("tenant", "subject", "position"),
    ForeignKeyConstraint(["tenant", "subject"], ["provenance_nodes.tenant", "provenance_nodes.id"]),
)
Index("ix_provenance_nodes_file", nodes.c.tenant, nodes.c.kind, nodes.c.file)


def record(
    connection: Connection, ctx: RequestContext, descriptions: Iterable[tuple[Node, Iterable[str]]]
) -> None:
    """Keep nodes and the ids each rests on, in the caller's transaction. Nodes are written once, never changed."""
    take_turn(connection, nodes.name, ctx.tenant)  # what is looked for and not found is written at once
    given = {node.id: (node, tuple(rests_on)) for node, rests_on in descriptions}
    known = connection.execute(
        select(nodes.c.id).where(nodes.c.tenant == ctx.tenant, nodes.c.id.in_(given))
    ).scalars()
    for (
        identifier
    ) in known:  # a plan is named by its digest, so a second proposal of the same plan finds it here
        del given[identifier]
    pairs = list(given.values())
    if not pairs:
        return
    connection.execute(insert(nodes), [_row(ctx, node) for node, _ in pairs])
    rows = [
        {"tenant": ctx.tenant, "subject": node.id, "position": position, "rests_on": one}
        for node, rests_on in pairs
        for position, one in enumerate(rests_on)
    ]
    if rows:
        connection.execute(insert(links), rows)


def is_recorded(connection: Connection, ctx: RequestContext, identifier: str) -> bool:
    """Whether a node of this id is kept."""
    mine = (nodes.c.tenant == ctx.tenant, nodes.c.id == identifier)
    return connection.execute(select(nodes.c.id).where(*mine)).first() is not None


def _row(ctx: RequestContext, node: Node) -> dict[str, object]:
    place = node.location
    return {
        "tenant": ctx.tenant, "id": node.id, "kind": node.kind, "says": node.says, "rule": node.rule,
        "file": place.file if place else None, "line": place.line if place else None,
    }  # fmt: skip


class RecordedNodes:
    """Describes whatever `record` kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def describe(self, ctx: RequestContext, subject: str) -> Description | None:
        """The node of an id and the ids it rests on."""
        with self._database.read() as connection:
            row = connection.execute(
                select(nodes).where(nodes.c.tenant == ctx.tenant, nodes.c.id == subject)
            ).first()
            if row is None:
                return None
            below = connection.execute(
                select(links.c.rests_on)
                .where(links.c.tenant == ctx.tenant, links.c.subject == subject)
                .order_by(links.c.position)
            ).scalars()
            place = Location(file=row.file, line=row.line) if row.file else None
            node = Node(id=row.id, kind=row.kind, says=row.says, location=place, rule=row.rule)
            return Description(node=node, rests_on=tuple(below))
