"""What the github pack makes of addresses, of the text of a pull request, and of GitHub's refusals."""

from __future__ import annotations

import pytest

from fops.kernel.errors import NotAllowed, NotFound, Transient, Unreachable, UsageError
from fops.packs.github.address import Repo, repository_at, wanted_repository, web_host
from fops.packs.github.body import MAX_BODY, fitted, with_ours
from fops.packs.github.failures import Answer, failure
from fops.packs.github.settings import GithubSettings

PUBLIC = "https://api.github.com"
SERVER = "https://git.example/api/v3"


@pytest.mark.parametrize(
    ("api", "host"),
    [
        (PUBLIC, "github.com"),
        (SERVER, "git.example"),
        ("https://api.acme.ghe.com", "acme.ghe.com"),
        ("http://127.0.0.1:4711", "github.com"),
        ("https://proxy.example/github", "github.com"),
    ],
)
def test_an_api_serves_the_repositories_of_one_host(api: str, host: str) -> None:
    assert web_host(api) == host


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/shop",
        "https://github.com/acme/shop.git",
        "https://www.GitHub.com/acme/shop/",
        "https://****@github.com/acme/shop.git",
        "ssh://git@github.com/acme/shop.git",
        "ssh://git@github.com:22/acme/shop",
        "git@github.com:acme/shop.git",
    ],
)
def test_every_spelling_of_an_address_names_the_same_repository(url: str) -> None:
    assert repository_at(url, PUBLIC) == Repo("acme", "shop")


@pytest.mark.parametrize(
    "url",
    [
        "https://gitlab.com/acme/shop", "https://github.com.evil.example/acme/shop", "https://evil.example/github.com/acme/shop",
        "https://github.com@evil.example/acme/shop", "https://github.com/acme", "https://github.com/acme/shop/tree/main",
        "https://github.com/../shop", "https://github.com/acme/..", "/srv/github.com/acme/shop", "file:///acme/shop", "",
    ],
)  # fmt: skip
def test_what_lies_elsewhere_is_no_repository_there(url: str) -> None:
    assert repository_at(url, PUBLIC) is None
    with pytest.raises(UsageError, match=r"no repository on github\.com"):
        wanted_repository(url, PUBLIC)


def test_an_enterprise_server_has_its_own_repositories_alone() -> None:
    assert repository_at("https://git.example/acme/shop", SERVER) == Repo("acme", "shop")
    assert repository_at("https://github.com/acme/shop", SERVER) is None


@pytest.mark.parametrize(
    "text", ["ftp://x", "api.github.com", "http://git.example/api/v3", "https://me:pw@git.example", "https://x?y=1"]
)  # fmt: skip
def test_an_address_that_would_give_the_token_away_is_refused(text: str) -> None:
    from fops.kernel.settings import Source, load

    with pytest.raises(UsageError, match="GITHUB_API_URL"):
        load(GithubSettings, [Source("environment", {"GITHUB_API_URL": text})])


def test_the_token_is_masked_wherever_settings_are_shown() -> None:
    from fops.kernel.settings import Source, load

    made, shown = load(GithubSettings, [Source("environment", {"GITHUB_TOKEN": "fake-secret"})])
    assert "fake-secret" not in f"{made!r} {shown!r}"


def test_our_part_of_a_text_is_made_anew_and_the_rest_stays() -> None:
    body = f"Above.\n\n{fitted('old')}\nBelow."
    anew = with_ours(body.replace("\n", "\r\n"), "new")
    assert (anew.startswith("Above.\n\n"), anew.endswith("Below.")) == (True, True)
    assert "new" in anew
    assert "old" not in anew
    assert with_ours(anew, "new") == anew


def test_a_text_that_a_person_rewrote_stays_as_it_is() -> None:
    for theirs in ("All mine.", "Mine,\r\nfrom a browser.", ""):
        assert with_ours(theirs, "new") == theirs


def test_a_text_too_long_for_github_is_cut_at_a_line_and_says_so() -> None:
    cut = fitted("\n".join(["| a row |"] * 10_000))
    assert len(cut) <= MAX_BODY
    assert "| a row |\n\n… the rest did not fit" in cut


@pytest.mark.parametrize(
    ("answer", "kind", "hint"),
    [
        (Answer(status=401, document={"message": "Bad credentials"}), NotAllowed, "GITHUB_TOKEN"),
        (Answer(status=403, document={}, headers={"x-github-sso": "required; url=https://x"}), NotAllowed, "single sign-on"),
        (Answer(status=403, document={}, headers={"x-accepted-github-permissions": "contents=write; administration=write"}),
         NotAllowed, "contents: write or administration: write"),
        (Answer(status=404, document={}, headers={"x-oauth-scopes": "gist", "x-accepted-oauth-scopes": "repo"}), NotFound, "scope repo (it has: gist)"),
        (Answer(status=404, document={}, headers={"x-oauth-scopes": "repo", "x-accepted-oauth-scopes": "repo"}), NotFound, "repo and workflow"),
        (Answer(status=503, document=None), Unreachable, "try again"),
        (Answer(status=307, document=None), NotFound, "renamed"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_is_missing(answer: Answer, kind: type[Exception], hint: str) -> None:
    error = failure("it", answer, now=0)
    assert isinstance(error, kind)
    assert hint in error.hint


@pytest.mark.parametrize(
    ("status", "headers", "said", "seconds"),
    [
        (403, {"retry-after": "30"}, "", 30),
        (429, {}, "", 60),
        (403, {}, "You have exceeded a secondary rate limit", 60),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1120"}, "API rate limit exceeded", 120),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "10"}, "", 1),
        (429, {"retry-after": "soon"}, "", 60),
    ],
)
def test_a_limit_says_when_it_ends(status: int, headers: dict[str, str], said: str, seconds: float) -> None:
    error = failure("it", Answer(status=status, document={"message": said}, headers=headers), now=1000)
    assert isinstance(error, Transient)
    assert error.retry_after == seconds


def test_githubs_words_are_one_redacted_line() -> None:
    document = {"message": "Validation\nFailed", "errors": [{"resource": "PullRequest", "field": "base", "code": "invalid"},
                                                            "see https://ada:fake@x.example/"]}  # fmt: skip
    said = Answer(status=422, document=document).said
    assert said == "Validation Failed PullRequest base invalid see https://****@x.example/"
