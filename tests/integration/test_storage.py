"""The database: created at once, migrated when behind, the same either way, on SQLite and on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from factories.storage import KINDS, every_table
from fops.kernel.errors import Busy, StorageFailed, UsageError
from fops.storage.blobs import Blobs
from fops.storage.database import Database
from fops.storage.migrations import configuration, upgrade
from fops.storage.schema import METADATA
from fops.storage.versions import bring_up_to_date, head, revisions


@pytest.fixture(params=KINDS)
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database in which there is nothing, once of either kind."""
    every_table()
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
    else:
        with request.getfixturevalue("postgres").empty() as url:
            yield url


def _schema(engine: Engine) -> dict:
    look = inspect(engine)
    return {
        name: {
            "columns": {
                (one["name"], str(one["type"]), one["nullable"], one["default"])
                for one in look.get_columns(name)
            },
            "key": look.get_pk_constraint(name),
            "indexes": sorted(
                (one["name"], tuple(one["column_names"]), bool(one["unique"]))
                for one in look.get_indexes(name)
            ),
            "foreign": [
                (one["constrained_columns"], one["referred_table"]) for one in look.get_foreign_keys(name)
            ],
        }
        for name in look.get_table_names()
        if name != "alembic_version"
    }


def _differences(engine: Engine) -> list:
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), METADATA)


def _at(bare: str, revision: str) -> Engine:
    """A database as a program of that revision left it."""
    engine = Database(bare).bare_engine()
    with engine.connect().execution_options(fops_write=True) as connection, connection.begin():
        upgrade(connection, revision)
    return engine


def test_a_fresh_database_has_the_tables_that_the_rooms_declare(database: Database):
    assert _differences(database.engine) == []


@pytest.mark.parametrize("revision", revisions())
def test_an_older_database_becomes_what_a_fresh_one_is(bare: str, revision: str):
    engine = _at(bare, revision)
    bring_up_to_date(engine)
    migrated = _schema(engine)
    assert _differences(engine) == []
    with engine.connect().execution_options(fops_write=True) as connection, connection.begin():
        METADATA.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    bring_up_to_date(engine)
    assert migrated == _schema(engine)
    engine.dispose()


def test_the_newest_revision_is_known_by_the_names_of_the_files():
    scripts = ScriptDirectory.from_config(configuration())
    assert scripts.get_current_head() == head()
    assert sorted(one.revision for one in scripts.walk_revisions()) == revisions()


def test_a_newer_database_is_left_alone(database: Database, database_url: str):
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageFailed, match="9999") as caught, Database(database_url).read():
        pass
    assert "newer F-Ops" in caught.value.hint


def test_programs_that_start_at_the_same_time_make_one_schema(bare: str):
    opens = (
        "import sys; from factories.storage import every_table; from fops.storage.database import Database\n"
        "every_table(); database = Database(sys.argv[1])\nwith database.read(): print('open')"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", opens, bare],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
        )
        for _ in range(3)
    ]
    assert [one.communicate(timeout=60)[0].strip() for one in running] == ["open"] * 3


def _insert(connection) -> None:
    connection.execute(
        text("INSERT INTO events (tenant, at, kind, subject, data) VALUES ('default', 't', 'k', 's', '{}')")
    )


def _insert_and_fail(database: Database) -> None:
    with database.write() as connection:
        _insert(connection)
        raise ZeroDivisionError


def test_a_failed_transaction_leaves_nothing(database: Database):
    with pytest.raises(ZeroDivisionError):
        _insert_and_fail(database)
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM events")).scalar() == 0


def test_a_read_sees_one_state_while_others_write(database: Database):
    count = text("SELECT count(*) FROM events")
    with database.read() as connection:
        assert connection.execute(count).scalar() == 0
        with database.write() as other:
            _insert(other)
        assert connection.execute(count).scalar() == 0
    with database.read() as connection:
        assert connection.execute(count).scalar() == 1


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
        _insert(held)
        with pytest.raises(Busy), second.write():
            pass
    first.close()
    second.close()


@pytest.mark.parametrize(
    "url", ["mysql://ada:hunter2@host/fops", "hunter2", "postgresql://ada:hunter2@host:x/fops"]
)
def test_a_url_that_cannot_be_used_is_refused_without_its_password(url: str):
    with pytest.raises(UsageError) as caught:
        Database(url)
    assert "hunter2" not in caught.value.message + caught.value.hint
    assert "postgresql://" in caught.value.hint


@pytest.mark.parametrize(
    "url",
    [
        "postgres://ada:hunter2@host/fops",
        "postgresql+asyncpg://ada@host/fops?password=hunter2",
        "postgresql://ada:hunter2@host/fops?sslpassword=hunter2",
    ],
)
def test_every_spelling_of_postgresql_is_one_and_is_shown_without_its_password(url: str):
    database = Database(url)
    assert database.kind == "postgresql"
    assert database.shown.startswith("postgresql://ada")
    assert "hunter2" not in database.shown


def test_a_driver_that_is_not_installed_is_named_with_what_brings_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with (
        pytest.raises(StorageFailed, match="psycopg") as caught,
        Database("postgresql://ada@host/fops").read(),
    ):
        pass
    assert "fops[server]" in caught.value.hint


def test_a_blob_is_read_back_by_its_digest(tmp_path: Path):
    blobs = Blobs(tmp_path)
    name = blobs.put(b"plan")
    assert blobs.put(b"plan") == name
    assert blobs.get(name) == b"plan"
