"""The fake's nouns."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fops.kernel import git

Json = Mapping[str, Any]
ALL = {"contents": "write", "pull_requests": "write", "workflows": "write", "metadata": "read"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Who asks, and what they may: fine-grained permissions, or scopes for a classic token (then `may` is not looked at)."""

    value: str
    login: str = "ada"
    may: Mapping[str, str] = field(default_factory=lambda: dict(ALL))
    scopes: tuple[str, ...] | None = None

    def has(self, permission: str, level: str) -> bool:
        """Whether it may, by GitHub's rules: write includes read, and `repo` includes all but workflows."""
        if self.scopes is not None:
            return ("workflow" if permission == "workflows" else "repo") in self.scopes
        return self.may.get(permission) in {level, "write"}


@dataclass(slots=True, kw_only=True)
class Pull:
    """A pull request. `head_sha` follows its branch while it is open; `at` are times as GitHub writes them."""

    number: int
    title: str
    body: str | None
    head: str
    base: str
    head_sha: str
    login: str
    created_at: str
    updated_at: str
    draft: bool = False
    state: Literal["open", "closed"] = "open"
    closed_at: str | None = None
    merged_at: str | None = None
    merge_commit: str | None = None


@dataclass(slots=True, kw_only=True)
class Repository:
    """A repository: its bare git, and what GitHub keeps beside. `guarded` are branches that nobody may make or move."""

    owner: str
    name: str
    git: git.Repository
    number: int
    default_branch: str = "main"
    private: bool = False
    guarded: set[str] = field(default_factory=set)
    pulls: list[Pull] = field(default_factory=list)

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with the next request of a method whose path ends so.

    `answers`: a status such as 500 or 502, `silence` (the connection ends without a word), `rate-limit`, or
    `secondary-limit`. With `done`, what was asked happens all the same. `wait` is what a limit asks for, in seconds.
    """

    method: str
    path_end: str
    answers: int | Literal["silence", "rate-limit", "secondary-limit"]
    done: bool = False
    wait: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came, and its answer; `headers` without the credentials. `status` 0 is silence."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    status: int
    answer: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer before it is sent."""

    status: int
    document: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """GitHub says no; `reply` says how."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply.document))
        self.reply = reply


@dataclass(slots=True, kw_only=True)
class State:
    """Everything one fake holds; `url` its own address, known once it serves."""

    repositories: dict[str, Repository] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    limit: int = 5000
    used: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, read and permitted: `words` are the parts of its path that the route names."""

    state: State
    repository: Repository
    token: Token | None
    words: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]


DOCS = "https://docs.github.com/rest"


def refused(status: int, message: str, *, headers: Mapping[str, str] | None = None) -> Refused:
    """A refusal in GitHub's plain form."""
    document = {"message": message, "documentation_url": DOCS, "status": str(status)}
    return Refused(Reply(status=status, document=document, headers=headers or {}))


def invalid(resource: str, field_name: str, code: str, message: str | None = None) -> Refused:
    """422 in GitHub's form for what fits its description but not what is there."""
    error: dict[str, Any] = {"resource": resource, "code": code}
    error |= {"message": message} if message else {"field": field_name}
    document = {"message": "Validation Failed", "errors": [error], "documentation_url": DOCS, "status": "422"}
    return Refused(Reply(status=422, document=document))
