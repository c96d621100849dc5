"""Storage: one database, its migrations, and content-addressed blobs.

Must not know: what rooms keep in it. Rooms declare their tables on `schema.METADATA` in their own `store.py`. The
package imports nothing by itself, since the settings must be readable without SQLAlchemy. Map:
    database.py    engine, transactions, start-up version check      settings.py   DATABASE_URL
    schema.py      the MetaData and column types every table shares  blobs.py      large outputs by their digest
    migrations/    one linear history; Alembic is imported only when the database is behind
"""
