"""`files.write`: all files or none; what stands there already and differs is never overwritten."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from fops.actions.contracts import FILES_WRITE, FilesToWrite, ProposedFile
from fops.actions.model import Action, Effect, Honesty, Preview
from fops.kernel import interrupts
from fops.kernel.context import RequestContext
from fops.kernel.errors import Final, StorageFailed, UnsafeInput


def _preview(_ctx: RequestContext, request: FilesToWrite) -> Preview:
    _refuse_replacing(request)
    return Preview(
        honesty=Honesty.CLIENT, changes=tuple(f"write {request.folder}/{file.path}" for file in request.files)
    )


def _perform(_ctx: RequestContext, request: FilesToWrite) -> Mapping[str, Any]:
    _refuse_replacing(request)
    root = Path(request.folder)
    made: list[Path] = []
    try:
        with interrupts.allowed():
            staged = [_stage(_inside(root, file.path), file, made) for file in request.files]
        for temporary, path in staged:
            temporary.replace(path)
    except BaseException as error:
        _remove(made)
        if isinstance(error, OSError):
            raise StorageFailed(
                f"{root}: {error.strerror}", hint="check free space and write access"
            ) from error
        raise
    return {"folder": str(root), "files": [file.path for file in request.files]}


def _stage(path: Path, file: ProposedFile, made: list[Path]) -> tuple[Path, Path]:
    """The file's text on disk under another name beside its place; `made` hears of everything new."""
    for folder in reversed([one for one in path.parents if not one.exists()]):
        made.append(folder)
        folder.mkdir(exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".fops-")
    made.append(Path(name))
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(file.text.encode("utf-8", "surrogateescape"))
    Path(name).chmod(0o755 if file.executable else 0o644)
    return Path(name), path


def _remove(made: list[Path]) -> None:
    for path in reversed(made):
        with contextlib.suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()


def _refuse_replacing(request: FilesToWrite) -> None:
    root = Path(request.folder)
    for file in request.files:
        path = _inside(root, file.path)
        if path.exists() and file.path not in request.may_replace and not _is_same(path, file):
            raise Final(
                f"{path} exists and differs; nothing was written",
                hint="move it away, or choose another --output folder",
            )


def _is_same(path: Path, file: ProposedFile) -> bool:
    return path.is_file() and path.read_bytes() == file.text.encode("utf-8", "surrogateescape")


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
    idempotent=True,
)
