"""`Invoker` over HTTP: the same names, the same JSON, the same errors, and progress as it happens."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from fops.actions.operations import Json, StepEvent
from fops.actions.store import OPEN
from fops.kernel import correlation
from fops.kernel.context import RequestContext
from fops.kernel.errors import Unreachable, error_named
from fops.kernel.ids import new_id

CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 60.0  # an open stream says something every 15 seconds
STEPS, LINES = "text/event-stream", "application/jsonl"
TRIES = 5  # of one stream or request, before the server counts as gone
PAUSE_SECONDS = (
    0.25  # before the second try, doubled each time: with all of them a server has time to start again
)


class HttpInvoker:
    """Asks the server behind a client. Raises Unreachable when it does not answer, else what the server's house raises."""

    def __init__(self, client: httpx2.Client, listener: Callable[[StepEvent], None]) -> None:
        self._client = client
        self._listener = listener

    def invoke(self, ctx: RequestContext, name: str, parameters: Mapping[str, Any]) -> Json:
        """As `fops.actions.Invoker`."""
        headers = {
            **correlation.headers(),
            "Prefer": "respond-async",
            "Idempotency-Key": new_id("key"),
            "X-Request-ID": ctx.request_id,
        }
        where = f"/api/invoke/{name}?dry_run={str(ctx.dry_run).lower()}"
        if ctx.dry_run:
            return self._told(where, parameters, headers)
        answer = self._again(lambda: self._client.post(where, json=dict(parameters), headers=headers))
        if answer.status_code != httpx2.codes.ACCEPTED:
            return _document(answer)
        operation = answer.headers["Location"]
        self._follow(operation)
        return _result(_document(self._again(lambda: self._client.get(operation))))

    def stream(self, ctx: RequestContext, name: str, parameters: Mapping[str, Any]) -> Iterator[bytes]:
        """As `fops.actions.Invoker`. Raises Unreachable where it breaks off: what came until then is not all."""
        headers = {"Accept": LINES, "X-Request-ID": ctx.request_id}
        with self._opened(f"/api/invoke/{name}", parameters, headers) as answer:
            if answer.headers.get("Content-Type") != LINES:
                answer.read()
                _document(answer)
            yield from answer.iter_bytes()

    def _told(self, where: str, parameters: Mapping[str, Any], headers: Mapping[str, str]) -> Json:
        """The result of a dry run, whose steps are told as they happen; nothing of it is kept to ask for later."""
        with self._opened(where, parameters, {**headers, "Accept": STEPS}) as answer:
            if not answer.headers.get("Content-Type", "").startswith(STEPS):
                answer.read()
                return _document(answer)
            for event, _, data in _events(answer.iter_lines()):
                if event == "step":
                    self._listener(_step(data))
                elif "result" in data:
                    result: Json = data["result"]
                    return result
                else:
                    raise error_named(data["problem"])
        raise Unreachable(f"the server at {self._client.base_url} broke off", hint="try again")

    @contextmanager
    def _opened(
        self, where: str, parameters: Mapping[str, Any], headers: Mapping[str, str]
    ) -> Iterator[httpx2.Response]:
        """An answer that is read as it comes. Raises Unreachable."""
        request = self._client.build_request("POST", where, json=dict(parameters), headers=dict(headers))
        answer = self._again(lambda: self._client.send(request, stream=True))
        try:
            yield answer
        except httpx2.TransportError as error:
            raise Unreachable(
                f"the server at {self._client.base_url} broke off", hint="what came is not all: try again"
            ) from error
        finally:
            answer.close()

    def _follow(self, operation: str) -> None:
        """Tell the listener each step, across lost connections, until the operation has ended."""
        last = "0"
        for tried in range(TRIES):
            try:
                with self._client.stream(
                    "GET", f"{operation}/events", headers={"Last-Event-ID": last}
                ) as stream:
                    for event, identifier, data in _events(stream.iter_lines()):
                        if event == "end":
                            return
                        last = identifier or last
                        self._listener(_step(data))
            except httpx2.TransportError:
                time.sleep(PAUSE_SECONDS * 2**tried)

    def _again(self, call: Callable[[], httpx2.Response]) -> httpx2.Response:
        """The answer of a call that may be repeated: it reads, or carries a key that makes it one request."""
        for left in reversed(range(TRIES)):
            try:
                return call()
            except httpx2.TransportError as error:
                if not left:
                    raise Unreachable(f"the server at {self._client.base_url} does not answer", hint="`fops serve` starts one") from error  # fmt: skip
                time.sleep(PAUSE_SECONDS * 2 ** (TRIES - 1 - left))
        raise AssertionError


def at_socket(path: Path) -> httpx2.Client:
    """A client of the server behind a data directory's socket."""
    timeout = httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    transport = httpx2.HTTPTransport(uds=str(path))
    return httpx2.Client(base_url="http://localhost", transport=transport, timeout=timeout)


def answers(path: Path) -> bool:
    """Whether a process listens at a socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def posted(client: httpx2.Client, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON that a server answers to one request. Raises Unreachable, else what the server's house raised."""
    try:
        return _document(client.post(path, json=dict(body)))
    except httpx2.TransportError as error:
        raise Unreachable(
            f"the server at {client.base_url} does not answer", hint="`fops serve` starts one"
        ) from error


def _document(answer: httpx2.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        document = {"detail": f"the server answered {answer.status_code} without JSON"}
    if answer.is_success and isinstance(document, dict):
        return document
    raise error_named({**document, "message": str(document.get("detail", ""))})


def _result(operation: dict[str, Any]) -> Json:
    if operation["status"] == "succeeded" and operation["result"] is not None:
        result: Json = operation["result"]
        return result
    if operation["status"] in OPEN:
        raise Unreachable(
            f"{operation['id']} is {operation['status']} still",
            hint="it goes on where a server or worker runs",
        )
    raise error_named(operation["error"], operation["detail"] or f"it ended {operation['status']}")


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The events of a stream as (name, id, data), as the HTML standard reads them."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if not line and "data" in fields:
            yield fields.get("event", "message"), fields.get("id", ""), json.loads(fields["data"])
        if not line:
            fields = {}
        elif name:
            fields[name] = value.removeprefix(" ")


def _step(data: Mapping[str, Any]) -> StepEvent:
    return StepEvent(operation_id=data["operation_id"], step=data["step"], status=data["status"], detail=data["detail"],
                     seconds=data["seconds"])  # fmt: skip
