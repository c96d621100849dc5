"""`github.create_pr`: one commit on a branch of ours, and its pull request; asked twice, made once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fops.actions.contracts import CHANGE_REQUEST_CREATE, ChangeRequest
from fops.actions.model import Action, Effect, Honesty, Preview
from fops.kernel import interrupts
from fops.kernel.context import RequestContext
from fops.kernel.errors import Final, NotAllowed, NotFound, UsageError
from fops.packs.github import git_data
from fops.packs.github.address import Repo, wanted_repository, web_host
from fops.packs.github.body import fitted, with_ours
from fops.packs.github.connection import Connection, token_of
from fops.packs.github.failures import failure
from fops.packs.github.settings import GithubSettings

WORKFLOWS = ".github/workflows/"

Pull = Mapping[str, Any]


def create_pr(settings: GithubSettings) -> Action:
    """The action, in the name of the settings' token."""

    def perform(_ctx: RequestContext, request: ChangeRequest) -> Mapping[str, Any]:
        with interrupts.allowed():  # what is half made then, the next run takes up
            return _create(settings, request)

    def preview(_ctx: RequestContext, request: ChangeRequest) -> Preview:
        repo = wanted_repository(request.repository, settings.github_api_url)
        token_of(settings)
        into = f" into {request.into}" if request.into else ""
        changes = [f"pull request of {request.branch}{into} in {repo}", *(f"  {file.path}" for file in request.files)]  # fmt: skip
        return Preview(honesty=Honesty.CLIENT, changes=tuple(changes))

    return Action(
        name="github.create_pr",
        summary="put files on a branch and open or update its pull request",
        effect=Effect.PROPOSE,
        permission="change_request.create",
        parameters=ChangeRequest,
        perform=perform,
        preview=preview,
        idempotent=True,
        implements=CHANGE_REQUEST_CREATE,
        provider="github",
    )


def _create(settings: GithubSettings, request: ChangeRequest) -> Mapping[str, Any]:
    repo = wanted_repository(request.repository, settings.github_api_url)
    with Connection(settings) as hub:
        waiting = _open_pull(hub, repo, request.branch)
        try:
            commit = _committed(hub, repo, request)
        except (NotAllowed, NotFound) as error:
            raise _with_a_way_out(error, request) from error
        if waiting is None:
            pull = _opened(hub, repo, request)
        elif commit != request.replaces:
            pull = _updated(hub, repo, waiting, request)
        else:
            pull = waiting
    return {
        "pr_url": str(pull["html_url"]),
        "branch": request.branch,
        "commit": commit,
        "repository": f"https://{web_host(settings.github_api_url)}/{repo}",
        "folder": None,
        "number": int(pull["number"]),
    }


def _committed(hub: Connection, repo: Repo, request: ChangeRequest) -> str:
    """The commit that the branch is at when it holds the files."""
    if not request.files and request.replaces:
        return request.replaces
    if request.base is None or not request.files:
        raise UsageError(f"{repo}: a pull request needs files, and a commit that they go on top of")
    base_tree, _ = git_data.commit_at(hub, repo, request.base)
    tree = git_data.make_tree(hub, repo, base_tree, request.files)
    if tree == base_tree and request.replaces == request.base:
        return request.base
    commit = git_data.make_commit(hub, repo, request.message, tree=tree, parent=request.base)
    return git_data.place(hub, repo, request.branch, commit, replaces=request.replaces)


def _open_pull(hub: Connection, repo: Repo, branch: str) -> Pull | None:
    found = hub.get(
        f"{repo.path}/pulls", f"pull requests of {repo}", state="open", head=f"{repo.owner}:{branch}"
    )
    return next((one for one in found if one["head"]["ref"] == branch), None)  # fmt: skip


def _opened(hub: Connection, repo: Repo, request: ChangeRequest) -> Pull:
    """A new pull request, or the one that turns out to be there: GitHub keeps one for each branch and base."""
    what = f"a pull request in {repo}"
    into = request.into or hub.get(repo.path, str(repo))["default_branch"]
    body = {"title": request.title, "head": request.branch, "base": into, "body": fitted(request.body)}
    return git_data.settled(
        lambda: _asked_for(hub, repo, what, body), lambda: _open_pull(hub, repo, request.branch)
    )


def _asked_for(hub: Connection, repo: Repo, what: str, body: Mapping[str, str]) -> Pull:
    answer = hub.send("POST", f"{repo.path}/pulls", what, body)
    if answer.status == 201:
        opened: Pull = answer.document
        return opened
    if found := _open_pull(hub, repo, body["head"]):
        return found
    if "no commits between" in answer.said.lower():
        raise Final(
            f"{repo}: {body['base']} already has all that {body['head']} holds",
            hint="delete the branch, and run the same again",
        )
    raise failure(what, answer, now=time.time())


def _updated(hub: Connection, repo: Repo, waiting: Pull, request: ChangeRequest) -> Pull:
    """The pull request with our part of its text anew; its title, and what people wrote around, stay."""
    text = with_ours(str(waiting.get("body") or ""), request.body)
    if text == (waiting.get("body") or ""):
        return waiting
    what = f"pull request {waiting['number']} of {repo}"
    path = f"{repo.path}/pulls/{quote(str(waiting['number']))}"
    return git_data.made(what, git_data.twice(lambda: hub.send("PATCH", path, what, {"body": text})))


def _with_a_way_out(error: NotAllowed | NotFound, request: ChangeRequest) -> NotAllowed | NotFound:
    """The refusal with what GitHub does not always say: it may be about workflow files alone."""
    if any(file.path.startswith(WORKFLOWS) for file in request.files) and "workflow" not in error.hint:
        error.hint += "; files below .github/workflows need the permission workflows: write besides"
    error.hint += "; the provider local makes the branch on this machine instead"
    return error
