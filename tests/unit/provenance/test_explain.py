"""The walk of `fops why`."""

from __future__ import annotations

import pytest

from factories.actions import a_context
from fops.kernel.errors import NotFound
from fops.provenance import Description, Explainer, Location, Node
from fops.provenance.store import RecordedNodes, record


def _node(name, **changes):
    return Node(id=name, kind="thing", says=f"this is {name}", **changes)


def test_a_chain_is_walked_to_its_source_line(database):
    place = Location(file="app.py", line=3)
    with database.write() as connection:
        record(
            connection,
            a_context(),
            [
                (_node("top"), ["middle"]),
                (_node("middle"), ["leaf"]),
                (_node("leaf", location=place, rule="r"), []),
            ],
        )
    explained = Explainer([RecordedNodes(database)]).explain(a_context(), "top")
    leaf = explained.rests_on[0].rests_on[0]
    assert (str(leaf.node.location), leaf.node.rule) == ("app.py:3", "r")
    assert explained.as_json()["rests_on"][0]["rests_on"][0]["location"] == {"file": "app.py", "line": 3}


def test_a_circle_ends_where_it_closes(database):
    with database.write() as connection:
        record(connection, a_context(), [(_node("a"), ["b"]), (_node("b"), ["a"])])
    explained = Explainer([RecordedNodes(database)]).explain(a_context(), "a")
    assert explained.rests_on[0].rests_on[0].rests_on == ()


def test_what_nobody_knows_is_said_with_a_hint(database):
    with pytest.raises(NotFound) as caught:
        Explainer([RecordedNodes(database)]).explain(a_context(), "opn_nothing")
    assert "FILE:LINE" in caught.value.hint


def test_a_missing_link_is_shown_not_hidden(database):
    with database.write() as connection:
        record(connection, a_context(), [(_node("a"), ["lost"])])
    explained = Explainer([RecordedNodes(database)]).explain(a_context(), "a")
    assert explained.rests_on[0].node.says == "not recorded here"


def test_the_same_node_told_twice_is_kept_once(database):
    for _ in range(2):
        with database.write() as connection:
            record(connection, a_context(), [(_node("plan"), [])])
    assert RecordedNodes(database).describe(a_context(), "plan") == Description(node=_node("plan"))


def test_another_tenant_sees_nothing(database):
    with database.write() as connection:
        record(connection, a_context(), [(_node("a"), [])])
    assert RecordedNodes(database).describe(a_context(tenant="other"), "a") is None
