"""Backups: all that was there, from either kind of database into either, whole or not at all."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import JSON, Float, Integer, LargeBinary, String, insert, select

from factories.actions import a_context
from factories.storage import every_table
from fops.audit import Outcome
from fops.bootstrap import open_app
from fops.bootstrap.backup import back_up, restore
from fops.bootstrap.settings import Settings
from fops.events import Event
from fops.events.store import publish, since
from fops.kernel.errors import (
    Busy,
    ConfirmationMissing,
    FormatError,
    NotFound,
    StorageFailed,
    UnsafeInput,
    UsageError,
)
from fops.storage.backup import Backup, opened, restore_rows
from fops.storage.backup import back_up as write_backup
from fops.storage.database import Database
from fops.storage.schema import METADATA

AT = "2026-11-24T00:00:00.000000Z"
every_table()


@contextmanager
def _house(home: Path, url: str):
    app = open_app(Settings(flags={"FOPS_HOME": str(home), "DATABASE_URL": url}))
    yield app
    app.close(seconds=1)


@pytest.fixture
def house(tmp_path, database_url):
    """A house of either kind with something of everything in it."""
    with _house(tmp_path / "one", database_url) as app:
        for number in range(3):
            app.audit.append(a_context(), action="x", target=str(number), outcome=Outcome.SUCCEEDED)
        _publish(app.database, "before")
        app.blobs.put(b"plan")
        for file in ("signing-keys", "proposals/pro_a/PULL_REQUEST.md"):
            (app.home / file).parent.mkdir(parents=True, exist_ok=True)
            (app.home / file).write_text("text")
        (app.home / "proposals/pro_a/repository.git/refs").mkdir(parents=True)
        yield app


@pytest.fixture
def target(request, tmp_path, database_url):
    """A house of the other kind with nothing in it."""
    if not database_url.startswith("sqlite"):
        with _house(tmp_path / "two", f"sqlite:///{tmp_path / 'two.db'}") as app:
            yield app
    else:
        with request.getfixturevalue("postgres").empty() as url, _house(tmp_path / "two", url) as app:
            yield app


into_postgres = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # one way is enough


def _publish(database: Database, subject: str) -> None:
    with database.write() as connection:
        publish(connection, a_context(), Event(kind="k", subject=subject, data={}), at=AT)


def _subjects(database: Database) -> list[str]:
    with database.read() as connection:
        return [one.subject for _, one in since(connection, a_context(), 0)]


def _files(home: Path) -> dict[str, str]:
    return {
        str(path.relative_to(home)): path.read_text() if path.is_file() else "/"
        for path in home.rglob("*")
        if path.name != "audit.head"
        and path.relative_to(home).parts[0] in {"audit", "blobs", "proposals", "signing-keys"}
    }


def _rewritten(file: Path, **members) -> Path:
    """The same backup with some members as another hand would write them; the manifest with it, if that is given."""
    changed = file.with_name("changed.zip")
    with ZipFile(file) as old, ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = members.pop(name, old.read(name))
            if data is not None:
                new.writestr(name, data(old.read(name)) if callable(data) else data)
        for name, data in members.items():
            new.writestr(name, data)
    return changed


def test_a_restored_house_is_the_one_that_was_backed_up(house, target, tmp_path):
    made = back_up(house, tmp_path / "b.zip")
    done = restore(target, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600
    assert _subjects(target.database) == ["before"]
    assert done["rows"] == made["rows"]
    assert done["audit"] == {"ok": True, "entries": 3, "first_bad": None, "why": None}
    assert _files(target.home) == {
        name: text for name, text in _files(house.home).items() if not name.startswith("signing")
    }


def test_what_comes_after_a_restore_comes_after_what_was_restored(house, target, tmp_path):
    for _ in range(3):
        _publish(house.database, "more")
    back_up(house, tmp_path / "b.zip")
    restore(target, tmp_path / "b.zip")
    _publish(target.database, "after")
    target.audit.append(a_context(), action="x", target="after", outcome=Outcome.SUCCEEDED)
    assert _subjects(target.database) == ["before", "more", "more", "more", "after"]
    assert target.audit.verify().ok


@into_postgres
def test_keys_are_taken_along_only_when_asked_for(house, target, tmp_path):
    assert back_up(house, tmp_path / "without.zip")["keys_left_out"]
    assert not back_up(house, tmp_path / "with.zip", with_keys=True)["keys_left_out"]
    restore(target, tmp_path / "with.zip")
    assert (target.home / "signing-keys").read_text() == "text"
    assert (target.home / "signing-keys").stat().st_mode & 0o077 == 0


def test_a_place_that_holds_something_is_replaced_only_by_force(house, tmp_path):
    back_up(house, tmp_path / "b.zip")
    _publish(house.database, "later")
    with pytest.raises(ConfirmationMissing) as caught:
        restore(house, tmp_path / "b.zip")
    assert "--force" in caught.value.hint
    assert _subjects(house.database) == ["before", "later"]
    done = restore(house, tmp_path / "b.zip", force=True)
    assert _subjects(house.database) == ["before"]
    assert {Path(one).name.partition(".")[0] for one in done["aside"]} == {"audit", "blobs", "proposals"}


@into_postgres
def test_rows_alone_are_something_too(house, target, tmp_path):
    back_up(house, tmp_path / "b.zip")
    _publish(target.database, "mine")
    with pytest.raises(ConfirmationMissing):
        restore(target, tmp_path / "b.zip")
    assert _subjects(target.database) == ["mine"]
    assert _files(target.home) == {}


@into_postgres
def test_a_dry_run_of_either_changes_nothing(house, target, tmp_path):
    back_up(house, tmp_path / "a.zip", only_look=True)
    assert not (tmp_path / "a.zip").exists()
    back_up(house, tmp_path / "b.zip")
    assert restore(target, tmp_path / "b.zip", only_look=True)["rows"]["events"] == 1
    assert _subjects(target.database) == []
    assert _files(target.home) == {}


@into_postgres
def test_a_backup_never_writes_over_another(house, tmp_path):
    back_up(house, tmp_path / "b.zip")
    with pytest.raises(UsageError, match="exists"):
        back_up(house, tmp_path / "b.zip")
    with pytest.raises(StorageFailed):
        back_up(house, tmp_path / "nowhere" / "b.zip")
    assert sorted(path.name for path in tmp_path.glob("*.zip*")) == ["b.zip"]


@into_postgres
def test_nothing_is_restored_under_a_running_server(house, tmp_path):
    import socket

    back_up(house, tmp_path / "b.zip")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(house.home / "server.sock"))
        server.listen()
        with pytest.raises(Busy, match="server"):
            restore(house, tmp_path / "b.zip", force=True)


def _with_manifest(file: Path, **changes) -> Path:
    return _rewritten(file, **{"manifest.json": lambda data: json.dumps(json.loads(data) | changes)})


@into_postgres
@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda file: _rewritten(file, **{"tables/events.jsonl": b"{}\n"}), FormatError),
        (lambda file: _rewritten(file, **{"tables/events.jsonl": None}), FormatError),
        (lambda file: _rewritten(file, **{"files/audit/more": b"x"}), FormatError),
        (lambda file: _rewritten(file, **{"manifest.json": b"{}"}), FormatError),
        (lambda file: _rewritten(file, **{"manifest.json": b"[]"}), FormatError),
        (lambda file: _rewritten(file, **{"manifest.json": None}), FormatError),
        (lambda file: _with_manifest(file, schema="fops.backup/v9"), FormatError),
        (lambda file: _with_manifest(file, digests=1), FormatError),
        (lambda file: _with_manifest(file, revision="9999"), StorageFailed),
        (lambda file: file.write_bytes(file.read_bytes()[:-200]) and file, FormatError),
        (lambda file: file.with_name("nothing.zip"), NotFound),
    ],
)
def test_what_is_no_whole_backup_is_refused_before_anything_changes(house, target, tmp_path, change, error):
    back_up(house, tmp_path / "b.zip")
    with pytest.raises(error):
        restore(target, change(tmp_path / "b.zip"))
    assert _subjects(target.database) == []
    assert _files(target.home) == {}


@into_postgres
@pytest.mark.parametrize("name", ["files/audit/../../out", "/files/out", "files/audit/..\\out"])
def test_a_member_that_would_leave_its_place_is_refused(house, target, tmp_path, name):
    import hashlib

    back_up(house, tmp_path / "b.zip")
    digest = f"sha256:{hashlib.sha256(b'x').hexdigest()}"

    def naming(data: bytes) -> str:
        document = json.loads(data)
        document["digests"][name] = digest
        return json.dumps(document)

    with pytest.raises(UnsafeInput):
        restore(target, _rewritten(tmp_path / "b.zip", **{"manifest.json": naming, name: b"x"}))
    assert not list(tmp_path.rglob("out"))


def test_a_restore_that_fails_half_way_leaves_all_as_it_was(house, target, tmp_path):
    back_up(house, tmp_path / "b.zip")
    _publish(target.database, "mine")
    target.audit.append(a_context(), action="x", target="mine", outcome=Outcome.SUCCEEDED)
    before = _files(target.home)
    lies = {"operations": 7}  # so that it notices only when other tables are filled
    with ZipFile(tmp_path / "b.zip") as archive:
        tables = json.loads(archive.read("manifest.json"))["tables"]
    with pytest.raises(FormatError, match="operations"):
        restore(target, _with_manifest(tmp_path / "b.zip", tables=tables | lies), force=True)
    assert _subjects(target.database) == ["mine"]
    assert _files(target.home) == before
    assert target.audit.verify().entries == 1


def test_a_restore_that_is_killed_leaves_the_rows_as_they_were(house, target, tmp_path):
    back_up(house, tmp_path / "b.zip")
    _publish(target.database, "mine")
    killed = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom fops.bootstrap import open_app\n"
        "from fops.bootstrap.settings import Settings\nfrom fops.bootstrap.backup import restore\n"
        "from fops.storage.backup import Folders\n"
        "Folders.move_in = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "restore(open_app(Settings(flags={'FOPS_HOME': sys.argv[1], 'DATABASE_URL': sys.argv[2]})), Path(sys.argv[3]), force=True)"
    )
    words = [sys.executable, "-c", killed, str(target.home), target.database_url, str(tmp_path / "b.zip")]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    assert _subjects(target.database) == ["mine"]
    assert _files(target.home) == {}
    restore(target, tmp_path / "b.zip", force=True)
    assert _subjects(target.database) == ["before"]
    assert not [path for path in target.home.iterdir() if "restored" in path.name]


def test_a_backup_of_an_older_program_is_brought_up_to_date(house, target, tmp_path):
    row = {"tenant": "default", "id": "opn_a", "kind": "k", "subject": "s", "actor": "local:ada", "door": "cli",
           "request_id": "req_a", "status": "succeeded", "detail": "", "started_at": AT, "finished_at": AT}  # fmt: skip
    import hashlib

    back_up(house, tmp_path / "b.zip")
    line = json.dumps(row).encode() + b"\n"

    def older(data: bytes) -> str:
        document = json.loads(data)
        first = (
            "operations",
            "operation_events",
            "events",
            "provenance_nodes",
            "provenance_links",
            "proposals",
        )
        document["revision"] = "0001"
        document["tables"] = {name: document["tables"][name] for name in first} | {"operations": 1}
        document["digests"]["tables/operations.jsonl"] = f"sha256:{hashlib.sha256(line).hexdigest()}"
        return json.dumps(document)

    restore(
        target, _rewritten(tmp_path / "b.zip", **{"manifest.json": older, "tables/operations.jsonl": line})
    )
    table = METADATA.tables["operations"]
    with target.database.read() as connection:
        assert connection.execute(select(table.c.id, table.c.result)).all() == [("opn_a", None)]
    assert _subjects(target.database) == ["before"]


def test_what_is_written_meanwhile_is_in_it_whole_or_not(house, target, tmp_path):
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with house.database.write() as connection:
                for subject in ("first", "second"):
                    publish(connection, a_context(), Event(kind="k", subject=subject, data={}), at=AT)
            house.audit.append(a_context(), action="x", target="y", outcome=Outcome.SUCCEEDED)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            back_up(house, tmp_path / f"{number}.zip")
    finally:
        stop.set()
        writer.join()
    assert restore(target, tmp_path / "2.zip")["audit"]["ok"]
    found = _subjects(target.database)
    assert found.count("first") == found.count("second") > 0


def test_only_kinds_of_columns_that_a_backup_can_hold_are_declared():
    for table in METADATA.sorted_tables:
        for column in table.columns:
            held = (
                isinstance(column.type, (JSON, Float, Integer, LargeBinary, String))
                or column.type.python_type is bool
            )
            assert held, f"{table.name}.{column.name}"


def _value(column) -> st.SearchStrategy:
    some = _SOME[next(kind for kind in _SOME if isinstance(column.type, kind))]
    if isinstance(column.type, String):
        some = some.map(lambda text: text[: column.type.length or 200])
    return st.none() | some if column.nullable else some


_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
_JSON = st.dictionaries(
    _TEXT,
    _TEXT | st.integers(-(2**53), 2**53) | st.booleans() | st.none() | st.lists(_TEXT, max_size=2),
    max_size=3,
)
_SOME = {
    JSON: _JSON,
    Float: st.floats(allow_nan=False, allow_infinity=False),
    Integer: st.integers(1, 2**31 - 1),
    LargeBinary: st.binary(max_size=20),
    String: _TEXT,
    object: st.booleans(),
}


@st.composite
def _rows(draw) -> dict[str, list[dict]]:
    """Some rows of every table whose links all lead somewhere."""
    made: dict[str, list[dict]] = {}
    for table in METADATA.sorted_tables:
        key = [column.name for column in table.primary_key]
        rows = st.fixed_dictionaries({column.name: _value(column) for column in table.columns})
        some = draw(
            st.lists(rows, max_size=4, unique_by=lambda row, key=key: tuple(row[name] for name in key))
        )
        for constraint in table.foreign_key_constraints:
            parents = made[constraint.referred_table.name]
            some = some if parents else []
            for row in some:
                parent = draw(st.sampled_from(parents))
                row.update({one.parent.name: parent[one.column.name] for one in constraint.elements})
        unique = [tuple(column.name for column in index.columns) for index in table.indexes if index.unique]
        made[table.name] = _distinct(some, [tuple(key), *unique])
    return made


def _distinct(rows: list[dict], keys: list[tuple[str, ...]]) -> list[dict]:
    seen: set = set()
    kept = []
    for row in rows:
        mine = {(key, tuple(repr(row[name]) for name in key)) for key in keys}
        if not mine & seen:
            kept.append(row)
        seen |= mine
    return kept


def _tables(database: Database, file: Path) -> dict[str, list[dict]]:
    write_backup(database, file, files=list, made_at=AT, program="test")
    with opened(file) as backup:
        found = {name: list(backup.rows(name)) for name in backup.manifest.tables}
    return {name: sorted(rows, key=json.dumps) for name, rows in found.items()}


def _into(database: Database, file: Path) -> None:
    with opened(file) as backup, database.write() as connection:
        assert isinstance(backup, Backup)
        restore_rows(connection, backup)


@given(rows=_rows())
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_rows_go_from_one_kind_into_the_other_and_back(postgres, tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("kinds")
    with postgres.empty() as url:
        first, middle, last = (
            Database(one) for one in (f"sqlite:///{folder / 'a.db'}", url, f"sqlite:///{folder / 'b.db'}")
        )
        with first.write() as connection:
            for table in METADATA.sorted_tables:
                if rows[table.name]:
                    connection.execute(insert(table), rows[table.name])
        given_rows = _tables(first, folder / "a.zip")
        _into(middle, folder / "a.zip")
        assert _tables(middle, folder / "b.zip") == given_rows
        _into(last, folder / "b.zip")
        assert _tables(last, folder / "c.zip") == given_rows
        for one in (first, middle, last):
            one.close()
