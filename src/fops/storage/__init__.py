"""Storage: one database, its migrations, and content-addressed blobs.

Must not know: what rooms keep in it. Rooms declare their tables on `METADATA` in their own `store.py`. Map:
    database.py    engine, transactions, start-up version check
    schema.py      the MetaData and column types every table shares
    migrations/    one linear history; Alembic is imported only when the database is behind
    blobs.py       large outputs by their digest
"""

from fops.storage.blobs import Blobs
from fops.storage.database import Database, StorageSettings
from fops.storage.schema import METADATA

__all__ = ["METADATA", "Blobs", "Database", "StorageSettings"]
