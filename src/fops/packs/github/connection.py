"""One origin, one token: every request to GitHub goes through here."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2

from fops import __version__
from fops.kernel.errors import FopsError, InDoubt, OutsideFailed, Transient, Unreachable, UsageError
from fops.kernel.redaction import redact_text
from fops.packs.github.failures import Answer, failure
from fops.packs.github.settings import GithubSettings

API_VERSION = "2022-11-28"
"""Of GitHub's REST API, in each request, so that a newer one changes nothing: kept until 2028 at least, and older Enterprise Servers know no other."""
SECONDS = 30.0  # without a word; GitHub itself gives up on a request after 10
MAX_ANSWER = 20_000_000  # bytes; the largest honest answer is a page of some hundred kilobytes
MAX_PAGES = 20
_TRIES = 3  # of what only reads


class Connection:
    """Speaks to the API of the settings. Raises UsageError without a token; errors tell GitHub's own words, never the token."""

    def __init__(self, settings: GithubSettings) -> None:
        if not settings.github_token:
            raise UsageError(
                "no GitHub token is configured",
                hint="set GITHUB_TOKEN to one with contents, pull requests and workflows (read and write), or use --provider local",
            )
        self._top = settings.github_api_url
        self._client = _client(settings.github_api_url, settings.github_token.reveal())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str, what: str, **query: str) -> Any:
        """The document at a path; asked again where that may help. Raises NotFound, NotAllowed, Transient, OutsideFailed."""
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
        """A write, asked once: its answer whatever the status below 500. Raises InDoubt where nobody knows whether it was done.

        Raises Unreachable where no connection was made, and rights and limits as `get` does.
        """
        try:
            answer = self._once(method, path, json=dict(body))
        except httpx2.ConnectError as error:
            raise self._unreachable(error) from error
        except httpx2.TransportError as error:
            raise InDoubt(
                f"{what}: GitHub did not answer ({type(error).__name__})",
                hint="run the same again: it looks first at what is there",
            ) from error
        if answer.status >= 500:
            raise InDoubt(f"{what}: GitHub answered {answer.status}", hint="run the same again in a minute")
        if answer.status not in {200, 201, 409, 422}:
            raise failure(what, answer, now=time.time())
        return answer

    def _read(self, path: str, what: str, query: Mapping[str, str]) -> Answer:
        for left in reversed(range(_TRIES)):
            error: FopsError
            try:
                answer = self._once("GET", path, params=dict(query) or None)
                if answer.status == httpx2.codes.OK:
                    return answer
                error = failure(what, answer, now=time.time())
            except httpx2.TransportError as cause:
                error = self._unreachable(cause)
            if not left or not isinstance(error, Unreachable):
                raise error
            time.sleep(0.2 * (_TRIES - left))
        raise AssertionError("unreachable")  # pragma: no cover - the last try returns or raises

    def _once(self, method: str, path: str, **more: Any) -> Answer:
        with self._client.stream(method, path, **more) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > MAX_ANSWER:
                    raise OutsideFailed(
                        f"{self._top} answers with more than {MAX_ANSWER} bytes",
                        hint="check GITHUB_API_URL",
                    )
        document = self._parsed(bytes(body), response.status_code)
        headers = {name.lower(): value for name, value in response.headers.items()}
        following = response.links.get("next", {}).get("url")
        return Answer(status=response.status_code, document=document, headers=headers, next_page=following)

    def _parsed(self, body: bytes, status: int) -> Any:
        try:
            return json.loads(body) if body else None
        except ValueError as error:
            if status >= 300:  # a proxy's page; the status says enough
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

    def _unreachable(self, cause: httpx2.TransportError) -> Transient:
        reason = redact_text(str(cause)) or type(cause).__name__
        return Unreachable(
            f"{self._top} cannot be reached: {reason}", hint="check GITHUB_API_URL and the network"
        )


def _client(api_url: str, token: str) -> httpx2.Client:
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token}",
        "User-Agent": f"fops/{__version__}",
        "X-GitHub-Api-Version": API_VERSION,
    }
    return httpx2.Client(base_url=api_url, headers=headers, timeout=SECONDS, follow_redirects=False)
