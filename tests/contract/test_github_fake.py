"""The fake GitHub answers as GitHub describes it, refusals included, and git sees what was made."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from factories.github import REPO, World, a_world
from factories.repositories import git
from fops.testing.github import Fault, Token
from fops.testing.github.fake import TOKEN

TOP = f"/repos/{REPO}"


class Api:
    """A client that knows nothing of the pack."""

    def __init__(self, world: World, token: str | None = TOKEN) -> None:
        signed = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx2.Client(base_url=world.env["GITHUB_API_URL"], headers=signed, timeout=20)

    def __call__(self, method: str, path: str, status: int, **body: Any) -> Any:
        answer = self.raw(method, path, json=body or None)
        assert answer.status_code == status, answer.text
        return answer.json()

    def raw(self, method: str, path: str, **more: Any) -> httpx2.Response:
        with self._client.stream(method, path, **more) as answer:
            answer.read()
        return answer

    def close(self) -> None:
        self._client.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


@pytest.fixture
def api(world: World) -> Iterator[Api]:
    made = Api(world)
    yield made
    made.close()


@pytest.fixture
def main(world: World) -> str:
    return str(world.github.tip(REPO, "main"))


def a_commit(api: Api, parent: str, path: str = "a.txt") -> str:
    base = api("GET", f"{TOP}/git/commits/{parent}", 200)["tree"]["sha"]
    entry = {"path": path, "mode": "100644", "type": "blob", "content": "a\n"}
    tree = api("POST", f"{TOP}/git/trees", 201, base_tree=base, tree=[entry])["sha"]
    return api("POST", f"{TOP}/git/commits", 201, message="a", tree=tree, parents=[parent])["sha"]


def a_pull(api: Api, main: str, branch: str = "b") -> dict[str, Any]:
    api("POST", f"{TOP}/git/refs", 201, ref=f"refs/heads/{branch}", sha=a_commit(api, main))
    return api("POST", f"{TOP}/pulls", 201, title="T", head=branch, base="main", body="B")


def test_what_is_made_over_http_is_there_for_git(api: Api, world: World, main: str) -> None:
    blob = api("POST", f"{TOP}/git/blobs", 201, content=base64.b64encode(b"\xff").decode(), encoding="base64")
    entries = [{"path": "raw", "mode": "100755", "type": "blob", "sha": blob["sha"]}]
    tree = api("POST", f"{TOP}/git/trees", 201, tree=entries)["sha"]
    commit = api("POST", f"{TOP}/git/commits", 201, message="raw", tree=tree, parents=[main])
    api("POST", f"{TOP}/git/refs", 201, ref="refs/heads/raw", sha=commit["sha"])
    listing = git("ls-tree", "-r", "raw", cwd=world.github.root / f"{REPO}.git")
    assert listing.split() == ["100755", "blob", blob["sha"], "raw"]
    assert commit["author"]["name"] == "ada"
    assert api("GET", TOP, 200)["default_branch"] == "main"
    assert api("GET", "/rate_limit", 200)["rate"]["limit"] == 5000


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("GET", "/git/ref/heads/mai", {}, 404, "Not Found"),
        ("GET", "/git/commits/" + "1" * 40, {}, 404, "Not Found"),
        ("GET", "/pulls/7", {}, 404, "Not Found"),
        ("GET", "/no/such/thing", {}, 404, "Not Found"),
        ("POST", "/git/refs", {"ref": "refs/heads/main", "sha": "MAIN"}, 422, "Reference already exists"),
        ("POST", "/git/refs", {"ref": "refs/heads/x", "sha": "1" * 40}, 422, "Object does not exist"),
        ("POST", "/git/refs", {"ref": "main", "sha": "MAIN"}, 422, "Reference name must start"),
        ("POST", "/git/refs", {"ref": "refs/heads/a..b", "sha": "MAIN"}, 422, "Reference name is invalid"),
        ("PATCH", "/git/refs/heads/none", {"sha": "MAIN"}, 422, "Reference does not exist"),
        ("POST", "/git/trees", {"tree": []}, 422, "Invalid tree info"),
        ("POST", "/git/trees", {"tree": [{"path": "../x", "mode": "100644", "type": "blob", "content": ""}]}, 422, "malformed path"),
        ("POST", "/git/commits", {"message": "m", "tree": "1" * 40}, 422, "Tree SHA does not exist"),
        ("POST", "/pulls", {"title": "T", "head": "none", "base": "main"}, 422, "head invalid"),
        ("POST", "/pulls", {"title": "T", "head": "main", "base": "none"}, 422, "base invalid"),
        ("POST", "/pulls", {"title": "T", "head": "main", "base": "main"}, 422, "No commits between"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_githubs_words(
    api: Api, main: str, method: str, path: str, body: dict[str, Any], status: int, said: str
) -> None:
    body = {name: main if value == "MAIN" else value for name, value in body.items()}
    answer = api(method, f"{TOP}{path}", status, **body)
    words = [answer["message"], *(f"{one.get('field')} {one['code']} {one.get('message')}" for one in answer.get("errors", ()))]  # fmt: skip
    assert said in " ".join(words)


def test_a_branch_moves_forward_alone_unless_forced(api: Api, main: str) -> None:
    one, other = a_commit(api, main, "one"), a_commit(api, main, "other")
    api("POST", f"{TOP}/git/refs", 201, ref="refs/heads/b", sha=one)
    refused = api("PATCH", f"{TOP}/git/refs/heads/b", 422, sha=other, force=False)
    assert refused["message"] == "Update is not a fast forward"
    assert api("PATCH", f"{TOP}/git/refs/heads/b", 200, sha=other, force=True)["object"]["sha"] == other
    assert [ref["ref"] for ref in api("GET", f"{TOP}/git/matching-refs/heads/", 200)] == ["refs/heads/b", "refs/heads/main"]  # fmt: skip


def test_a_branch_has_one_open_pull_request_into_a_base(api: Api, world: World, main: str) -> None:
    made = a_pull(api, main)
    again = api("POST", f"{TOP}/pulls", 422, title="T", head="b", base="main")
    assert again["errors"][0]["message"] == "A pull request already exists for test:b."

    moved = world.github.push(REPO, "b", "c.txt", "c\n")
    assert api("GET", f"{TOP}/pulls/{made['number']}", 200)["head"]["sha"] == moved
    closed = api("PATCH", f"{TOP}/pulls/{made['number']}", 200, state="closed", body="Done.")
    assert (closed["state"], closed["body"]) == ("closed", "Done.")
    assert api("POST", f"{TOP}/pulls", 201, title="T", head="b", base="main")["number"] == 2


def test_lists_come_in_pages_newest_first_and_a_head_without_its_owner_filters_nothing(
    api: Api, main: str
) -> None:
    for branch in ("a", "b", "c"):
        a_pull(api, main, branch)
    first = api.raw("GET", f"{TOP}/pulls?per_page=2")
    second = api.raw("GET", first.links["next"]["url"])
    assert [one["head"]["ref"] for one in first.json() + second.json()] == ["c", "b", "a"]
    assert "next" not in second.links
    assert len(api("GET", f"{TOP}/pulls?head=test:a", 200)) == 1
    assert len(api("GET", f"{TOP}/pulls?head=a", 200)) == 3


def test_a_merged_pull_request_is_in_its_base_and_its_branch_stays(api: Api, world: World, main: str) -> None:
    made = a_pull(api, main)
    merged = world.github.merge(REPO, made["number"])
    shown = api("GET", f"{TOP}/pulls/{made['number']}", 200)
    assert (shown["merged"], shown["state"], shown["merge_commit_sha"]) == (True, "closed", merged)
    assert world.github.parents(REPO, merged) == (main, made["head"]["sha"])
    assert world.github.tip(REPO, "b") == made["head"]["sha"]


def test_who_asks_decides_what_is_there(world: World, tmp_path: Path) -> None:
    world.github.add("test/secret", tmp_path / "origin", private=True)
    reader = world.github.give(Token(value="fake-reader", may={"metadata": "read", "contents": "read"}))
    expected = {
        None: (200, 404, 401), "fake-nobody": (401, 401, 401), reader.value: (200, 200, 403), TOKEN: (200, 200, 422),
    }  # fmt: skip
    for token, statuses in expected.items():
        api = Api(world, token)
        asked = (("GET", TOP), ("GET", "/repos/test/secret"), ("POST", f"{TOP}/git/trees"))
        found = tuple(api.raw(method, path, json={"tree": []} if method == "POST" else None).status_code for method, path in asked)  # fmt: skip
        assert found == statuses, token
        api.close()


def test_limits_and_faults_come_as_scripted(api: Api, world: World) -> None:
    world.github.fail(Fault(method="GET", path_end=TOP, answers="secondary-limit", wait=7), Fault(method="GET", path_end=TOP, answers=502))  # fmt: skip
    slowed = api.raw("GET", TOP)
    assert (slowed.status_code, slowed.headers["Retry-After"]) == (403, "7")
    assert api.raw("GET", TOP).status_code == 502
    left = int(api.raw("GET", TOP).headers["X-RateLimit-Remaining"])
    world.github.limit(0)
    used_up = api.raw("GET", TOP)
    assert (used_up.status_code, used_up.headers["X-RateLimit-Remaining"]) == (403, "0")
    assert left == 4999


def test_no_request_is_kept_with_its_credentials(api: Api, world: World) -> None:
    api("GET", TOP, 200)
    assert TOKEN not in repr(world.github.asked)
