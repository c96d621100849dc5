"""`change_request.create`, provider `local`: git plumbing only; the work tree and the index are never touched."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fops.actions.contracts import CHANGE_REQUEST_CREATE, ChangeRequest
from fops.actions.model import Action, Effect, Honesty, Preview
from fops.kernel import git, interrupts
from fops.kernel.context import RequestContext
from fops.kernel.errors import StorageFailed

_NOBODY = ("F-Ops", "fops@localhost")  # the committer where git knows no user
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
    )


def _preview(_ctx: RequestContext, request: ChangeRequest) -> Preview:
    where = request.repository or "a new bare repository beside the pull-request text"
    changes = [f"branch {request.branch} in {where}", *(f"  {file.path}" for file in request.files)]
    return Preview(honesty=Honesty.CLIENT, changes=tuple(changes))


def _create(proposals: Path, request: ChangeRequest) -> Mapping[str, Any]:
    folder = proposals / request.proposal_id
    try:
        with interrupts.allowed():
            repository, commit = _build(folder, request)
            _move_branch(repository, request, commit)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise StorageFailed(
            f"{folder}: {error.strerror}", hint="check free space and write access"
        ) from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return {
        "pr_url": (folder / "PULL_REQUEST.md").as_uri(),
        "branch": request.branch,
        "commit": commit,
        "repository": str(repository.work_tree or repository.git_dir),
        "folder": str(folder),
    }


def _undo(_ctx: RequestContext, request: ChangeRequest, made: Mapping[str, Any]) -> None:
    repository = git.find_repository(Path(made["repository"]))
    if repository is not None:
        git.unset_branch(repository, request.branch, made["commit"], earlier=request.replaces)
    shutil.rmtree(made["folder"], ignore_errors=True)


def _build(folder: Path, request: ChangeRequest) -> tuple[git.Repository, str]:
    """All but the branch: what nobody sees until it points at the commit."""
    _make(folder)
    repository, base = _repository(folder, request)
    commit = _commit(repository, base, request)
    (folder / "PULL_REQUEST.md").write_text(request.body, encoding="utf-8")
    (folder / "change.patch").write_bytes(git.patch(repository, commit))
    return repository, commit


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
