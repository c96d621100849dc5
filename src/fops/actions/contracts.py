"""Actions that features ask for and packs implement: parameters only, no behaviour."""

from __future__ import annotations

from pydantic import Field

from fops.actions.model import Parameters

CHANGE_REQUEST_CREATE = "change_request.create"
CHANGE_REQUEST_LIST = "change_request.list"
FILES_WRITE = "files.write"


def proposal_of(operation_id: str) -> str:
    """The id of an operation's proposal: the same in every attempt, so that there is one."""
    return f"pro_{operation_id.rpartition('_')[2]}"


class ProposedFile(Parameters):
    """A file of a change request or of `files.write`; `path` is relative, POSIX, without `..`."""

    path: str = Field(min_length=1)
    text: str
    executable: bool = False


class ChangeRequest(Parameters):
    """`change_request.create`: one commit on a new branch, and the text that explains it.

    `repository` is the work tree or bare repository the branch goes into, or its address on a forge; None gives a new
    bare repository beside the text, made from `clone_of` (a git directory) or from nothing with `snapshot` (a plain
    folder) as its base. `base` is the commit it stands on, `into` the branch it is to be merged into, which a forge has
    to know. `replaces` is the branch's commit that this one takes the place of. Without files the branch is as it is
    to be, and lacks its pull request. Result: `pr_url`, `branch`, `commit`, `repository`, `folder`.
    """

    proposal_id: str
    repository: str | None
    clone_of: str | None = None
    snapshot: str | None = None
    base: str | None
    into: str | None = None
    replaces: str | None = None
    branch: str
    title: str
    body: str
    message: str
    files: tuple[ProposedFile, ...] = Field(strict=False)


class ChangeRequestsWanted(Parameters):
    """`change_request.list`: the branches of a forge's repository whose names begin with `prefix`.

    Result: `change_requests`, each with `branch`, `commit`, `pr_url` (None where none was ever opened) and `state`:
    `open`, `merged`, `closed` or `none`.
    """

    repository: str
    prefix: str


class FilesToWrite(Parameters):
    """`files.write`: write files below a folder; existing files with other contents are refused unless listed."""

    folder: str
    files: tuple[ProposedFile, ...] = Field(strict=False)
    may_replace: tuple[str, ...] = Field(default=(), strict=False)
