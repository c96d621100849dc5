"""Audit: what happened, as a hash-chained trail of JSON lines, one file a day.

Must not know: SQL (but for store.py), doors, actions, any feature. A line is on the disk before the call that wrote it returns; who
cannot write it gets StorageFailed and must not act. Map:
    model.py   the nouns                 line.py     an entry as one line, and its seal
    days.py    day files, lock and head  tail.py     the end of the trail, torn lines put aside
    seals.py   days compressed, given up store.py    ends of the chain in the database
    append.py  one more line             read.py     lines by time, by id
    verify.py  the first broken line     trail.py    AuditLog, the room's one object
    founding.py  AuditLogger, the names of the founding sketch        settings.py  AUDIT_*
"""

from fops.audit.founding import AuditLogger
from fops.audit.model import AuditEntry, AuditVerdict, Outcome
from fops.audit.settings import AuditSettings
from fops.audit.trail import AuditLog

__all__ = ["AuditEntry", "AuditLog", "AuditLogger", "AuditSettings", "AuditVerdict", "Outcome"]
