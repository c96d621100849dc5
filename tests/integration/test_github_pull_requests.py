"""Pull requests on a GitHub that stays silent, fails, limits and refuses: nothing lost, nothing doubled, and words that help."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from factories.actions import a_change_set, a_context, a_gate
from factories.github import ADDRESS, REPO, World, a_world
from factories.peers import answer, peer
from factories.repositories import git
from fops.actions.contracts import ChangeRequest, ChangeRequestsWanted
from fops.actions.model import Action, ActionCall
from fops.kernel.errors import Final, InDoubt, NotAllowed, NotFound, OutsideFailed, Transient, UsageError
from fops.kernel.settings import Secret
from fops.packs.github.create import create_pr
from fops.packs.github.listing import list_change_requests
from fops.packs.github.settings import GithubSettings
from fops.testing.github import Fault, Token
from fops.testing.github.fake import TOKEN
from fops.testing.github.model import Pull

BRANCH = "fops/onboard-shop-k8s"
WRITES = ["/git/trees", "/git/commits", "/git/refs", "/pulls"]


@dataclass(frozen=True)
class Hub:
    """The pack before a fake GitHub."""

    world: World
    settings: GithubSettings

    @property
    def action(self) -> Action:
        return create_pr(self.settings)

    def asked(self, **changes: Any) -> dict[str, Any]:
        files = [{"path": "a.txt", "text": "a\n"}, {"path": ".github/workflows/ci.yml", "text": "on: push\n"}]
        return {"proposal_id": "pro_1", "repository": ADDRESS, "base": self.world.github.tip(REPO, "main"), "into": "main",
                "branch": BRANCH, "title": "Deploy", "body": "Why.\n", "message": "Deploy\n", "files": files, **changes}  # fmt: skip

    def create(self, **changes: Any) -> dict[str, Any]:
        return dict(self.action.perform(a_context(), ChangeRequest.model_validate(self.asked(**changes))))

    def listed(self, prefix: str = "fops/onboard-") -> list[dict[str, Any]]:
        wanted = ChangeRequestsWanted(repository=ADDRESS, prefix=prefix)
        return list_change_requests(self.settings).perform(a_context(), wanted)["change_requests"]

    def with_token(self, token: Token) -> Hub:
        self.world.github.give(token)
        url = self.settings.github_api_url
        return Hub(self.world, GithubSettings(github_token=Secret(token.value), github_api_url=url))


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with a_world(tmp_path) as world:
        url = world.env["GITHUB_API_URL"]
        yield Hub(world, GithubSettings(github_token=Secret(TOKEN), github_api_url=url))


def the_only_pull(hub: Hub) -> Pull:
    (pull,) = hub.world.github.pulls(REPO)
    assert pull.head_sha == hub.world.github.tip(REPO, BRANCH)
    assert hub.world.github.parents(REPO, pull.head_sha) == (hub.world.github.tip(REPO, "main"),)
    return pull


def test_any_number_of_files_takes_six_requests(hub: Hub) -> None:
    made = hub.create(
        files=[{"path": f"deploy/{number}.yaml", "text": f"{number}\n"} for number in range(30)]
    )
    assert len(hub.world.github.asked) == 6
    assert made["pr_url"] == f"{ADDRESS}/pull/{the_only_pull(hub).number}"


@pytest.mark.parametrize("done", [True, False], ids=["done", "not-done"])
@pytest.mark.parametrize("answers", ["silence", 500, 502])
@pytest.mark.parametrize("path", WRITES)
def test_a_write_in_doubt_is_made_once(hub: Hub, path: str, answers: Any, done: bool) -> None:  # noqa: FBT001 - a parameter of the test
    hub.world.github.fail(Fault(method="POST", path_end=path, answers=answers, done=done))
    assert hub.create()["commit"] == the_only_pull(hub).head_sha


@pytest.mark.parametrize("path", ["/git/refs", "/pulls"])
def test_a_silence_that_lasts_is_recorded_as_unknown_and_the_next_run_ends_it(
    hub: Hub, path: str, tmp_path: Path
) -> None:
    gate, audit = a_gate(tmp_path, hub.action)
    call = ActionCall(action=hub.action.name, target=REPO, parameters=hub.asked())
    hub.world.github.fail(*[Fault(method="POST", path_end=path, answers="silence")] * 2)
    with pytest.raises(InDoubt):
        gate.run(a_context(), a_change_set(call))
    assert [entry.outcome for entry in audit.query()] == ["started", "unknown"]

    hub.create()
    the_only_pull(hub)
    assert TOKEN not in "".join(str(entry) for entry in audit.query())


def test_asked_twice_it_is_made_once(hub: Hub) -> None:
    first, second = hub.create(), hub.create()
    assert (first["pr_url"], first["commit"]) == (second["pr_url"], second["commit"])
    the_only_pull(hub)


def test_a_branch_without_its_pull_request_gets_it_and_no_new_commit(hub: Hub) -> None:
    hub.world.github.fail(*[Fault(method="POST", path_end="/pulls", answers=502)] * 2)
    with pytest.raises(InDoubt):
        hub.create()
    (waiting,) = hub.listed()
    assert (waiting["state"], waiting["pr_url"]) == ("none", None)
    made = hub.create(files=[], base=waiting["commit"], replaces=waiting["commit"])
    assert made["commit"] == waiting["commit"]
    the_only_pull(hub)


def test_an_update_changes_our_part_of_the_text_and_leaves_what_people_wrote(hub: Hub) -> None:
    first = hub.create()["commit"]
    (pull,) = hub.world.github.pulls(REPO)
    pull.title, pull.body = "Theirs", f"Please read this first.\r\n\r\n{pull.body}\r\nThanks."
    hub.create(base=first, replaces=first, body="Why now.\n", files=[{"path": "b.txt", "text": "b\n"}])
    (pull,) = hub.world.github.pulls(REPO)
    assert pull.title == "Theirs"
    assert str(pull.body).startswith("Please read this first.\n\n<!-- fops")
    assert str(pull.body).endswith("Thanks.")
    assert "Why now." in str(pull.body)
    assert "Why.\n" not in str(pull.body)


@pytest.mark.parametrize("where", ["/git/trees", "/pulls"])
@pytest.mark.parametrize(("kind", "seconds"), [("rate-limit", 60), ("secondary-limit", 90)])
def test_a_limit_says_when_to_come_back(hub: Hub, where: str, kind: Any, seconds: int) -> None:
    hub.world.github.fail(Fault(method="POST", path_end=where, answers=kind, wait=seconds))
    with pytest.raises(Transient) as caught:
        hub.create()
    assert not isinstance(caught.value, InDoubt)
    assert caught.value.retry_after == pytest.approx(seconds, abs=2)
    hub.create()
    the_only_pull(hub)


def test_a_used_up_hour_is_waited_for_and_not_asked_again(hub: Hub) -> None:
    hub.world.github.limit(1)
    with pytest.raises(Transient) as caught:
        hub.create()
    assert caught.value.retry_after == pytest.approx(3600, abs=5)
    assert len(hub.world.github.asked) == 2


def test_a_token_that_is_not_accepted_is_named_without_being_shown(hub: Hub) -> None:
    hub.world.github.revoke(TOKEN)
    with pytest.raises(NotAllowed) as caught:
        hub.create()
    assert "set GITHUB_TOKEN" in caught.value.hint
    chain = f"{caught.value!r} {caught.value.message} {caught.value.hint} {caught.value.__cause__!r}"
    assert TOKEN not in chain


@pytest.mark.parametrize(
    ("may", "missing"),
    [
        ({"contents": "read", "pull_requests": "write", "workflows": "write"}, "contents: write"),
        ({"contents": "write", "pull_requests": "read", "workflows": "write"}, "pull_requests: write"),
        ({"contents": "write", "pull_requests": "write"}, "workflows: write"),
    ],
)
def test_a_missing_permission_is_named(hub: Hub, may: dict[str, str], missing: str) -> None:
    weak = hub.with_token(Token(value="fake-weak", may={"metadata": "read", **may}))
    with pytest.raises(NotAllowed) as caught:
        weak.create()
    assert missing in caught.value.hint


@pytest.mark.parametrize(("scopes", "missing"), [((), "scope repo"), (("repo",), "scopes repo and workflow")])
def test_a_missing_scope_of_a_classic_token_is_named(hub: Hub, scopes: tuple[str, ...], missing: str) -> None:
    weak = hub.with_token(Token(value="fake-classic", scopes=scopes))
    with pytest.raises(NotFound) as caught:
        weak.create()
    assert missing in caught.value.hint


def test_a_repository_that_the_token_cannot_see_is_not_found(hub: Hub) -> None:
    with pytest.raises(NotFound, match="not found, or not for this token"):
        hub.create(repository="https://github.com/test/other")


def test_a_commit_that_github_does_not_have_is_named(hub: Hub) -> None:
    with pytest.raises(NotFound, match="commit 111111111111 of test/repo"):
        hub.create(base="1" * 40)
    assert hub.world.writes == []


def test_a_rule_that_guards_the_branch_is_told_in_githubs_words(hub: Hub) -> None:
    hub.world.github.repository(REPO).guarded.add(BRANCH)
    with pytest.raises(OutsideFailed, match="Repository rule violations found"):
        hub.create()


def test_a_base_that_already_has_everything_is_said_plainly(hub: Hub) -> None:
    made = hub.create()
    hub.world.github.merge(REPO, 1)
    with pytest.raises(Final, match="main already has all"):
        hub.create(files=[], base=made["commit"], replaces=made["commit"])


def test_an_empty_repository_is_said_to_be_one(hub: Hub, tmp_path: Path) -> None:
    git("init", "--quiet", "--bare", str(tmp_path / "empty.git"))
    hub.world.github.add("test/empty", tmp_path / "empty.git")
    with pytest.raises(Final, match="empty"):
        hub.create(repository="https://github.com/test/empty", base="1" * 40)


def test_the_list_tells_what_became_of_each(hub: Hub) -> None:
    github = hub.world.github
    for number, name in enumerate(("merged", "closed", "open"), start=1):
        hub.create(branch=f"fops/onboard-{name}")
        if name != "open":
            (github.merge if name == "merged" else github.close)(REPO, number)
    github.push(REPO, "main", "x.txt", "x\n")
    assert {one["branch"]: one["state"] for one in hub.listed()} == {
        f"fops/onboard-{name}": name for name in ("merged", "closed", "open")
    }
    assert hub.listed("fops/onboard-op")[0]["pr_url"] == f"{ADDRESS}/pull/3"


def test_an_open_one_counts_however_many_were_closed_before(hub: Hub) -> None:
    hub.create()
    (first,) = hub.world.github.pulls(REPO)
    kept = hub.world.github.repository(REPO).pulls
    for number in range(2, 130):
        kept.append(Pull(number=number, title="x", body=None, head=BRANCH, base="main", head_sha=first.head_sha, login="ada",
                         created_at=first.created_at, updated_at=first.updated_at, state="closed", closed_at=first.created_at))  # fmt: skip
    (listed,) = hub.listed()
    assert (listed["state"], listed["pr_url"]) == ("open", f"{ADDRESS}/pull/1")
    assert sum(one.path.endswith("/pulls") and "per_page" in one.query for one in hub.world.github.asked) == 2


def test_the_token_follows_no_link_and_no_redirect_to_another_host() -> None:
    ref = b'[{"ref": "refs/heads/fops/onboard-x", "object": {"sha": "1"}}]'
    with peer(answer(b"[]")) as elsewhere:
        more = answer(b"[]", Link=f'<{elsewhere.url(path="/pulls")}>; rel="next"')
        with peer(answer(ref), more) as lying:
            settings = GithubSettings(
                github_token=Secret(TOKEN), github_api_url=f"http://127.0.0.1:{lying.port}"
            )
            wanted = ChangeRequestsWanted(repository=ADDRESS, prefix="fops/")
            with pytest.raises(OutsideFailed, match="names a next page on another host"):
                list_change_requests(settings).perform(a_context(), wanted)
        moved = answer(status="301 Moved Permanently", Location=elsewhere.url())
        with peer(moved) as lying:
            settings = GithubSettings(
                github_token=Secret(TOKEN), github_api_url=f"http://127.0.0.1:{lying.port}"
            )
            with pytest.raises(NotFound, match="no longer at this address"):
                list_change_requests(settings).perform(a_context(), wanted)
        assert elsewhere.asked == []


def test_what_is_no_github_is_told_from_it() -> None:
    with peer(answer(b"<html>welcome</html>")) as other:
        settings = GithubSettings(github_token=Secret(TOKEN), github_api_url=f"http://127.0.0.1:{other.port}")
        with pytest.raises(OutsideFailed, match="does not answer as GitHub does"):
            list_change_requests(settings).perform(a_context(), ChangeRequestsWanted(repository=ADDRESS, prefix="f"))  # fmt: skip


def test_without_a_token_nothing_is_asked_and_the_hint_names_the_setting(hub: Hub) -> None:
    nobody = Hub(hub.world, GithubSettings(github_api_url=hub.settings.github_api_url))
    for act in (nobody.create, nobody.listed):
        with pytest.raises(UsageError) as caught:
            act()
        assert "GITHUB_TOKEN" in caught.value.hint
    assert hub.world.github.asked == ()
