"""Storage: one database, its migrations, and content-addressed blobs.

Must not know: what rooms keep in it. Rooms declare their tables on `schema.METADATA` in their own `store.py`. The
package imports nothing by itself, since the settings must be readable without SQLAlchemy. Map:
    database.py    engine, transactions, waiting      settings.py   DATABASE_URL and its limits
    address.py     its URL, shown without secrets     failures.py   a driver's words as our errors
    schema.py      the MetaData and column types      versions.py   which revision; made or brought up to date
    turns.py       one at a time, where many write    status.py     what can be said without changing anything
    backup/        one file, for either kind          blobs.py      large outputs by their digest
    commits.py     what became of a commit whose answer was lost
    migrations/    one linear history; Alembic is imported only when the database is behind
"""
