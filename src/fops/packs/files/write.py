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
    written: list[Path] = []
    try:
        for file in request.files:
            path = _inside(root, file.path)
            fresh = not path.exists()
            _write(path, file)
            if fresh:
                written.append(path)
    except BaseException as error:
        for path in written:
            with contextlib.suppress(OSError):
                path.unlink()
        if isinstance(error, OSError):
            raise StorageFailed(
                f"{root}: {error.strerror}", hint="check free space and write access"
            ) from error
        raise
    return {"folder": str(root), "files": [file.path for file in request.files]}


def _write(path: Path, file: ProposedFile) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".fops-")
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(file.text.encode("utf-8", "surrogateescape"))
        Path(temporary).chmod(0o755 if file.executable else 0o644)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise


def _refuse_replacing(request: FilesToWrite) -> None:
    root = Path(request.folder)
    for file in request.files:
        path = _inside(root, file.path)
        if (
            path.exists()
            and file.path not in request.may_replace
            and path.read_bytes() != file.text.encode("utf-8", "surrogateescape")
        ):
            raise Final(
                f"{path} exists and differs; nothing was written",
                hint="move it away, or choose another --output folder",
            )


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
