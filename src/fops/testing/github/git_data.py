"""Blobs, trees, commits and refs over a bare repository, with git's own plumbing."""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Iterator, Sequence
from typing import Any

from fops.kernel import git
from fops.testing.github import shapes
from fops.testing.github.model import Call, Reply, Repository, invalid, refused

WORKFLOWS = ".github/workflows/"
_MODES = {"100644", "100755", "120000", "040000", "160000"}
_SHA = re.compile(r"[0-9a-f]{40}")


def plumb(
    repository: Repository, *words: str, stdin: bytes = b"", extra: dict[str, str] | None = None
) -> str:
    """What a git command prints; an empty text where it fails."""
    done = git.git(words, repository=repository.git, stdin=stdin, extra=extra)
    return "" if done.exit_code else done.text.strip()


def kind_of(repository: Repository, sha: str) -> str:
    """`blob`, `tree`, `commit`, `tag`, or empty where there is no such object."""
    return plumb(repository, "cat-file", "-t", sha) if _SHA.fullmatch(sha) else ""


def tip(repository: Repository, branch: str) -> str | None:
    """The commit a branch is at."""
    return git.resolve(repository.git, f"refs/heads/{branch}")


def create_blob(call: Call) -> Reply:
    """POST git/blobs."""
    content, encoding = call.body.get("content"), call.body.get("encoding", "utf-8")
    if not isinstance(content, str):
        raise refused(422, 'Invalid request.\n\n"content" wasn\'t supplied.')
    try:
        data = base64.b64decode(content, validate=False) if encoding == "base64" else content.encode()
    except binascii.Error as error:
        raise refused(422, "content is not valid Base64") from error
    sha = plumb(call.repository, "hash-object", "-w", "--stdin", stdin=data)
    return Reply(status=201, document={"sha": sha, "url": f"{shapes.top(call)}/git/blobs/{sha}"})


def create_tree(call: Call) -> Reply:
    """POST git/trees: entries into `base_tree`, each with the sha of a blob or with its text."""
    _not_empty(call.repository)
    entries = call.body.get("tree")
    if not isinstance(entries, list) or not entries:
        raise refused(422, "Invalid tree info")
    base = call.body.get("base_tree")
    if base and kind_of(call.repository, base) not in {"tree", "commit"}:
        raise refused(404, "Not Found")
    _workflows_allowed(call, [str(one.get("path")) for one in entries])
    lines = "".join(_index_line(call.repository, one) for one in entries)
    sha = _tree_with(call.repository, base, lines)
    return Reply(status=201, document=_tree_document(call, sha))


def create_commit(call: Call) -> Reply:
    """POST git/commits, by the token's owner where no author is named."""
    message, tree, parents = (call.body.get(name) for name in ("message", "tree", "parents"))
    _not_empty(call.repository)
    if not isinstance(message, str) or not isinstance(tree, str):
        raise refused(422, "Invalid request.")
    if kind_of(call.repository, tree) != "tree":
        raise refused(422, "Tree SHA does not exist")
    if any(kind_of(call.repository, one) != "commit" for one in parents or ()):
        raise refused(422, "Parent SHA does not exist or is not a commit object")
    login = call.token.login if call.token else "nobody"
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in (
        ("NAME", login), ("EMAIL", f"{login}@users.noreply.github.com"), ("DATE", f"{int(time.time())} +0000"))}  # fmt: skip
    words = [word for one in parents or () for word in ("-p", one)]
    sha = plumb(call.repository, "commit-tree", tree, *words, stdin=message.encode(), extra=who)
    return Reply(status=201, document=shapes.commit(call, commit_of(call.repository, sha)))


def show_commit(call: Call) -> Reply:
    """GET git/commits/{sha}."""
    _not_empty(call.repository)
    if kind_of(call.repository, call.words["sha"]) != "commit":
        raise refused(404, "Not Found")
    return Reply(status=200, document=shapes.commit(call, commit_of(call.repository, call.words["sha"])))


def show_ref(call: Call) -> Reply:
    """GET git/ref/{ref}: this one alone, none that begins so."""
    _not_empty(call.repository)
    sha = plumb(call.repository, "rev-parse", "--verify", "--quiet", f"refs/{call.words['ref']}")
    if not sha:
        raise refused(404, "Not Found")
    return Reply(status=200, document=shapes.ref(call, f"refs/{call.words['ref']}", sha))


def matching_refs(call: Call) -> Reply:
    """GET git/matching-refs/{ref}: all that begin so."""
    _not_empty(call.repository)
    prefix = f"refs/{call.words['ref']}"
    rows = plumb(call.repository, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    pairs = [row.split(" ") for row in rows if row.startswith(prefix)]
    return Reply(status=200, document=[shapes.ref(call, name, sha) for name, sha in pairs])


def create_ref(call: Call) -> Reply:
    """POST git/refs: a new one, never one that is there."""
    _not_empty(call.repository)
    name, sha = str(call.body.get("ref", "")), str(call.body.get("sha", ""))
    if not name.startswith("refs/") or name.count("/") < 2:
        raise refused(422, "Reference name must start with 'refs/' and contain at least two slashes.")
    if not _is_name(call.repository, name):
        raise refused(422, "Reference name is invalid")
    _may_move(call, name, sha)
    if plumb(call.repository, "rev-parse", "--verify", "--quiet", name):
        raise refused(422, "Reference already exists")
    if not _moved(call.repository, name, sha, "0" * 40):
        raise refused(422, "Reference update failed")
    return Reply(status=201, document=shapes.ref(call, name, sha))


def update_ref(call: Call) -> Reply:
    """PATCH git/refs/{ref}: forward, or anywhere with `force`."""
    _not_empty(call.repository)
    name, sha = f"refs/{call.words['ref']}", str(call.body.get("sha", ""))
    before = plumb(call.repository, "rev-parse", "--verify", "--quiet", name)
    if not before:
        raise refused(422, "Reference does not exist")
    _may_move(call, name, sha)
    if not call.body.get("force") and not git.is_ancestor(call.repository.git, before, sha):
        raise refused(422, "Update is not a fast forward")
    _moved(call.repository, name, sha, before)
    return Reply(status=200, document=shapes.ref(call, name, sha))


def commit_of(repository: Repository, sha: str) -> dict[str, Any]:
    """A commit's parts: `sha`, `tree`, `parents`, `message`, `author` and `committer` as (name, address, time)."""
    text = git.git(["cat-file", "commit", sha], repository=repository.git).text
    head, _, message = text.partition("\n\n")
    rows = [row.split(" ", 1) for row in head.splitlines() if not row.startswith(" ")]
    parts: dict[str, Any] = {"sha": sha, "message": message, "parents": [v for k, v in rows if k == "parent"]}
    for key, value in rows:
        if key in {"author", "committer"}:
            found = re.fullmatch(r"(.*) <(.*)> (\d+) [+-]\d{4}", value)
            parts[key] = (found[1], found[2], int(found[3])) if found else ("", "", 0)
        elif key == "tree":
            parts[key] = value
    return parts


def _tree_with(repository: Repository, base: str | None, lines: str) -> str:
    index = repository.git.git_dir / f"fake-index-{time.monotonic_ns()}"
    extra = {"GIT_INDEX_FILE": str(index)}
    plumb(repository, "read-tree", base or "--empty", extra=extra)
    plumb(repository, "update-index", "--add", "-z", "--index-info", stdin=lines.encode("utf-8", "surrogateescape"), extra=extra)  # fmt: skip
    sha = plumb(repository, "write-tree", extra=extra)
    index.unlink(missing_ok=True)
    return sha


def _index_line(repository: Repository, entry: Any) -> str:
    path, mode, sha, content = (entry.get(name) for name in ("path", "mode", "sha", "content"))
    parts = str(path).split("/")
    if mode not in _MODES or not path or {"", ".", "..", ".git"} & set(parts):
        raise refused(422, "tree.path contains a malformed path component")
    if (sha is None) == (content is None):
        raise refused(422, "Must supply either tree.sha or tree.content")
    if content is not None:
        sha = plumb(repository, "hash-object", "-w", "--stdin", stdin=str(content).encode())
    if kind_of(repository, str(sha)) != entry.get("type", "blob"):
        raise refused(422, f"tree.sha {sha} is not a valid {entry.get('type', 'blob')}")
    return f"{mode} {sha}\t{path}\0"


def _tree_document(call: Call, sha: str) -> dict[str, Any]:
    rows = plumb(call.repository, "ls-tree", "-l", sha).splitlines()
    return {"sha": sha, "url": f"{shapes.top(call)}/git/trees/{sha}", "truncated": False,
            "tree": [one for row in rows for one in _entries(call, row)]}  # fmt: skip


def _entries(call: Call, row: str) -> Iterator[dict[str, Any]]:
    meta, _, path = row.partition("\t")
    mode, kind, sha, size = meta.split()
    place = "blobs" if kind == "blob" else "trees"
    sized = {"size": int(size)} if size.isdigit() else {}
    yield {"path": path, "mode": mode, "type": kind, "sha": sha, "url": f"{shapes.top(call)}/git/{place}/{sha}", **sized}  # fmt: skip


def _workflows_allowed(call: Call, paths: Sequence[str]) -> None:
    """Who lacks workflows gets 404 with a classic token and 403 with another: so octokit's users report."""
    token = call.token
    if token is None or token.has("workflows", "write"):
        return
    if any(path.startswith(WORKFLOWS) for path in paths):
        if token.scopes is not None:
            raise refused(404, "Not Found")
        raise refused(403, "Resource not accessible by personal access token")


def _not_empty(repository: Repository) -> None:
    if not plumb(repository, "for-each-ref", "--count=1"):
        raise refused(409, "Git Repository is empty.")


def _may_move(call: Call, name: str, sha: str) -> None:
    if name.removeprefix("refs/heads/") in call.repository.guarded:
        raise refused(422, "Repository rule violations found\n\nCannot update this protected ref.")
    if not kind_of(call.repository, sha):
        raise refused(422, "Object does not exist")
    if name.startswith("refs/heads/") and kind_of(call.repository, sha) != "commit":
        raise invalid("Reference", "sha", "custom", "Reference update failed")


def _is_name(repository: Repository, name: str) -> bool:
    return git.git(["check-ref-format", name], repository=repository.git).exit_code == 0


def _moved(repository: Repository, name: str, sha: str, before: str) -> bool:
    return git.git(["update-ref", name, sha, before], repository=repository.git).exit_code == 0
