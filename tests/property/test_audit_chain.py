from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fops.audit import AuditLog, AuditLogger, Outcome
from fops.audit.append import recordable
from fops.audit.line import compose, read
from fops.kernel.clock import SystemClock
from fops.kernel.context import RequestContext
from fops.kernel.redaction import redact

CTX = RequestContext(actor="local:ada", door="test", request_id="req_1")
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def three_lines(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trail")
    for number in range(3):
        AuditLogger(folder).log_action("deploy", "ada", {"number": number})
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@settings(max_examples=60, deadline=None)
@given(details=st.dictionaries(st.text(), documents, max_size=5))
def test_whatever_the_details_are_they_are_written_and_read_back(details):
    with tempfile.TemporaryDirectory() as folder:
        log = AuditLog(Path(folder), clock=SystemClock(), chain="")
        AuditLogger(folder).log_action("deploy", "ada", details)
        assert next(log.query()).details == redact(recordable(details))
        assert log.verify().ok


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_single_byte_of_the_trail_can_be_changed_unnoticed(three_lines, data):
    name = next(name for name in three_lines if name.endswith(".jsonl"))
    text = three_lines[name]
    place = data.draw(st.integers(0, len(text) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != text[place]))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "audit.head").write_bytes(three_lines["audit.head"])
        Path(folder, name).write_bytes(text[:place] + bytes([byte]) + text[place + 1 :])
        assert not AuditLog(Path(folder), clock=SystemClock(), chain="").verify().ok


class At:
    """A clock that stands where it is put."""

    moment = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)

    def now(self):
        return self.moment

    def elapsed(self):
        return 0.0


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    """Two days, the first under its seal; every file of it by its path."""
    folder, clock = tmp_path_factory.mktemp("sealed"), At()
    log = AuditLog(folder, clock=clock, chain="")
    for day in (1, 2):
        clock.moment = datetime(2026, 11, day, tzinfo=UTC)
        log.append(CTX, action="deploy", target="shop", outcome=Outcome.STARTED)
    clock.moment = datetime(2026, 11, 20, tzinfo=UTC)
    log.seal(compress_days=1, keep_days=None)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_single_byte_of_what_is_sealed_can_be_changed_unnoticed(sealed, data):
    name = data.draw(st.sampled_from([name for name in sorted(sealed) if name.endswith((".gz", ".seal"))]))
    text = sealed[name]
    place = data.draw(st.integers(0, len(text) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != text[place]))
    changed = sealed | {name: text[:place] + bytes([byte]) + text[place + 1 :]}
    with tempfile.TemporaryDirectory() as folder:
        for path, content in changed.items():
            Path(folder, path).parent.mkdir(exist_ok=True)
            Path(folder, path).write_bytes(content)
        assert not AuditLog(Path(folder), clock=SystemClock(), chain="").verify().ok


@settings(max_examples=60, deadline=None)
@given(
    deeds=st.lists(
        st.tuples(st.just("write"), st.integers(0, 3))
        | st.tuples(st.just("seal"), st.integers(1, 4))
        | st.tuples(st.just("drop"), st.integers(1, 4)),
        max_size=12,
    )
)
def test_however_writing_sealing_and_giving_up_follow_one_another_the_chain_holds(deeds):
    with tempfile.TemporaryDirectory() as folder:
        clock, written = At(), []
        log = AuditLog(Path(folder), clock=clock, chain="")
        for deed, days in deeds:
            if deed == "write":
                clock.moment += timedelta(days=days)
                written.append(log.append(CTX, action="deploy", target="shop", outcome=Outcome.STARTED))
            else:
                log.seal(compress_days=days, keep_days=days if deed == "drop" else None)
            verdict = log.verify()
            assert (verdict.ok, verdict.entries) == (True, len(written))
            assert list(log.query()) == written[verdict.dropped :]
            assert b"".join(raw for raw, _ in log.raw()) == b"".join(map(compose, written[verdict.dropped :]))


@given(raw=st.binary() | documents.map(lambda value: json.dumps(recordable(value)).encode()))
def test_no_bytes_make_the_reader_crash(raw):
    assert read(raw + b"\n") is None
