"""`files.write`: all files or none; what stands there already and differs is never overwritten."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from stat import S_IMODE
from typing import Any

from fops.actions.contracts import FILES_WRITE, FilesToWrite, ProposedFile
from fops.actions.model import Action, Effect, Honesty, Preview
from fops.kernel import interrupts
from fops.kernel.context import RequestContext
from fops.kernel.errors import Final, StorageFailed, UnsafeInput


@dataclass(frozen=True, slots=True)
class _Before:
    """What stood at a place: None where there was no file."""

    path: Path
    data: bytes | None
    mode: int


class _Written(dict[str, Any]):
    """The result, with what undoing it needs: in memory alone, since no record may hold the texts of files."""

    def __init__(self, answer: Mapping[str, Any], *, before: list[_Before], made: list[Path]) -> None:
        super().__init__(answer)
        self.before = before
        self.made = made


def _preview(_ctx: RequestContext, request: FilesToWrite) -> Preview:
    _refuse_replacing(request)
    return Preview(
        honesty=Honesty.CLIENT, changes=tuple(f"write {request.folder}/{file.path}" for file in request.files)
    )


def _perform(_ctx: RequestContext, request: FilesToWrite) -> Mapping[str, Any]:
    _refuse_replacing(request)
    root = Path(request.folder)
    made: list[Path] = []
    before: list[_Before] = []
    try:
        with interrupts.allowed():
            staged = [
                _stage(_inside(root, file.path), _bytes(file), _mode(file), made) for file in request.files
            ]
        for temporary, path in staged:
            was = _as_it_is(path)
            temporary.replace(path)
            before.append(was)
    except BaseException as error:
        _take_back(before, made)
        if isinstance(error, OSError):
            raise StorageFailed(
                f"{root}: {error.strerror}", hint="check free space and write access"
            ) from error
        raise
    answer = {"folder": str(root), "files": [file.path for file in request.files]}
    return _Written(answer, before=before, made=made)


def _undo(_ctx: RequestContext, _request: FilesToWrite, written: Mapping[str, Any]) -> None:
    if isinstance(written, _Written):
        _take_back(written.before, written.made)


def _as_it_is(path: Path) -> _Before:
    there = path.is_file()
    return _Before(path, path.read_bytes() if there else None, S_IMODE(path.stat().st_mode) if there else 0)


def _take_back(before: list[_Before], made: list[Path]) -> None:
    """All as it was: new files go first, which makes the room that the old texts may need on a full disk."""
    for one in before:
        if one.data is None:
            _remove([one.path])
    _remove(made)
    for one in before:
        if one.data is not None:
            _put_back(one.path, one.data, one.mode)


def _put_back(path: Path, data: bytes, mode: int) -> None:
    staged: list[Path] = []
    try:
        temporary, _ = _stage(path, data, mode, staged)
        temporary.replace(path)
    except OSError as error:
        _remove(staged)
        raise StorageFailed(
            f"{path} could not be put back: {error.strerror}", hint="take it from version control"
        ) from error


def _stage(path: Path, data: bytes, mode: int, made: list[Path]) -> tuple[Path, Path]:
    """A file's contents on disk under another name beside its place; `made` hears of everything new."""
    for folder in reversed([one for one in path.parents if not one.exists()]):
        made.append(folder)
        folder.mkdir(exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".fops-")
    made.append(Path(name))
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(data)
    Path(name).chmod(mode)
    return Path(name), path


def _remove(made: list[Path]) -> None:
    for path in reversed(made):
        with contextlib.suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()


def _refuse_replacing(request: FilesToWrite) -> None:
    root = Path(request.folder)
    for file in request.files:
        path = _inside(root, file.path)
        within = path.parents[: len(PurePosixPath(file.path).parts) - 1]
        barred = next((one for one in within if one.exists() and not one.is_dir()), None)
        if barred:
            raise Final(
                f"{barred} is no folder; nothing was written",
                hint="move it away, or choose another --output folder",
            )
        if path.exists() and file.path not in request.may_replace and not _is_same(path, file):
            raise Final(
                f"{path} exists and differs; nothing was written",
                hint="move it away, or choose another --output folder",
            )


def _is_same(path: Path, file: ProposedFile) -> bool:
    return path.is_file() and path.read_bytes() == _bytes(file)


def _bytes(file: ProposedFile) -> bytes:
    return file.text.encode("utf-8", "surrogateescape")


def _mode(file: ProposedFile) -> int:
    return 0o755 if file.executable else 0o644


def _inside(root: Path, path: str) -> Path:
    parts = PurePosixPath(path).parts
    place = root.joinpath(*parts)
    if (
        PurePosixPath(path).is_absolute()
        or ".." in parts
        or not place.resolve().is_relative_to(root.resolve())
    ):
        raise UnsafeInput(f"{path!r} leaves {root}", hint="a symlink inside the folder may point outside")
    return place


WRITE = Action(
    name=FILES_WRITE,
    summary="write files below a folder",
    effect=Effect.CHANGE,
    permission="files.write",
    parameters=FilesToWrite,
    perform=_perform,
    preview=_preview,
    undo=_undo,
    idempotent=True,
)
