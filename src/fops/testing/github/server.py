"""HTTP: who asks, what they may, limits, faults, and which function answers."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from fops.testing.github import git_data, pulls, shapes
from fops.testing.github.model import (
    Asked,
    Call,
    Fault,
    Refused,
    Reply,
    Repository,
    State,
    Token,
    refused,
)

VERSIONS = frozenset({"2022-11-28", "2026-03-10"})  # of the API, as GitHub supports them in 2026
_TOP = r"/repos/(?P<owner>[^/]+)/(?P<name>[^/]+)"


@dataclass(frozen=True, slots=True)
class _Route:
    method: str
    pattern: re.Pattern[str]
    permission: str
    answer: Callable[[Call], Reply]

    @property
    def level(self) -> str:
        return "read" if self.method == "GET" else "write"


def _route(method: str, tail: str, permission: str, answer: Callable[[Call], Reply]) -> _Route:
    return _Route(method, re.compile(_TOP + tail), permission, answer)


_ROUTES = (
    _route("GET", "", "metadata", lambda call: Reply(status=200, document=shapes.full_repository(call))),
    _route("POST", "/git/blobs", "contents", git_data.create_blob),
    _route("POST", "/git/trees", "contents", git_data.create_tree),
    _route("POST", "/git/commits", "contents", git_data.create_commit),
    _route("GET", "/git/commits/(?P<sha>[^/]+)", "contents", git_data.show_commit),
    _route("GET", "/git/ref/(?P<ref>.+)", "contents", git_data.show_ref),
    _route("GET", "/git/matching-refs/(?P<ref>.*)", "contents", git_data.matching_refs),
    _route("POST", "/git/refs", "contents", git_data.create_ref),
    _route("PATCH", "/git/refs/(?P<ref>.+)", "contents", git_data.update_ref),
    _route("GET", "/pulls", "pull_requests", pulls.list_pulls),
    _route("POST", "/pulls", "pull_requests", pulls.create_pull),
    _route("GET", r"/pulls/(?P<number>\d+)", "pull_requests", pulls.show_pull),
    _route("PATCH", r"/pulls/(?P<number>\d+)", "pull_requests", pulls.update_pull),
)


@contextmanager
def serve(state: State) -> Iterator[str]:
    """The API on a free loopback port; gives its address, and ends with the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Http, state))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state.url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """A request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    data: bytes


class _Http(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, state: State, *args: Any) -> None:
        self._state = state
        super().__init__(*args)

    def do_GET(self) -> None:
        """Answer any method: the routes know which there are."""
        address = urlsplit(self.path)
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = _Request(method=self.command, path=address.path, query=dict(parse_qsl(address.query)),
                           headers={name.lower(): value for name, value in self.headers.items()}, data=data)  # fmt: skip
        with self._state.lock:
            reply = _answered(self._state, request)
            _note(self._state, request, reply)
        if reply is None:
            self.close_connection = True
            return
        self._send(reply)

    do_POST = do_PATCH = do_PUT = do_DELETE = do_GET  # noqa: N815 - the server's own way of naming

    def log_message(self, *_: object) -> None:
        """Nothing: tests read what the programs under test say."""

    def _send(self, reply: Reply) -> None:
        body = b"" if reply.document is None else json.dumps(reply.document).encode()
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json; charset=utf-8", **reply.headers}
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _answered(state: State, request: _Request) -> Reply | None:
    """The answer, None for silence."""
    fault = _fault(state, request)
    reply = None if fault and not fault.done else _handled(state, request)
    if fault is None:
        return reply
    if fault.answers == "silence":
        return None
    if isinstance(fault.answers, int):
        return Reply(status=fault.answers, document={"message": "Server Error"})
    return _limited(state, secondary=fault.answers == "secondary-limit", wait=fault.wait)


def _handled(state: State, request: _Request) -> Reply:
    token = None
    try:
        token = _token(state, request)
        if request.path == "/rate_limit" and request.method == "GET":
            return Reply(status=200, document=shapes.rate_limit(state.limit, state.used))
        if state.used >= state.limit:
            return _limited(state, secondary=False, wait=3600)
        state.used += 1
        reply = _routed(state, request, token)
    except Refused as error:
        reply = error.reply
    left = {"limit": state.limit, "remaining": state.limit - state.used, "used": state.used, "reset": int(time.time()) + 3600}  # fmt: skip
    limits = {f"X-RateLimit-{name.title()}": str(value) for name, value in left.items()}
    return replace(
        reply, headers={**_scopes(token), **reply.headers, **limits, "X-RateLimit-Resource": "core"}
    )


def _scopes(token: Token | None) -> dict[str, str]:
    """What GitHub says in every answer to a classic token."""
    if token is None or token.scopes is None:
        return {}
    return {"X-OAuth-Scopes": ", ".join(token.scopes), "X-Accepted-OAuth-Scopes": "repo"}


def _routed(state: State, request: _Request, token: Token | None) -> Reply:
    for route in _ROUTES:
        found = route.pattern.fullmatch(request.path)
        if found and route.method == request.method:
            words = {name: unquote(text) for name, text in found.groupdict().items()}
            repository = state.repositories.get(f"{words['owner']}/{words['name']}".lower())
            repository = _permitted(repository, token, route)
            body = _body(request) if route.level == "write" else {}
            return route.answer(Call(state=state, repository=repository, token=token, words=words, query=request.query, body=body))  # fmt: skip
    raise refused(404, "Not Found")


def _token(state: State, request: _Request) -> Token | None:
    if "user-agent" not in request.headers:
        raise refused(403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header")  # fmt: skip
    version = request.headers.get("x-github-api-version", "2022-11-28")
    if version not in VERSIONS:
        raise refused(400, f"{version} is not a supported version of the REST API.")
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if not kind:
        return None
    if kind.lower() not in {"bearer", "token"} or value not in state.tokens:
        raise refused(401, "Bad credentials")
    return state.tokens[value]


def _permitted(repository: Repository | None, token: Token | None, route: _Route) -> Repository:
    """The repository, where the token may do this. What it may not even see is not there."""
    wanted = f"{route.permission}={route.level}"
    headers = {} if _scopes(token) else {"X-Accepted-GitHub-Permissions": wanted}
    if repository is None or (token is None and repository.private):
        raise refused(404, "Not Found")
    if token is None:
        if route.level == "write":
            raise refused(401, "Requires authentication")
        return repository
    if token.has(route.permission, route.level) or (route.level == "read" and not repository.private):
        return repository
    if token.scopes is not None or repository.private:
        raise refused(404, "Not Found", headers=headers)
    raise refused(403, "Resource not accessible by personal access token", headers=headers)


def _body(request: _Request) -> Mapping[str, Any]:
    try:
        body = json.loads(request.data)
    except ValueError as error:
        raise refused(400, "Problems parsing JSON") from error
    if not isinstance(body, dict):
        raise refused(400, "Body should be a JSON object")
    return body


def _limited(state: State, *, secondary: bool, wait: int) -> Reply:
    if secondary:
        said = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        return Reply(status=403, document={"message": said, "documentation_url": ""}, headers={"Retry-After": str(wait)})  # fmt: skip
    headers = {"X-RateLimit-Limit": str(state.limit), "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + wait)}  # fmt: skip
    said = "API rate limit exceeded for user ID 1."
    return Reply(status=403, document={"message": said, "documentation_url": ""}, headers=headers)


def _fault(state: State, request: _Request) -> Fault | None:
    fits = (one for one in state.faults if one.method == request.method and request.path.endswith(one.path_end))  # fmt: skip
    fault = next(fits, None)
    if fault:
        state.faults.remove(fault)
    return fault


def _note(state: State, request: _Request, reply: Reply | None) -> None:
    headers = {name: value for name, value in request.headers.items() if name != "authorization"}
    body = json.loads(request.data) if request.data.startswith((b"{", b"[")) else None
    state.asked.append(Asked(method=request.method, path=request.path, query=request.query, headers=headers, body=body,
                             status=reply.status if reply else 0, answer=reply and reply.document))  # fmt: skip
