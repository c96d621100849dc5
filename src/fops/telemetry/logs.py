"""Logs: every line of the process, ours and the libraries', in one shape, secrets masked, and one line it stays.

Rooms write with `logging.getLogger("fops.…")` and `extra`; nothing here has to be known for that.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, TextIO

from fops.actions.operations import StepEvent
from fops.kernel import correlation
from fops.kernel.clock import isoformat
from fops.kernel.errors import FopsError
from fops.kernel.redaction import redact
from fops.telemetry.hear import Run
from fops.telemetry.settings import TelemetrySettings

LONGEST = 16_000  # characters of one value: a deep traceback; a body in a message must not fill a disk
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
_QUIET = (
    "uvicorn",
    "sqlalchemy",
    "alembic",
    "httpx",
    "httpx2",
    "httpcore",
    "dbos",
    "asyncio",
    "opentelemetry",
)
_TALK = "fops.serve"  # what is said to whoever started it, which no level keeps back
_LOG = logging.getLogger("fops.operation")
_ENCODED = json.JSONEncoder(separators=(",", ":")).encode

Event = dict[str, Any]


def event_of(record: logging.LogRecord) -> Event:
    """A record as JSON-like values: time, level, logger, event, the words bound here, its extras, its error."""
    said: Event = {
        "event": record.getMessage(),
        **correlation.words(),
        **{key: value for key, value in vars(record).items() if key not in _OWN and value is not None},
    }
    if record.exc_info and record.exc_info[1]:
        said["error"] = _error(record.exc_info[1])
    return {
        "timestamp": isoformat(datetime.fromtimestamp(record.created, UTC)),
        "level": record.levelname.lower(),
        "logger": record.name,
        **{
            key: _short(value)
            for key, value in redact({key: _plain(value) for key, value in said.items()}).items()
        },
    }


class JsonLines(logging.Formatter):
    """One JSON object a line, nothing but ASCII: no text can end the line or reach a terminal's controls."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return _ENCODED(event_of(record))


class ForPeople(logging.Formatter):
    """`time level event key=value …`, a traceback below it; what cannot be printed is escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and those of a traceback."""
        event = event_of(record)
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        error: Mapping[str, str] = event.pop("error", {})
        rest = {
            key: value for key, value in event.items() if key not in {"timestamp", "level", "logger", "event"}
        }
        words = [
            time,
            event["level"].ljust(7),
            event["event"],
            *(f"{key}={_quoted(value)}" for key, value in rest.items()),
        ]
        lines = [
            " ".join(map(str, words)),
            *(f"    {one}" for one in error.get("traceback", "").splitlines()),
        ]
        return "\n".join(printable(line) for line in lines)


@contextmanager
def configured(settings: TelemetrySettings, stream: TextIO = sys.stderr) -> Iterator[Callable[[str], None]]:
    """Send every line of the process to a stream until the block ends.

    Gives how to say something to whoever started it: plain where people read, a line like any other where a program does.
    """
    people = settings.log_format == "console" or (settings.log_format == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ForPeople() if people else JsonLines())
    handler.addFilter(_is_news)
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    with _on_root(handler, level):
        yield (
            (lambda text: print(text, file=stream, flush=True)) if people else logging.getLogger(_TALK).info
        )


@contextmanager
def _on_root(handler: logging.Handler, level: int) -> Iterator[None]:
    root, loggers = logging.getLogger(), [logging.getLogger(name) for name in ("", "fops", _TALK, *_QUIET)]
    before = [(one, one.level, one.propagate, one.handlers) for one in loggers]
    for one in loggers[1:]:
        one.handlers, one.propagate = (
            [logging.NullHandler()],
            True,
        )  # where one is, DBOS brings none of its own
        one.setLevel(max(level, logging.WARNING))
    loggers[1].setLevel(level)
    loggers[2].setLevel(logging.INFO)
    root.handlers = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        for one, was, propagated, handlers in before:
            one.propagate, one.handlers = propagated, handlers
            one.setLevel(was)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether nobody has said it: an error that reached the server was told with its request."""
    return record.name != "uvicorn.error" or not record.getMessage().startswith(
        "Exception in ASGI application"
    )


class OperationLog:
    """Hears operations: a line when one ends, and its id and request on every line inside."""

    @contextmanager
    def during(self, run: Run) -> Iterator[None]:
        """As `Ear`."""
        if run.kind != "operation":
            yield
            return
        began = perf_counter()
        with correlation.bound(request_id=run.ctx.request_id, operation_id=run.ctx.operation_id or ""):
            try:
                yield
            finally:
                _ended(run, perf_counter() - began)

    def stepped(self, event: StepEvent) -> None:
        """As `Ear`."""
        _LOG.debug("step", extra={"operation_id": event.operation_id, "step": event.step, "status": event.status,
                                  "detail": event.detail, "seconds": event.seconds})  # fmt: skip

    def audited(self, action: str, outcome: str) -> None:
        """As `Ear`; what the trail holds is not said twice."""
        if outcome == "unwritten":
            _LOG.error("audit line not written", extra={"action": action})

    def waited(self, seconds: float) -> None:
        """As `Ear`; a metric says it better."""


def _ended(run: Run, seconds: float) -> None:
    words: Event = {"kind": run.name, "outcome": run.outcome, "seconds": round(seconds, 3), "actor": run.ctx.actor,
                    "door": run.ctx.door}  # fmt: skip
    if isinstance(run.error, FopsError):
        words |= {"code": run.error.code, "detail": run.error.message}
    mistake = run.error if isinstance(run.error, Exception) and not isinstance(run.error, FopsError) else None
    level = logging.WARNING if run.outcome in {"failed", "unknown"} else logging.INFO
    _LOG.log(logging.ERROR if mistake else level, "operation", extra=words, exc_info=mistake)


def printable(text: str) -> str:
    """The text with everything that steers a terminal escaped: controls, line ends, reversed writing."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)


def _error(error: BaseException) -> dict[str, str]:
    lines = traceback.format_exception(error)
    return {"type": type(error).__name__, "message": str(error), "traceback": "".join(lines)}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else str(value)


def _short(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _short(item) for key, item in value.items()}
    return f"{value[:LONGEST]}…" if isinstance(value, str) and len(value) > LONGEST else value


def _quoted(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return json.dumps(text, ensure_ascii=False) if not text or set(text) & set(' "=') else text
