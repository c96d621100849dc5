"""Trees, commits and refs: one commit with any number of files in three requests, never a forced update."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from fops.actions.contracts import ProposedFile
from fops.kernel.errors import Final, InDoubt, NotFound, Transient
from fops.packs.github.address import Repo
from fops.packs.github.connection import Connection
from fops.packs.github.failures import Answer, failure

T = TypeVar("T")


def twice(call: Callable[[], T]) -> T:
    """What may be asked again when nobody knows whether it was done: it makes content, whose name is its digest."""
    try:
        return call()
    except InDoubt:
        return call()


def settled(send: Callable[[], T], look: Callable[[], T | None]) -> T:
    """What `send` gives; where nobody knows whether it was done, what `look` finds, else it is sent once more.

    For writes that GitHub refuses to do twice. Raises InDoubt where it stays silent twice and nothing is found.
    """
    for left in (1, 0):
        try:
            return send()
        except InDoubt as doubt:
            found = _found(look, doubt)
            if found is not None:
                return found
            if not left:
                raise
    raise AssertionError


def _found(look: Callable[[], T | None], doubt: InDoubt) -> T | None:
    try:
        return look()
    except Transient as error:
        raise doubt from error


def made(what: str, answer: Answer) -> Mapping[str, Any]:
    """The document of a write that was done. Raises what the answer means otherwise."""
    if answer.status not in {200, 201}:
        raise failure(what, answer, now=time.time())
    document: Mapping[str, Any] = answer.document
    return document


def tip(hub: Connection, repo: Repo, branch: str) -> str | None:
    """The commit a branch is at, None where there is no such branch."""
    try:
        found = hub.get(f"{repo.path}/git/ref/heads/{quote(branch)}", f"branch {branch} of {repo}")
    except NotFound:
        return None
    return str(found["object"]["sha"])


def commit_at(hub: Connection, repo: Repo, commit: str) -> tuple[str, tuple[str, ...]]:
    """The tree and the parents of a commit. Raises NotFound."""
    found = hub.get(f"{repo.path}/git/commits/{quote(commit)}", f"commit {commit[:12]} of {repo}")
    return str(found["tree"]["sha"]), tuple(str(one["sha"]) for one in found["parents"])


def make_tree(hub: Connection, repo: Repo, base_tree: str, files: Iterable[ProposedFile]) -> str:
    """A tree of `base_tree` with the files put in; nobody sees it before a ref leads there."""
    entries = [_entry(hub, repo, file) for file in files]
    what = f"the files in {repo}"
    body = {"base_tree": base_tree, "tree": entries}
    return str(made(what, twice(lambda: hub.send("POST", f"{repo.path}/git/trees", what, body)))["sha"])


def _entry(hub: Connection, repo: Repo, file: ProposedFile) -> dict[str, str]:
    entry = {"path": file.path, "mode": "100755" if file.executable else "100644", "type": "blob"}
    try:
        file.text.encode("utf-8")
    except UnicodeEncodeError:  # bytes of a person's file that are no text; JSON cannot carry them
        return {**entry, "sha": _blob(hub, repo, file)}
    return {**entry, "content": file.text}


def _blob(hub: Connection, repo: Repo, file: ProposedFile) -> str:
    what = f"{file.path} in {repo}"
    data = base64.b64encode(file.text.encode("utf-8", "surrogateescape")).decode()
    body = {"content": data, "encoding": "base64"}
    return str(made(what, twice(lambda: hub.send("POST", f"{repo.path}/git/blobs", what, body)))["sha"])


def make_commit(hub: Connection, repo: Repo, message: str, *, tree: str, parent: str) -> str:
    """A commit by the token's owner, who need not be named."""
    what = f"a commit in {repo}"
    body = {"message": message, "tree": tree, "parents": [parent]}
    return str(made(what, twice(lambda: hub.send("POST", f"{repo.path}/git/commits", what, body)))["sha"])


def place(hub: Connection, repo: Repo, branch: str, commit: str, *, replaces: str | None) -> str:
    """Make the branch at a commit, or move it on from `replaces`; the commit that it is at.

    Where a run that was killed made the same commit on the same base, that one stays. Raises Final where somebody else
    moved the branch, InDoubt where GitHub stays silent twice.
    """
    words: tuple[str, str, dict[str, Any]]
    if replaces is None:
        words = "POST", f"{repo.path}/git/refs", {"ref": f"refs/heads/{branch}", "sha": commit}
    else:
        words = "PATCH", f"{repo.path}/git/refs/heads/{quote(branch)}", {"sha": commit, "force": False}
    return settled(
        lambda: _placed(hub, repo, branch, commit, words=words, replaces=replaces),
        lambda: commit if tip(hub, repo, branch) == commit else None,
    )


def _placed(
    hub: Connection,
    repo: Repo,
    branch: str,
    commit: str,
    *,
    words: tuple[str, str, dict[str, Any]],
    replaces: str | None,
) -> str:
    what = f"branch {branch} of {repo}"
    method, path, body = words
    answer = hub.send(method, path, what, body)
    if answer.status in {200, 201}:
        return commit
    now_at = tip(hub, repo, branch)
    if now_at and (now_at == commit or commit_at(hub, repo, now_at) == commit_at(hub, repo, commit)):
        return now_at
    if now_at != replaces:
        raise Final(f"{what} was changed by somebody else meanwhile; nothing of theirs was touched",
                    hint="run the same again: it goes on from what is there now")  # fmt: skip
    raise failure(what, answer, now=time.time())
