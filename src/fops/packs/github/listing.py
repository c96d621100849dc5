"""`github.list_change_requests`: our branches, and what became of their pull requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from fops.actions.contracts import CHANGE_REQUEST_LIST, ChangeRequestsWanted
from fops.actions.model import Action, Effect
from fops.kernel.context import RequestContext
from fops.kernel.errors import NotFound
from fops.packs.github.address import Repo, wanted_repository
from fops.packs.github.connection import Connection
from fops.packs.github.settings import GithubSettings


def list_change_requests(settings: GithubSettings) -> Action:
    """The action, in the name of the settings' token."""

    def perform(_ctx: RequestContext, wanted: ChangeRequestsWanted) -> Mapping[str, Any]:
        repo = wanted_repository(wanted.repository, settings.github_api_url)
        with Connection(settings) as hub:
            return {"change_requests": [_about(hub, repo, ref) for ref in _refs(hub, repo, wanted.prefix)]}

    return Action(
        name="github.list_change_requests",
        summary="the branches with a prefix, and what became of their pull requests",
        effect=Effect.READ,
        permission="change_request.list",
        parameters=ChangeRequestsWanted,
        perform=perform,
        implements=CHANGE_REQUEST_LIST,
        provider="github",
    )


def _refs(hub: Connection, repo: Repo, prefix: str) -> Sequence[Mapping[str, Any]]:
    try:
        found: Sequence[Mapping[str, Any]] = hub.get(
            f"{repo.path}/git/matching-refs/heads/{quote(prefix)}", f"branches of {repo}"
        )
    except NotFound:
        hub.get(repo.path, str(repo))  # says what is wrong, but where only this list is not served
        return ()
    return found


def _about(hub: Connection, repo: Repo, ref: Mapping[str, Any]) -> dict[str, Any]:
    branch = str(ref["ref"]).removeprefix("refs/heads/")
    pulls = [
        one
        for one in hub.pages(
            f"{repo.path}/pulls", f"pull requests of {repo}", state="all", head=f"{repo.owner}:{branch}"
        )
        if one["head"]["ref"] == branch
    ]
    newest = max(pulls, key=lambda one: (one["state"] == "open", int(one["number"])), default=None)
    state = "none" if newest is None else "merged" if newest["merged_at"] else str(newest["state"])
    return {
        "branch": branch,
        "commit": str(ref["object"]["sha"]),
        "pr_url": newest and str(newest["html_url"]),
        "state": state,
    }
