"""Events: typed facts about what happened, kept in an outbox for those who subscribe.

Must not know: who subscribes, or the rooms whose nouns an event names. Map:
    model.py   Event
    store.py   the outbox table
"""

from fops.events.model import Event

__all__ = ["Event"]
