"""The tables of this room and the queries on them: nobody else runs SQL here.

Map: tables.py  all tables      people.py       people, grants, invitations, standings
                                credentials.py  sessions, refresh tokens, personal tokens, lock-out
"""

from fops.auth.store import tables

__all__ = ["tables"]
