"""Actions on F-Ops' own records, of rooms below this one that know no doors: one module a room.

Must not know: how a room keeps its records. Map:
    services.py  the catalog                  trail.py  the audit trail
    identity.py  people, roles, tokens        work.py   stop an operation, see who works
"""
