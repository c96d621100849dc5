"""Pull requests: one open for each branch and base, as GitHub keeps them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fops.kernel import git
from fops.testing.github import shapes
from fops.testing.github.git_data import tip
from fops.testing.github.model import Call, Pull, Reply, Repository, invalid, refused

MAX_BODY = 65_536  # characters


def list_pulls(call: Call) -> Reply:
    """GET pulls, newest first. `head` counts only as `owner:branch`, as on GitHub."""
    follow(call.repository)
    found = [one for one in reversed(call.repository.pulls) if _is_wanted(call, one)]
    size, page = _number(call, "per_page", 30, most=100), _number(call, "page", 1, most=10**6)
    shown = found[(page - 1) * size : page * size]
    links = {}
    if page * size < len(found):
        query = urlencode({**call.query, "page": page + 1})
        links = {"Link": f'<{shapes.top(call)}/pulls?{query}>; rel="next"'}
    return Reply(status=200, document=[shapes.pull(call, one) for one in shown], headers=links)


def show_pull(call: Call) -> Reply:
    """GET pulls/{number}."""
    follow(call.repository)
    return Reply(status=200, document=shapes.whole_pull(call, _numbered(call)))


def create_pull(call: Call) -> Reply:
    """POST pulls."""
    follow(call.repository)
    title, head, base = (call.body.get(name) for name in ("title", "head", "base"))
    if not title or not isinstance(title, str):
        raise invalid("PullRequest", "title", "missing_field")
    branch = str(head).removeprefix(f"{call.repository.owner}:")
    head_sha, base_sha = tip(call.repository, branch), tip(call.repository, str(base))
    if head_sha is None:
        raise invalid("PullRequest", "head", "invalid")
    if base_sha is None:
        raise invalid("PullRequest", "base", "invalid")
    _check_body(call)
    if any(one.state == "open" and (one.head, one.base) == (branch, base) for one in call.repository.pulls):
        said = f"A pull request already exists for {call.repository.owner}:{branch}."
        raise invalid("PullRequest", "", "custom", said)
    if git.is_ancestor(call.repository.git, head_sha, base_sha):
        raise invalid("PullRequest", "", "custom", f"No commits between {base} and {branch}")
    made = Pull(number=len(call.repository.pulls) + 1, title=title, body=call.body.get("body"), head=branch, base=str(base),
                head_sha=head_sha, login=call.token.login if call.token else "nobody", draft=bool(call.body.get("draft")),
                created_at=shapes.now(), updated_at=shapes.now())  # fmt: skip
    call.repository.pulls.append(made)
    return Reply(status=201, document=shapes.whole_pull(call, made))


def update_pull(call: Call) -> Reply:
    """PATCH pulls/{number}: its words, its state."""
    follow(call.repository)
    found = _numbered(call)
    _check_body(call)
    found.title = call.body.get("title", found.title)
    found.body = call.body.get("body", found.body)
    found.updated_at = shapes.now()
    if call.body.get("state") == "closed" and found.state == "open":
        found.state, found.closed_at = "closed", shapes.now()
    return Reply(status=200, document=shapes.whole_pull(call, found))


def follow(repository: Repository) -> None:
    """Bring open pull requests to where their branches are; one whose branch is gone is closed."""
    for one in repository.pulls:
        if one.state == "open":
            sha = tip(repository, one.head)
            if sha is None:
                one.state, one.closed_at = "closed", shapes.now()
            else:
                one.head_sha = sha


def _is_wanted(call: Call, one: Pull) -> bool:
    state, base = call.query.get("state", "open"), call.query.get("base", one.base)
    owner, mark, branch = call.query.get("head", "").partition(":")
    is_head = not mark or (owner.lower(), branch) == (call.repository.owner.lower(), one.head)
    return is_head and base == one.base and state in {"all", one.state}


def _number(call: Call, name: str, default: int, *, most: int) -> int:
    text = call.query.get(name, "")
    return min(max(int(text), 1), most) if text.isdigit() else default


def _numbered(call: Call) -> Pull:
    number = int(call.words["number"])
    found = next((one for one in call.repository.pulls if one.number == number), None)
    if found is None:
        raise refused(404, "Not Found")
    return found


def _check_body(call: Call) -> None:
    text: Any = call.body.get("body")
    if isinstance(text, str) and len(text) > MAX_BODY:
        said = f"body is too long (maximum is {MAX_BODY} characters)"
        raise invalid("PullRequest", "body", "custom", said)
