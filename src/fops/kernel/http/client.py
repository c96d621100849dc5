"""The client: httpx2's, whose redirects are judged at every hop, whose failures are of our tree."""

from __future__ import annotations

import email.utils
import ssl
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import httpx2

from fops import __version__
from fops.kernel import correlation
from fops.kernel.clock import SystemClock
from fops.kernel.errors import (
    FopsError,
    InDoubt,
    LimitExceeded,
    NotAllowed,
    NotFound,
    OutsideFailed,
    Transient,
    Unreachable,
    UnsafeInput,
)
from fops.kernel.http.transport import Bounds, Ticks, Transport, until
from fops.kernel.reach import Reach, Resolve, system_resolve
from fops.kernel.redaction import redact_text

USER_AGENT = f"fops/{__version__}"
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})  # RFC 9110 9.2.2
_LATER = frozenset({429, 502, 503, 504})
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 20.0  # seconds; doubled each time, and all of it chance (full jitter)
_LONGEST_ASKED = 60.0  # seconds of a Retry-After that is waited for; a longer one is the caller's to plan
_KEPT_ACROSS_ORIGINS = frozenset(
    {"accept", "accept-encoding", "accept-language", "connection", "host", "user-agent"}
)
_NOTHING_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)


def client(
    *,
    reach: Reach,
    bounds: Bounds | None = None,
    ticks: Ticks | None = None,
    resolve: Resolve = system_resolve,
    verify: ssl.SSLContext | None = None,
    transport: httpx2.BaseTransport | None = None,
    **options: Any,
) -> Client:
    """A client for one purpose; close it, or use it as a context manager.

    `reach` what may be connected to: `Reach.ANY` for what a person named at their own command line, `Reach.PUBLIC`
    (`.allowing(…)` what an operator's setting names) for what a server is asked to fetch. `options` are those of
    `httpx2.Client` (`base_url`, `headers`, `auth`, `params`); `transport` replaces the network in tests.
    """
    bounds, ticks = bounds or Bounds(), ticks or Ticks()
    network = transport or Transport(reach, bounds=bounds, ticks=ticks, resolve=resolve, verify=verify)
    return Client(network, bounds=bounds, ticks=ticks, **options)


class Client(httpx2.Client):
    """Sends within bounds; an answer of any status is returned, a failure to get one is an error of our tree.

    Raises Unreachable when nothing was done, InDoubt when a write may have been, UnsafeInput for a place out of reach,
    LimitExceeded, OutsideFailed for what is no proper answer.
    """

    def __init__(
        self,
        transport: httpx2.BaseTransport,
        *,
        bounds: Bounds,
        ticks: Ticks,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        timeout = httpx2.Timeout(bounds.read, connect=bounds.connect)
        own = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"}
        super().__init__(
            transport=transport,
            timeout=timeout,
            trust_env=False,
            headers={**own, **(headers or {})},
            **options,
        )
        self._bounds = bounds
        self._ticks = ticks

    def build_request(
        self, method: str, url: httpx2.URL | str, *, headers: Any = None, **options: Any
    ) -> httpx2.Request:
        """As `httpx2.Client.build_request`, with what belongs to its trace. Raises UnsafeInput for what is no address."""
        together = httpx2.Headers({**correlation.headers(), **httpx2.Headers(headers)})
        try:
            return super().build_request(method, url, headers=together, **options)
        except (httpx2.InvalidURL, UnicodeError) as error:
            raise UnsafeInput(f"{redact_text(str(url))[:200]!r} is no address: {error}") from error

    def send(
        self,
        request: httpx2.Request,
        *,
        stream: bool = False,
        auth: Any = httpx2.USE_CLIENT_DEFAULT,
        follow_redirects: Any = True,
    ) -> httpx2.Response:
        """As `httpx2.Client.send`: with tries and judged redirects, all within `Bounds.total`."""
        ends = None if self._bounds.total is None else self._ticks.clock.elapsed() + self._bounds.total
        once = partial(self._once, stream=stream, auth=auth, follow=bool(follow_redirects))
        with until(ends):
            for tried in range(1, self._bounds.tries + 1):
                is_last = tried == self._bounds.tries
                answer = self._answer(request, once, is_last=is_last, ends=ends)
                wait = self._wait(answer, tried)
                if answer is not None:
                    may_pass = answer.status_code in _LATER and request.method in _REPEATABLE
                    if is_last or not may_pass or self._is_past(ends, wait):
                        return answer
                    answer.close()
                self._ticks.sleep(wait)
        raise AssertionError

    def _answer(
        self,
        request: httpx2.Request,
        once: Callable[[httpx2.Request], httpx2.Response],
        *,
        is_last: bool,
        ends: float | None,
    ) -> httpx2.Response | None:
        """The answer of one try, None when it failed and may be tried again."""
        try:
            return once(request)
        except httpx2.HTTPError as error:
            if is_last or not _may_repeat(request, error) or self._is_past(ends):
                raise _failed(request, error) from error
            return None

    def _once(self, request: httpx2.Request, *, stream: bool, auth: Any, follow: bool) -> httpx2.Response:
        """One try, through its redirects."""
        history: list[httpx2.Response] = []
        while True:
            answer = super().send(request, stream=True, auth=auth, follow_redirects=False)
            try:
                answer.history = list(history)
                if not follow or answer.next_request is None:
                    return answer if stream else _read(answer)
                following = answer.next_request
                is_elsewhere = following.url.origin != request.url.origin
                _judge(
                    request, following, is_elsewhere=is_elsewhere, left=self._bounds.redirects - len(history)
                )
                auth = None if is_elsewhere else auth
                answer.close()
            except BaseException:
                answer.close()
                raise
            history.append(answer)
            request = following

    def _wait(self, answer: httpx2.Response | None, tried: int) -> float:
        """Seconds before the next try: what the server asks for, else longer each time, by chance."""
        asked = None if answer is None else retry_after(answer)
        longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (tried - 1))
        return longest * self._ticks.chance() if asked is None else asked

    def _is_past(self, ends: float | None, wait: float = 0) -> bool:
        longer = ends is not None and self._ticks.clock.elapsed() + wait >= ends
        return longer or wait > _LONGEST_ASKED


def expect(answer: httpx2.Response, *, what: str = "") -> httpx2.Response:
    """The answer when it is a success.

    `what` names the thing that was asked for. Raises NotFound, NotAllowed, Transient (with `retry_after`, for 429 and
    what may pass) or OutsideFailed, each with the status and what the server said.
    """
    if answer.is_success:
        return answer
    answer.read()
    said = " ".join(answer.text.split())[:200]
    text = redact_text(
        f"{what or shown(answer.request.url)}: {answer.status_code} {answer.reason_phrase}: {said}"
    )
    if answer.status_code in _LATER:
        raise Transient(text.rstrip(": "), retry_after=retry_after(answer))
    kind: type[FopsError] = {401: NotAllowed, 403: NotAllowed, 404: NotFound}.get(
        answer.status_code, OutsideFailed
    )
    raise kind(text.rstrip(": "))


def retry_after(answer: httpx2.Response) -> float | None:
    """Seconds that a server asks to wait, None when it does not (RFC 9110 10.2.3: seconds or a date)."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:6])
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment - SystemClock().now()).total_seconds()) if moment.tzinfo else None


def shown(url: httpx2.URL) -> str:
    """An address for people: no userinfo, no query, no fragment, which all carry secrets."""
    return redact_text(str(url.copy_with(userinfo=b"", query=None, fragment=None)))


def _read(answer: httpx2.Response) -> httpx2.Response:
    answer.read()
    return answer


def _judge(request: httpx2.Request, following: httpx2.Request, *, is_elsewhere: bool, left: int) -> None:
    """Refuse or strip a redirect: what was meant for one origin is not for another."""
    if not left:
        raise LimitExceeded(f"{shown(request.url)} redirects once more than is followed")
    if not is_elsewhere:
        return
    if request.url.scheme == "https" and following.url.scheme != "https":
        raise UnsafeInput(f"{shown(request.url)} redirects away from https, to {shown(following.url)}")
    if following.method not in {"GET", "HEAD"}:
        raise UnsafeInput(f"{shown(request.url)} redirects a {following.method} to {shown(following.url)}")
    if following.url.userinfo:
        raise UnsafeInput(f"{shown(request.url)} redirects to an address that holds credentials")
    for name in set(following.headers) - _KEPT_ACROSS_ORIGINS:
        del following.headers[name]


def _may_repeat(request: httpx2.Request, error: httpx2.HTTPError) -> bool:
    if isinstance(error, (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError)):
        return False
    return request.method in _REPEATABLE or isinstance(error, _NOTHING_SENT)


def _failed(request: httpx2.Request, error: httpx2.HTTPError) -> FopsError:
    """What a failure to get an answer means: a write that was sent may have been done."""
    text = redact_text(f"{shown(request.url)} gave no answer: {str(error) or type(error).__name__}")
    if isinstance(error, httpx2.DecodingError):
        return OutsideFailed(text)
    is_sent = request.method not in {"GET", "HEAD", "OPTIONS"} and not isinstance(error, _NOTHING_SENT)
    if is_sent and not isinstance(error, httpx2.LocalProtocolError):
        return InDoubt(text, hint="look whether it was done before asking again")
    return Unreachable(text, hint="check the address, the network and the proxy")
