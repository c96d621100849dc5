"""The outbox."""

from __future__ import annotations

from factories.actions import a_context
from fops.events import Event
from fops.events.store import publish, since


def test_events_are_read_in_order_after_a_position_and_by_tenant(database):
    with database.write() as connection:
        for number in range(3):
            publish(
                connection,
                a_context(),
                Event(kind="onboarding.proposed", subject=f"pro_{number}", data={"n": number}),
                at="2026-11-24T00:00:00.000000Z",
            )
        publish(
            connection,
            a_context(tenant="other"),
            Event(kind="x", subject="y", data={}),
            at="2026-11-24T00:00:00.000000Z",
        )
    with database.read() as connection:
        first = since(connection, a_context(), 0)
        rest = since(connection, a_context(), first[0][0])
    assert [event.subject for _, event in first] == ["pro_0", "pro_1", "pro_2"]
    assert [event.data for _, event in rest] == [{"n": 1}, {"n": 2}]
