"""Write a backup: all rows as one state, then the files that they name."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import Connection, LargeBinary, Table, select

from fops.kernel.errors import StorageFailed
from fops.kernel.interrupts import allowed
from fops.storage.backup.model import MANIFEST, Manifest, Member
from fops.storage.database import Database
from fops.storage.schema import METADATA
from fops.storage.versions import head

_ROWS = 1000  # read and kept in memory at a time
_CHUNK = 1 << 20


def back_up(
    database: Database,
    to: Path,
    *,
    files: Callable[[], Iterable[Member]],
    made_at: str,
    program: str,
) -> Manifest:
    """Write a backup to a new file with mode 0600, whole or not at all. Nobody has to stop for it.

    `files` is asked once the rows are read: a file is there before the row that names it. Raises StorageFailed, and
    what Database raises.
    """
    try:
        descriptor, temporary = tempfile.mkstemp(dir=to.parent, prefix=f".{to.name}.")
        try:
            with os.fdopen(descriptor, "w+b") as stream:
                manifest = _write(stream, database, files, made_at=made_at, program=program)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).replace(to)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise StorageFailed(
            f"{to} cannot be written: {error.strerror or error}", hint="name a file in a folder you may write"
        ) from error
    return manifest


def _write(
    stream: BinaryIO, database: Database, files: Callable[[], Iterable[Member]], *, made_at: str, program: str
) -> Manifest:
    tables, digests = {}, {}
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        with database.read() as connection, allowed():
            for table in METADATA.sorted_tables:
                name = f"tables/{table.name}.jsonl"
                rows = _lines(connection, table)
                digests[name], tables[table.name] = _put(archive, Member(name=name, source=None), rows)
        for member in files():
            with suppress(FileNotFoundError), _source(member) as source:
                digests[member.name] = _put(archive, member, _up_to(source, member.size))[0]
        manifest = Manifest(made_at=made_at, program=program, database=database.kind, revision=head(),
                            tables=tables, digests=digests)  # fmt: skip
        archive.writestr(_info(MANIFEST, 0o600), json.dumps(manifest.as_json(), indent=1))
    return manifest


def _put(archive: ZipFile, member: Member, chunks: Iterable[bytes]) -> tuple[str, int]:
    """Write a member; returns its digest and of how many pieces it came."""
    digest, count = hashlib.sha256(), 0
    with archive.open(_info(member.name, member.mode), "w", force_zip64=True) as out:
        for chunk in chunks:
            out.write(chunk)
            digest.update(chunk)
            count += 1
    return f"sha256:{digest.hexdigest()}", count


def _info(name: str, mode: int) -> ZipInfo:
    info = ZipInfo(name)  # with the format's first day as its time: the same rows make the same bytes
    info.external_attr = mode << 16
    info.compress_type = ZIP_DEFLATED
    return info


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    binary = {column.name for column in table.columns if isinstance(column.type, LargeBinary)}
    streamed = connection.execution_options(yield_per=_ROWS)
    for row in streamed.execute(select(table).order_by(*table.primary_key)).mappings():
        values = {name: _text(value) if name in binary else value for name, value in row.items()}
        yield json.dumps(values, separators=(",", ":")).encode() + b"\n"


def _text(value: bytes | None) -> Any:
    return None if value is None else base64.b64encode(value).decode()


def _source(member: Member) -> BinaryIO:
    """Opened before anything is written of it: a file may vanish until then."""
    return member.source.open("rb") if isinstance(member.source, Path) else BytesIO(member.source or b"")


def _up_to(source: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (chunk := source.read(min(size, _CHUNK))):
        size -= len(chunk)
        yield chunk
