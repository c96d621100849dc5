from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fops.audit import AuditLog, AuditLogger
from fops.audit.append import recordable
from fops.audit.line import read
from fops.kernel.clock import SystemClock
from fops.kernel.redaction import redact

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


@given(raw=st.binary() | documents.map(lambda value: json.dumps(recordable(value)).encode()))
def test_no_bytes_make_the_reader_crash(raw):
    assert read(raw + b"\n") is None
