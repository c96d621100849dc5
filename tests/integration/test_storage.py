"""The database: created at once, migrated when behind, the same either way."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

import fops.actions.store
import fops.audit.store
import fops.catalog.store
import fops.events.store
import fops.onboarding.store
import fops.provenance.store  # noqa: F401 - the tables of every room
from fops.kernel.errors import Busy, StorageFailed
from fops.storage.blobs import Blobs
from fops.storage.database import HEAD, Database
from fops.storage.migrations import configuration, upgrade


def _schema(url: str) -> dict:
    engine = create_engine(url)
    look = inspect(engine)
    tables = {
        name: {
            "columns": [
                (one["name"], str(one["type"]), one["nullable"], one["default"])
                for one in look.get_columns(name)
            ],
            "key": look.get_pk_constraint(name)["constrained_columns"],
            "indexes": sorted((one["name"], tuple(one["column_names"])) for one in look.get_indexes(name)),
            "foreign": [
                (one["constrained_columns"], one["referred_table"]) for one in look.get_foreign_keys(name)
            ],
        }
        for name in look.get_table_names()
        if name != "alembic_version"
    }
    engine.dispose()
    return tables


def test_migrations_from_nothing_give_the_same_schema_as_a_fresh_database(tmp_path: Path):
    fresh = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    with fresh.read() as connection:
        connection.execute(text("SELECT 1"))
    fresh.close()
    migrated = create_engine(f"sqlite:///{tmp_path / 'migrated.db'}")
    upgrade(migrated)
    migrated.dispose()
    assert _schema(f"sqlite:///{tmp_path / 'migrated.db'}") == _schema(f"sqlite:///{tmp_path / 'fresh.db'}")


def test_the_stamped_version_is_the_newest_migration():
    assert ScriptDirectory.from_config(configuration()).get_current_head() == HEAD


def _insert_and_fail(database: Database) -> None:
    with database.write() as connection:
        connection.execute(
            text(
                "INSERT INTO events (tenant, at, kind, subject, data) VALUES ('default', 't', 'k', 's', '{}')"
            )
        )
        raise ZeroDivisionError


def test_a_failed_transaction_leaves_nothing(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(ZeroDivisionError):
        _insert_and_fail(database)
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM events")).scalar() == 0
    database.close()


def test_a_folder_that_cannot_be_made_is_a_storage_failure_with_a_hint(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(StorageFailed) as caught,
        Database(f"sqlite:///{tmp_path / 'file' / 'below' / 'a.db'}").read(),
    ):
        pass
    assert "FOPS_HOME" in caught.value.hint


def test_a_held_database_is_busy_not_broken(tmp_path: Path):
    first = Database(f"sqlite:///{tmp_path / 'a.db'}")
    second = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with second.read() as connection:
        connection.execute(text("PRAGMA busy_timeout=10"))
    with first.write() as held:
        held.execute(
            text(
                "INSERT INTO events (tenant, at, kind, subject, data) VALUES ('default', 't', 'k', 's', '{}')"
            )
        )
        with pytest.raises(Busy), second.write():
            pass
    first.close()
    second.close()


def test_a_blob_is_read_back_by_its_digest(tmp_path: Path):
    blobs = Blobs(tmp_path)
    name = blobs.put(b"plan")
    assert blobs.put(b"plan") == name
    assert blobs.get(name) == b"plan"
