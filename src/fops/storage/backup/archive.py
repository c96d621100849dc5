"""A backup that was opened and found whole."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from fops.kernel.errors import FormatError, NotFound, StorageFailed, UnsafeInput
from fops.storage.backup.model import MANIFEST, Manifest, read_manifest
from fops.storage.versions import known

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """An open backup, every member of which has the digest that its manifest gives."""

    manifest: Manifest
    _archive: ZipFile

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows of a table."""
        with self._archive.open(f"tables/{table}.jsonl") as lines:
            for line in lines:
                yield json.loads(line)

    def files(self) -> Iterator[tuple[PurePosixPath, ZipInfo]]:
        """The files and folders: each place below `files/`, and the entry to open."""
        for info in self._archive.infolist():
            if info.filename.startswith("files/"):
                yield PurePosixPath(info.filename).relative_to("files"), info

    def open(self, info: ZipInfo) -> IO[bytes]:
        """The bytes of an entry."""
        return self._archive.open(info)


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """A backup for the length of a block, checked whole before anything is taken from it.

    Raises NotFound, StorageFailed, FormatError for what is no backup or was changed, UnsafeInput for a member that
    would leave its place.
    """
    try:
        archive = ZipFile(path)
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {path}") from error
    except OSError as error:
        raise StorageFailed(f"{path} cannot be read: {error.strerror or error}") from error
    except BadZipFile as error:
        raise FormatError(f"{path} is no backup: {error}") from error
    with archive:
        yield Backup(_checked(archive, path), archive)


def _checked(archive: ZipFile, path: Path) -> Manifest:
    try:
        manifest = read_manifest(json.loads(archive.read(MANIFEST)), path)
        found = {
            info.filename: _digest(archive, info) for info in archive.infolist() if info.filename != MANIFEST
        }
    except (KeyError, ValueError, RuntimeError, BadZipFile, zlib.error, EOFError) as error:
        raise FormatError(f"{path} is no backup, or is damaged: {error}") from error
    if len(found) + 1 < len(archive.namelist()):
        raise FormatError(f"{path}: a name stands there twice")
    for name in sorted({*found, *manifest.digests}):
        if found.get(name) != manifest.digests.get(name):
            raise FormatError(
                f"{path}: {name} is not what was backed up", hint="take another copy of the file"
            )
        if name.startswith("/") or ".." in PurePosixPath(name).parts or "\\" in name:
            raise UnsafeInput(f"{path}: {name!r} would leave its place")
    known(manifest.revision)
    return manifest


def _digest(archive: ZipFile, info: ZipInfo) -> str:
    digest = hashlib.sha256()
    with archive.open(info) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return f"sha256:{digest.hexdigest()}"
