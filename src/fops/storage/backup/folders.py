"""The files of a backup: found in their folders, and put back with a way to undo it."""

from __future__ import annotations

import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from fops.kernel.errors import StorageFailed
from fops.storage.backup.archive import Backup
from fops.storage.backup.model import Member


def members(name: str, place: Path) -> Iterator[Member]:
    """Everything below a folder, or a single file, as it is now; links, sockets and what vanishes stay out."""
    for path in [place, *sorted(place.rglob("*"))]:
        inner = "/".join(("files", name, *path.relative_to(place).parts))
        with suppress(FileNotFoundError):
            state = path.lstat()
            if stat.S_ISDIR(state.st_mode):
                yield Member(name=f"{inner}/", source=None, mode=0o700)
            elif stat.S_ISREG(state.st_mode):
                yield Member(name=inner, source=path, size=state.st_size, mode=state.st_mode & 0o700)


class Folders:
    """The folders and files of a backup, written beside their places and then moved in. Use as a context: an error undoes it.

    `places` says where each goes; a folder that the backup lacks stays as it is. `aside` holds what was there before.
    """

    def __init__(self, backup: Backup, places: Mapping[str, Path]) -> None:
        self._staged: list[tuple[Path, Path]] = []
        self._moved: list[tuple[Path, Path | None]] = []
        self.aside: list[Path] = []
        names = {place.parts[0] for place, _ in backup.files()}
        try:
            for name in sorted(names & places.keys()):
                self._stage(backup, name, places[name])
        except OSError as error:
            self._clean()
            raise StorageFailed(
                f"{error.filename or 'the data directory'} cannot be written: {error.strerror or error}",
                hint="check free space and write access",
            ) from error

    def _stage(self, backup: Backup, name: str, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in place.parent.glob(f".{place.name}.restored-*"):  # by one that was killed
            shutil.rmtree(left, ignore_errors=True)
        staged = Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name}.restored-"))
        self._staged.append((staged, place))
        for inner, info in backup.files():
            if inner.parts[0] != name:
                continue
            path = staged.joinpath(place.name, *inner.parts[1:])
            if info.is_dir():
                path.mkdir(parents=True, exist_ok=True, mode=0o700)
                continue
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with backup.open(info) as source, path.open("xb") as target:
                shutil.copyfileobj(source, target)
            path.chmod((info.external_attr >> 16 & 0o700) | 0o400)

    def move_in(self, stamp: str) -> None:
        """Put them in their places; what was there is kept beside, named with the stamp. Raises StorageFailed."""
        try:
            for staged, place in self._staged:
                before = place.with_name(f"{place.name}.before-{stamp}") if place.exists() else None
                if before:
                    place.rename(before)
                    self.aside.append(before)
                self._moved.append((place, before))
                (staged / place.name).rename(place)
        except OSError as error:
            raise StorageFailed(f"{error.filename} cannot be moved: {error.strerror}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        if kind is not None:
            for place, before in reversed(self._moved):
                _remove(place)
                if before:
                    before.rename(place)
        self._clean()

    def _clean(self) -> None:
        for staged, _ in self._staged:
            shutil.rmtree(staged, ignore_errors=True)


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)
