"""Log lines: one a line whatever is in them, no secret, every library's the same, and where they belong."""

from __future__ import annotations

import io
import json
import logging
import warnings

import pytest

from fops.kernel.correlation import bound
from fops.telemetry.logs import LONGEST, configured
from fops.telemetry.settings import TelemetrySettings

FAKE = "ghp_" + "x" * 36
LOG = logging.getLogger("fops.test")


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _break(text: str) -> None:
    raise KeyError(text)


def _lines(work, *, level: str = "info", stream: io.StringIO | None = None, form: str = "json") -> list[str]:
    stream = stream or io.StringIO()
    with configured(TelemetrySettings(log_format=form, log_level=level), stream):
        work()
    return stream.getvalue().splitlines()


def test_a_line_is_one_object_with_its_words_and_what_is_bound():
    def work():
        with bound(request_id="req_1"), bound(operation_id="opn_1"):
            LOG.info("it %s", "works", extra={"seconds": 0.5, "kept": None})

    (line,) = _lines(work)
    event = json.loads(line)
    assert event.pop("timestamp").endswith("Z")
    assert event == {"level": "info", "logger": "fops.test", "event": "it works", "request_id": "req_1",
                     "operation_id": "opn_1", "seconds": 0.5}  # fmt: skip


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(
    "evil",
    [
        "a\nb",
        "a\r\nlevel=error",
        '"} {"event":"forged"}',
        "\x1b[2J\x1b]0;owned\x07",
        "a\u2028b\u0085c",
        "user\u202egnp.exe",
        "a\x00b",
    ],
)
def test_no_text_can_forge_a_line_or_steer_a_terminal(form, evil):
    def work():
        LOG.warning("path %s", evil, extra={"path": evil, "nested": {"key": [evil]}})

    (line,) = _lines(work, form=form)
    assert line.isprintable()
    if form == "json":
        assert json.loads(line)["path"] == evil


@pytest.mark.parametrize("form", ["json", "console"])
def test_secrets_are_masked_wherever_they_stand(form):
    def work():
        LOG.info(
            "clone https://ada:hunter2@git.example/x",
            extra={"token": "hunter2", "words": {"password": "hunter2"}, "list": [FAKE]},
        )
        try:
            _break(f"Authorization: Bearer {FAKE}")
        except KeyError:
            LOG.exception("password=hunter2")

    text = "\n".join(_lines(work, form=form))
    assert "hunter2" not in text
    assert FAKE not in text
    assert text.count("****") >= 5


def test_an_error_is_a_member_of_its_line():
    def work():
        try:
            _break("shop")
        except KeyError:
            LOG.exception("it broke")

    (line,) = _lines(work)
    error = json.loads(line)["error"]
    assert (error["type"], error["message"]) == ("KeyError", "'shop'")
    assert "raise KeyError(text)" in error["traceback"]


def test_on_a_terminal_a_traceback_is_shown_below_its_line():
    def work():
        try:
            _break("shop")
        except KeyError:
            LOG.exception("it broke", extra={"name_of_it": "two words"})

    first, *rest = _lines(work, stream=_Terminal(), form="auto")
    assert first.endswith('error   it broke name_of_it="two words"')
    assert all(line.startswith("    ") for line in rest)
    assert rest[-1] == "    KeyError: 'shop'"


def test_libraries_speak_through_the_same_lines_and_only_when_it_matters():
    def work():
        for name in ("uvicorn.error", "sqlalchemy.engine", "dbos", "some.library"):
            logging.getLogger(name).debug("chatter")
            logging.getLogger(name).warning("matters")
        warnings.warn("old", ResourceWarning, stacklevel=1)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        events = [json.loads(line) for line in _lines(work)]
    assert [event["logger"] for event in events] == [
        "uvicorn.error",
        "sqlalchemy.engine",
        "dbos",
        "some.library",
        "py.warnings",
    ]
    assert {event["event"] for event in events[:4]} == {"matters"}


def test_what_is_lighter_than_the_level_is_not_written():
    assert _lines(lambda: LOG.info("chatter"), level="warning") == []
    assert len(_lines(lambda: LOG.debug("chatter"), level="debug")) == 1


@pytest.mark.parametrize(("form", "line"), [("json", '"event":"serving"'), ("console", "serving")])
def test_what_is_said_to_whoever_started_it_is_said_at_every_level(form, line):
    stream = io.StringIO()
    with configured(TelemetrySettings(log_format=form, log_level="error"), stream) as say:
        say("serving")
    assert line in stream.getvalue()


def test_a_huge_text_is_cut():
    (line,) = _lines(lambda: LOG.info("body", extra={"body": "x" * 10 * LONGEST}))
    assert len(line) < 2 * LONGEST


def test_everything_is_as_before_when_the_block_has_ended():
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("dbos").propagate)
    _lines(lambda: None)
    assert (root.level, list(root.handlers), logging.getLogger("dbos").propagate) == before
