"""Large outputs by their digest: files that are written once and never change."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from fops.kernel.canonical import digest_bytes
from fops.kernel.errors import NotFound, StorageFailed


class Blobs:
    """Content-addressed files below one folder, mode 0600."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes) -> str:
        """Keep the bytes; returns their digest `sha256:…`. Raises StorageFailed."""
        name = digest_bytes(data)
        path = self._path(name)
        if not path.exists():
            _write(path, data)
        return name

    def get(self, name: str) -> bytes:
        """The bytes of a digest. Raises NotFound."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(f"no blob {name}") from error

    def _path(self, name: str) -> Path:
        bare = name.removeprefix("sha256:")
        return self._folder / bare[:2] / bare[2:]


def _write(path: Path, data: bytes) -> None:
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            with contextlib.suppress(FileNotFoundError):
                Path(temporary).unlink()
        raise StorageFailed(
            f"{path.parent}: {error.strerror}", hint="check free space and write access"
        ) from error
