"""The documents, with every member that GitHub's description requires."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from fops.testing.github.model import Call, Pull

Document = dict[str, Any]
_WEB = "https://github.com"
_USER_URLS = ("followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events", "received_events")  # fmt: skip
_REPOSITORY_URLS = (
    "archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits", "compare", "contents", "contributors",
    "deployments", "downloads", "events", "forks", "git_commits", "git_refs", "git_tags", "hooks", "issue_comment", "issue_events",
    "issues", "keys", "labels", "languages", "merges", "milestones", "notifications", "pulls", "releases", "stargazers", "statuses",
    "subscribers", "subscription", "tags", "teams", "trees",
)  # fmt: skip
_NONE = {"description": None, "homepage": None, "language": None, "license": None, "mirror_url": None}
_NO = dict.fromkeys(("fork", "archived", "disabled", "has_pages", "has_discussions", "has_downloads"), False)
_YES = dict.fromkeys(("has_issues", "has_projects", "has_wiki"), True)
_ZERO = dict.fromkeys(("forks", "forks_count", "open_issues", "open_issues_count", "stargazers_count", "watchers",
                       "watchers_count", "size"), 0)  # fmt: skip


def now() -> str:
    """The time as GitHub writes it: to the second."""
    return stamp(datetime.now(UTC).timestamp())


def stamp(seconds: float) -> str:
    """Seconds since 1970 as GitHub writes them."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def top(call: Call) -> str:
    """The API address of the call's repository."""
    return f"{call.state.url}/repos/{call.repository.full_name}"


def page(call: Call) -> str:
    """The web page of the call's repository."""
    return f"{_WEB}/{call.repository.full_name}"


def user(call: Call, login: str) -> Document:
    """`simple-user`."""
    own = f"{call.state.url}/users/{login}"
    urls = {f"{name}_url": f"{own}/{name}" for name in _USER_URLS}
    return {"login": login, "id": 1, "node_id": _node("U", login), "avatar_url": f"{_WEB}/{login}.png", "gravatar_id": "",
            "url": own, "html_url": f"{_WEB}/{login}", **urls, "type": "User", "site_admin": False}  # fmt: skip


def repository(call: Call) -> Document:
    """`repository`, as it stands inside other documents."""
    one = call.repository
    urls = {f"{name}_url": f"{top(call)}/{name}" for name in _REPOSITORY_URLS}
    made = {"created_at": "2026-01-01T00:00:00Z", "updated_at": now(), "pushed_at": now()}
    places = {"url": top(call), "html_url": page(call), "clone_url": f"{page(call)}.git", "git_url": f"git://github.com/{one.full_name}.git",
              "ssh_url": f"git@github.com:{one.full_name}.git", "svn_url": page(call)}  # fmt: skip
    return {"id": one.number, "node_id": _node("R", one.full_name), "name": one.name, "full_name": one.full_name,
            "owner": user(call, one.owner), "private": one.private, "default_branch": one.default_branch,
            **urls, **places, **made, **_NONE, **_NO, **_YES, **_ZERO}  # fmt: skip


def full_repository(call: Call) -> Document:
    """`full-repository`."""
    return {**repository(call), "network_count": 0, "subscribers_count": 0}


def ref(call: Call, name: str, sha: str) -> Document:
    """`git-ref`."""
    thing = {"type": "commit", "sha": sha, "url": f"{top(call)}/git/commits/{sha}"}
    return {"ref": name, "node_id": _node("REF", name), "url": f"{top(call)}/git/{name}", "object": thing}


def commit(call: Call, parts: Document) -> Document:
    """`git-commit`, of what `git_data.commit_of` reads."""
    own, sha = f"{top(call)}/git/commits", parts["sha"]
    people = {role: dict(zip(("name", "email"), parts[role][:2], strict=True)) | {"date": stamp(parts[role][2])}
              for role in ("author", "committer")}  # fmt: skip
    parents = [{"sha": one, "url": f"{own}/{one}", "html_url": f"{page(call)}/commit/{one}"} for one in parts["parents"]]  # fmt: skip
    tree = {"sha": parts["tree"], "url": f"{top(call)}/git/trees/{parts['tree']}"}
    unsigned = {
        "verified": False,
        "reason": "unsigned",
        "signature": None,
        "payload": None,
        "verified_at": None,
    }
    return {"sha": sha, "node_id": _node("C", sha), "url": f"{own}/{sha}", "html_url": f"{page(call)}/commit/{sha}", **people,
            "message": parts["message"], "tree": tree, "parents": parents, "verification": unsigned}  # fmt: skip


def pull(call: Call, one: Pull) -> Document:
    """`pull-request-simple`."""
    own, web = f"{top(call)}/pulls/{one.number}", f"{page(call)}/pull/{one.number}"
    issue = f"{top(call)}/issues/{one.number}"
    links = {"self": own, "html": web, "issue": issue, "comments": f"{issue}/comments", "review_comments": f"{own}/comments",
             "review_comment": f"{top(call)}/pulls/comments{{/number}}", "commits": f"{own}/commits",
             "statuses": f"{top(call)}/statuses/{one.head_sha}"}  # fmt: skip
    urls = {f"{name}_url": links[name] for name in ("issue", "comments", "review_comments", "review_comment", "commits", "statuses")}  # fmt: skip
    times = {"created_at": one.created_at, "updated_at": one.updated_at, "closed_at": one.closed_at, "merged_at": one.merged_at}  # fmt: skip
    nothing: Document = {
        "assignee": None,
        "milestone": None,
        "auto_merge": None,
        "labels": [],
        "locked": False,
    }
    return {"id": one.number, "node_id": _node("PR", str(one.number)), "number": one.number, "state": one.state, "title": one.title,
            "body": one.body, "user": user(call, one.login), "url": own, "html_url": web, "diff_url": f"{web}.diff",
            "patch_url": f"{web}.patch", **urls, **times, **nothing, "draft": one.draft, "merge_commit_sha": one.merge_commit,
            "head": _side(call, one.head, one.head_sha), "base": _side(call, one.base, one.head_sha),
            "author_association": "OWNER", "_links": {name: {"href": url} for name, url in links.items()}}  # fmt: skip


def whole_pull(call: Call, one: Pull) -> Document:
    """`pull-request`."""
    merged = one.merged_at is not None
    counts = dict.fromkeys(("additions", "deletions", "comments", "review_comments"), 0) | {"changed_files": 1, "commits": 1}  # fmt: skip
    return {**pull(call, one), **counts, "merged": merged, "mergeable": None, "mergeable_state": "unknown",
            "merged_by": user(call, one.login) if merged else None, "maintainer_can_modify": False}  # fmt: skip


def rate_limit(limit: int, used: int) -> Document:
    """`rate-limit-overview`; asking for it costs nothing."""
    reset = int(datetime.now(UTC).timestamp()) + 3600
    one = {"limit": limit, "remaining": limit - used, "used": used, "reset": reset}
    return {"resources": {"core": one, "search": one}, "rate": one}


def _side(call: Call, branch: str, sha: str) -> Document:
    owner = call.repository.owner
    return {"label": f"{owner}:{branch}", "ref": branch, "sha": sha, "user": user(call, owner), "repo": repository(call)}  # fmt: skip


def _node(kind: str, name: str) -> str:
    return f"{kind}_{b64encode(name.encode()).decode()}"
