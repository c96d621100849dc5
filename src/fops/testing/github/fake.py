"""`FakeGitHub`: what a test holds in its hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from fops.kernel import git
from fops.kernel.errors import NotFound
from fops.testing.github import pulls, shapes
from fops.testing.github.git_data import commit_of, plumb, tip
from fops.testing.github.model import Asked, Fault, Pull, Repository, State, Token
from fops.testing.github.server import serve

TOKEN = "fake-token-of-ada"  # noqa: S105 - it opens this fake and nothing else


class FakeGitHub:
    """A GitHub whose repositories lie as `OWNER/NAME.git` below `root`, ready to be cloned from there.

    `with fake.serving() as url:` gives the address for GITHUB_API_URL. TOKEN may do all; `give` makes others. The fake
    answers what proposals ask of GitHub (repositories, git data, pull requests) and 404 for everything else.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._state = State()
        self.give(Token(value=TOKEN))

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The API on a free loopback port, until the block ends."""
        with serve(self._state) as url:
            yield url

    def add(self, full_name: str, origin: Path, *, private: bool = False) -> Repository:
        """A repository with the branches of one on this disk."""
        owner, _, name = full_name.partition("/")
        place = self.root / f"{full_name}.git"
        bare = git.init_bare(place)
        known = Repository(
            owner=owner, name=name, git=bare, number=len(self._state.repositories) + 1, private=private
        )
        plumb(known, "fetch", "--quiet", str(origin), "+refs/heads/*:refs/heads/*", extra={"GIT_ALLOW_PROTOCOL": "file"})  # fmt: skip
        head = git.find_repository(origin)
        known.default_branch = (head and git.current_branch(head)) or "main"
        plumb(known, "symbolic-ref", "HEAD", f"refs/heads/{known.default_branch}")
        self._state.repositories[full_name.lower()] = known
        return known

    def give(self, token: Token) -> Token:
        """Let a token in."""
        self._state.tokens[token.value] = token
        return token

    def revoke(self, value: str) -> None:
        """Let a token in no longer."""
        self._state.tokens.pop(value, None)

    def limit(self, left: int) -> None:
        """How many requests are left in this hour."""
        self._state.used = self._state.limit - left

    def fail(self, *faults: Fault) -> None:
        """What goes wrong next: each once, in this order for requests that fit several."""
        self._state.faults.extend(faults)

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every request so far, with its answer."""
        with self._state.lock:
            return tuple(self._state.asked)

    def forget(self) -> None:
        """Forget what was asked so far."""
        with self._state.lock:
            self._state.asked.clear()

    def pulls(self, full_name: str) -> tuple[Pull, ...]:
        """The pull requests of a repository, oldest first."""
        with self._state.lock:
            found = self.repository(full_name)
            pulls.follow(found)
            return tuple(found.pulls)

    def repository(self, full_name: str) -> Repository:
        """A repository by `owner/name`. Raises NotFound."""
        found = self._state.repositories.get(full_name.lower())
        if found is None:
            raise NotFound(f"the fake has no repository {full_name!r}", hint="add it first")
        return found

    def tip(self, full_name: str, branch: str) -> str | None:
        """The commit a branch is at, None where there is none."""
        return tip(self.repository(full_name), branch)

    def merge(self, full_name: str, number: int, how: Literal["merge", "squash"] = "merge") -> str:
        """Merge a pull request as its button does; the branch stays. The commit that the base is at then."""
        with self._state.lock:
            found = self.repository(full_name)
            one = next(one for one in self.pulls(full_name) if one.number == number)
            base = tip(found, one.base) or ""
            tree = plumb(found, "merge-tree", "--write-tree", base, one.head_sha).splitlines()[0]
            parents = [base] if how == "squash" else [base, one.head_sha]
            sha = _commit(found, tree, parents, one.title)
            plumb(found, "update-ref", f"refs/heads/{one.base}", sha, base)
            one.state, one.merge_commit = "closed", sha
            one.merged_at = one.closed_at = shapes.now()
            return sha

    def close(self, full_name: str, number: int) -> None:
        """Close a pull request without merging it."""
        one = next(one for one in self.pulls(full_name) if one.number == number)
        one.state, one.closed_at = "closed", shapes.now()

    def push(self, full_name: str, branch: str, path: str, text: str) -> str:
        """A person's commit with one file on a branch; the commit."""
        with self._state.lock:
            found = self.repository(full_name)
            before = tip(found, branch) or ""
            signature = git.Signature("Grace", "grace@example.com", f"{int(time.time())} +0000")
            files = [git.NewFile(path, text.encode())]
            sha = git.commit_files(
                found.git, files, base=before, message=f"Change {path}\n", signature=signature
            )
            git.set_branch(found.git, branch, sha, expected=before)
            return sha

    def parents(self, full_name: str, commit: str) -> tuple[str, ...]:
        """The parents of a commit."""
        return tuple(commit_of(self.repository(full_name), commit)["parents"])


def _commit(repository: Repository, tree: str, parents: list[str], message: str) -> str:
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER")
           for part, value in (("NAME", "GitHub"), ("EMAIL", "noreply@github.com"), ("DATE", f"{int(time.time())} +0000"))}  # fmt: skip
    words = [word for one in parents for word in ("-p", one)]
    return plumb(repository, "commit-tree", tree, *words, stdin=message.encode(), extra=who)
