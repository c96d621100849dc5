"""A fake GitHub with one repository, and every word of a conversation held to GitHub's published description."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from factories.git_server import git_server
from factories.repositories import API, repository
from fops.testing import FakeGitHub
from fops.testing.github import Asked
from fops.testing.github.fake import TOKEN

REPO = "test/repo"
ADDRESS = f"https://github.com/{REPO}"
_DESCRIPTION = Path(__file__).parents[1] / "contract" / "github" / "api.json"


@dataclass(frozen=True)
class World:
    """A GitHub with one repository, and what a process needs to take it for the real one."""

    github: FakeGitHub
    env: dict[str, str]

    @property
    def writes(self) -> list[str]:
        return [f"{one.method} {one.path}" for one in self.github.asked if one.method != "GET"]


@contextmanager
def a_world(folder: Path, *, check: bool = True) -> Iterator[World]:
    """The world until the block ends; then all that was asked and answered is held to the description."""
    github = FakeGitHub(folder / "github")
    github.add(REPO, repository(folder / "origin", API))
    with github.serving() as api, git_server(github.root) as clones:
        rewritten = folder / "github-config"
        rewritten.write_text(f'[url "{clones}/"]\n\tinsteadOf = https://github.com/\n')
        yield World(
            github, {"GITHUB_API_URL": api, "GITHUB_TOKEN": TOKEN, "GIT_CONFIG_GLOBAL": str(rewritten)}
        )
        if check:
            wrong = [said for one in github.asked for said in undescribed(one)]
            assert wrong == [], wrong


def undescribed(asked: Asked) -> list[str]:
    """What GitHub's description says otherwise about a request and its answer."""
    found = _operation(asked)
    if found is None:
        return [] if asked.status == 404 else [f"{asked.method} {asked.path} is no endpoint"]
    wrong = [f"{asked.path}?{name}" for name in asked.query if name not in found["query"]]
    if asked.status not in {400, 401}:
        wrong += _wrong("request", found["request"], asked.body)
    if asked.status in {0, 500, 502}:  # nobody describes how a server fails
        return wrong
    schema = found["answers"].get(str(asked.status), {"$ref": "#/$defs/basic-error"})
    return [*wrong, *_wrong(f"{asked.method} {asked.path} {asked.status}", schema, asked.answer)]


@cache
def _description() -> dict[str, Any]:
    return json.loads(_DESCRIPTION.read_text())


def _operation(asked: Asked) -> dict[str, Any] | None:
    for name, operation in _description()["operations"].items():
        method, template = name.split(" ")
        pattern = re.sub(r"\{ref\}", ".+", template)
        pattern = re.sub(r"\{\w+\}", "[^/]+", pattern)
        if method == asked.method and re.fullmatch(pattern, asked.path):
            return operation
    return None


def _wrong(what: str, schema: Any, document: Any) -> list[str]:
    if schema is None:
        return [] if document is None else [f"{what} has a body"]
    judge = Draft202012Validator({**schema, "$defs": _description()["$defs"]})
    return [f"{what}: {error.json_path}: {error.message[:200]}" for error in judge.iter_errors(document)]
