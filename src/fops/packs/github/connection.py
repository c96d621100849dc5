"""One origin, one token: every request to GitHub goes through here."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, Self
from urllib.parse import urlsplit

from fops.kernel.errors import InDoubt, OutsideFailed, UsageError
from fops.kernel.http import Bounds, Response, client
from fops.kernel.reach import Reach
from fops.kernel.redaction import redact_text
from fops.packs.github.failures import Answer, failure
from fops.packs.github.settings import GithubSettings

API_VERSION = "2022-11-28"
"""Of GitHub's REST API, in each request, so that a newer one changes nothing: kept until 2028 at least, and older Enterprise Servers know no other."""
MAX_PAGES = 20
_BOUNDS = Bounds(total=45, read=30)
"""Seconds. GitHub itself gives up on a request after 10; a limit's minute is the caller's to wait, who is told of it."""


class Connection:
    """Speaks to the API of the settings. Raises UsageError without a token; errors tell GitHub's own words, never the token."""

    def __init__(self, settings: GithubSettings) -> None:
        self._top = settings.github_api_url
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token_of(settings)}",
            "X-GitHub-Api-Version": API_VERSION,
        }
        # The operator named this address, so that it may be a private one, and proxies may lead to it.
        self._client = client(reach=Reach.ANY, bounds=_BOUNDS, base_url=self._top, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, what: str, **query: str) -> Any:
        """The document at a path. Raises NotFound, NotAllowed, Transient, OutsideFailed."""
        return self._read(path, what, query).document

    def pages(self, path: str, what: str, **query: str) -> Iterator[Any]:
        """The items of a list, page by page. Raises OutsideFailed for a next page at another origin."""
        answer = self._read(path, what, {"per_page": "100", **query})
        for _ in range(MAX_PAGES):
            yield from answer.document
            if answer.next_page is None:
                return
            answer = self._read(self._same_origin(answer.next_page), what, {})

    def send(self, method: str, path: str, what: str, body: Mapping[str, Any]) -> Answer:
        """A write, asked once: its answer where it is done (200, 201) or does not fit what is there (409, 422).

        Raises InDoubt where nobody knows whether it was done, Unreachable where it was not sent, and as `get` does.
        """
        answer = self._answer(self._client.request(method, path, json=dict(body), follow_redirects=False))
        if answer.status >= 500:
            raise InDoubt(f"{what}: GitHub answered {answer.status}", hint="run the same again in a minute")
        if answer.status not in {200, 201, 409, 422}:
            raise failure(what, answer, now=time.time())
        return answer

    def _read(self, path: str, what: str, query: Mapping[str, str]) -> Answer:
        answer = self._answer(self._client.get(path, params=dict(query) or None, follow_redirects=False))
        if answer.status != 200:
            raise failure(what, answer, now=time.time())
        return answer

    def _answer(self, response: Response) -> Answer:
        return Answer(
            status=response.status_code,
            document=self._parsed(response),
            headers={name.lower(): value for name, value in response.headers.items()},
            next_page=response.links.get("next", {}).get("url"),
        )

    def _parsed(self, response: Response) -> Any:
        try:
            return json.loads(response.content) if response.content else None
        except ValueError as error:
            if not response.is_success:  # a proxy's page; the status says enough
                return None
            raise OutsideFailed(
                f"{self._top} does not answer as GitHub does",
                hint="check GITHUB_API_URL; an Enterprise Server's ends with /api/v3",
            ) from error

    def _same_origin(self, url: str) -> str:
        ours, theirs = urlsplit(self._top), urlsplit(url)
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise OutsideFailed(
                f"{self._top} names a next page on another host: {redact_text(url)}",
                hint="the token goes to GITHUB_API_URL alone",
            )
        return url


def token_of(settings: GithubSettings) -> str:
    """The token itself. Raises UsageError where none is configured."""
    if not settings.github_token:
        raise UsageError(
            "no GitHub token is configured",
            hint="set GITHUB_TOKEN to one with contents, pull requests and workflows (read and write), or use --provider local",
        )
    return settings.github_token.reveal()
