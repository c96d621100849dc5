"""`change_request.create`, provider `local`: git plumbing only; the work tree and the index are never touched."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fops.actions.contracts import CHANGE_REQUEST_CREATE, ChangeRequest, proposal_of
from fops.actions.model import Action, Effect, Honesty, Preview
from fops.kernel import git, interrupts
from fops.kernel.context import RequestContext
from fops.kernel.errors import StorageFailed

_NOBODY = ("F-Ops", "fops@localhost")  # the committer where git knows no user
MADE = ".made.json"  # in a proposal's folder: which branch, where, at which commit
MAX_SNAPSHOT_FILE = 10 * 1024 * 1024  # bytes; a folder's larger files are data, and stay where they are


def create_change_request(home: Path) -> Action:
    """The action, keeping texts, patches and clones below `home/proposals`."""
    proposals = home / "proposals"

    def perform(_ctx: RequestContext, request: ChangeRequest) -> Mapping[str, Any]:
        return _create(proposals, request)

    return Action(
        name=CHANGE_REQUEST_CREATE,
        implements=CHANGE_REQUEST_CREATE,
        provider="local",
        summary="put files on a new branch, with the text of a pull request beside it",
        effect=Effect.PROPOSE,
        permission="change_request.create",
        parameters=ChangeRequest,
        perform=perform,
        preview=_preview,
        undo=_undo,
        abandoned=lambda ctx: _abandoned(proposals, ctx),
    )


def _preview(_ctx: RequestContext, request: ChangeRequest) -> Preview:
    where = request.repository or "a new bare repository beside the pull-request text"
    changes = [f"branch {request.branch} in {where}", *(f"  {file.path}" for file in request.files)]
    return Preview(honesty=Honesty.CLIENT, changes=tuple(changes))


def _create(proposals: Path, request: ChangeRequest) -> Mapping[str, Any]:
    folder, making = (
        proposals / request.proposal_id,
        proposals / f".{request.proposal_id}-{secrets.token_hex(4)}",
    )
    try:
        with interrupts.allowed():
            made = _build(making, folder, request)
            making.rename(folder)
            _move_branch(git.Repository(Path(made["git_dir"])), request, made["commit"])
    except OSError as error:
        _remove(making, folder)
        raise StorageFailed(
            f"{folder}: {error.strerror}", hint="check free space and write access"
        ) from error
    except BaseException:
        _remove(making, folder)
        raise
    return {
        "pr_url": (folder / "PULL_REQUEST.md").as_uri(),
        "branch": request.branch,
        "commit": made["commit"],
        "repository": made["repository"],
        "folder": str(folder),
    }


def _remove(making: Path, folder: Path) -> None:
    """What this run made, and nothing that another put into its place."""
    if _made(folder).get("as") == making.name:
        shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(making, ignore_errors=True)


def _made(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / MADE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _abandoned(proposals: Path, ctx: RequestContext) -> str:
    """Take back what an attempt left that was cut: its folder, and the branch where it still is at its commit."""
    name = proposal_of(ctx.operation_id or "")
    folder = proposals / name
    made = _made(folder)
    for unfinished in proposals.glob(f".{name}-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    if not made:
        return "it had not come to its branch"
    git.unset_branch(git.Repository(Path(made["git_dir"])), made["branch"], made["commit"], earlier=made["replaces"])  # fmt: skip
    shutil.rmtree(folder, ignore_errors=True)
    return f"branch {made['branch']} at {made['commit'][:12]} was taken back"


def _undo(_ctx: RequestContext, request: ChangeRequest, made: Mapping[str, Any]) -> None:
    repository = git.find_repository(Path(made["repository"]))
    if repository is not None:
        git.unset_branch(repository, request.branch, made["commit"], earlier=request.replaces)
    shutil.rmtree(made["folder"], ignore_errors=True)


def _build(making: Path, folder: Path, request: ChangeRequest) -> dict[str, Any]:
    """All but the branch, which nobody sees until it points at the commit; and what finds it again: `MADE`."""
    _make(making)
    repository, base = _repository(making, request)
    commit = _commit(repository, base, request)
    (making / "PULL_REQUEST.md").write_text(request.body, encoding="utf-8")
    (making / "change.patch").write_bytes(git.patch(repository, commit))
    place = repository.work_tree or repository.git_dir
    made = {"as": making.name, "branch": request.branch, "commit": commit, "replaces": request.replaces,
            "git_dir": _moved(repository.git_dir, making, folder), "repository": _moved(place, making, folder)}  # fmt: skip
    (making / MADE).write_text(json.dumps(made), encoding="utf-8")
    return made


def _moved(path: Path, making: Path, folder: Path) -> str:
    return str(folder / path.relative_to(making) if path.is_relative_to(making) else path)


def _move_branch(repository: git.Repository, request: ChangeRequest, commit: str) -> None:
    """The branch as a whole: a git stopped half-way would leave its lock behind."""
    try:
        with interrupts.deferred():
            git.set_branch(repository, request.branch, commit, expected=request.replaces)
    except KeyboardInterrupt:
        git.unset_branch(repository, request.branch, commit, earlier=request.replaces)
        raise


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise StorageFailed(
            f"{folder} cannot be made: {error.strerror}", hint="set FOPS_HOME to a folder you may write"
        ) from error


def _repository(folder: Path, request: ChangeRequest) -> tuple[git.Repository, str | None]:
    """Where the branch goes, and the commit it starts from."""
    if request.repository is not None:
        path = Path(request.repository)
        return git.find_repository(path) or git.Repository(path), request.base
    bare = folder / "repository.git"
    if request.clone_of is not None:
        shutil.copytree(request.clone_of, bare)
        return git.Repository(bare), request.base
    repository = git.init_bare(bare)
    base = _snapshot(repository, Path(request.snapshot)) if request.snapshot else None
    return repository, base


def _snapshot(repository: git.Repository, folder: Path) -> str:
    """The plain folder as a first commit on `main`, so that the branch has something to differ from."""
    files = [
        git.NewFile(path, data, executable=executable) for path, data, executable in _regular_files(folder)
    ]
    commit = git.commit_files(
        repository,
        files,
        base=None,
        message=f"{folder.name} as it was found\n",
        signature=_signature(repository),
    )
    git.set_branch(repository, "main", commit, expected=None)
    return commit


def _regular_files(folder: Path) -> list[tuple[str, bytes, bool]]:
    found = []
    for top, folders, names in os.walk(folder):
        folders[:] = [
            name for name in folders if name not in {".git", "node_modules", ".venv", "venv", "__pycache__"}
        ]
        for name in sorted(names):
            path = Path(top, name)
            if not path.is_symlink() and path.is_file() and path.stat().st_size <= MAX_SNAPSHOT_FILE:
                found.append(
                    (path.relative_to(folder).as_posix(), path.read_bytes(), os.access(path, os.X_OK))
                )
    return found


def _commit(repository: git.Repository, base: str | None, request: ChangeRequest) -> str:
    files = [
        git.NewFile(file.path, file.text.encode("utf-8", "surrogateescape"), file.executable)
        for file in request.files
    ]
    return git.commit_files(
        repository, files, base=base, message=request.message, signature=_signature(repository)
    )


def _signature(repository: git.Repository) -> git.Signature:
    name, email = git.user(repository) or _NOBODY
    return git.Signature(name, email, f"{int(time.time())} +0000")
