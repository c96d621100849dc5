from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime

import pytest

from fops.audit.line import compose, read, seal

DAY = "audit_20261122.jsonl"


@pytest.fixture
def trail(log, write):
    """Five lines of one day."""
    for number in range(5):
        write(details={"number": number})
    return log.folder / DAY


def edited(lines):
    return [*lines[:2], lines[2].replace(b'"number":2', b'"number":7'), *lines[3:]]


def edited_and_sealed_anew(lines):
    entry = dataclasses.replace(read(lines[2]), actor="local:mallory")
    return [*lines[:2], compose(seal(entry)), *lines[3:]]


def dated_back(lines):
    entry = dataclasses.replace(read(lines[4]), timestamp="2026-11-21T00:00:00.000000Z")
    return [*lines[:4], compose(seal(entry))]


@pytest.mark.parametrize(
    ("tamper", "line", "why"),
    [
        (edited, 3, "edited"),
        (edited_and_sealed_anew, 4, "does not continue"),
        (dated_back, 5, "time"),
        (
            lambda lines: [*lines[:4], compose(seal(dataclasses.replace(read(lines[4]), actor="x")))],
            5,
            "remembers",
        ),
        (lambda lines: lines[1:], 1, "seq 2 where 1 belongs"),
        (lambda lines: lines[:2] + lines[3:], 3, "seq 4 where 3 belongs"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], 2, "seq 3 where 2 belongs"),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], 3, "seq 2 where 3 belongs"),
        (lambda lines: [lines[0], b"\n", *lines[1:]], 2, "no line of the trail"),
        (lambda lines: lines[:4], 5, "seq 4, but audit.head remembers 5"),
        (lambda lines: [*lines[:4], lines[4].removesuffix(b"\n")], 5, "remembers 5"),
    ],
)
def test_verify_names_the_first_line_that_is_not_as_it_was_written(log, trail, tamper, line, why):
    trail.write_bytes(b"".join(tamper(trail.read_bytes().splitlines(keepends=True))))
    verdict = log.verify()
    assert not verdict.ok
    assert verdict.first_bad == f"{DAY}:{line}"
    assert why in verdict.why
    assert verdict.entries == line - 1


def test_an_untouched_trail_is_whole_and_ends_with_its_last_hash(log, trail):
    verdict = log.verify()
    last = json.loads(trail.read_bytes().splitlines()[-1])
    assert (verdict.ok, verdict.entries, verdict.head, verdict.first_bad) == (True, 5, last["hash"], None)


def test_lines_cut_from_the_end_stay_missed_after_more_lines_were_written(log, trail, write):
    trail.write_bytes(b"".join(trail.read_bytes().splitlines(keepends=True)[:3]))
    write()
    verdict = log.verify()
    assert verdict.first_bad == f"{DAY}:4"
    assert "seq 6 where 4 belongs" in verdict.why


@pytest.mark.usefixtures("trail")
def test_a_day_file_that_was_removed_is_missed(log, write, clock):
    for day in (23, 24):
        clock.moment = datetime(2026, 11, day, tzinfo=UTC)
        write()
    (log.folder / "audit_20261123.jsonl").unlink()
    assert log.verify().first_bad == "audit_20261124.jsonl:1"


def test_a_trail_emptied_of_all_its_days_is_missed(log, trail):
    trail.unlink()
    assert log.verify().first_bad == "audit.head:1"


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize("left", [None, b"", b"nonsense", b"[1]", b'{"seq": 5}'])
def test_a_trail_without_a_readable_head_cannot_be_called_whole(log, left):
    head = log.folder / "audit.head"
    head.unlink()
    if left is not None:
        head.write_bytes(left)
    assert log.verify().first_bad == "audit.head:1"


def test_a_line_that_is_json_but_absurd_is_broken_and_not_a_crash(log, trail):
    lines = trail.read_bytes().splitlines(keepends=True)
    for absurd in (b"[" * 100_000 + b"\n", b"null\n", lines[1].replace(b'"seq":2', b'"seq":"2"')):
        trail.write_bytes(lines[0] + absurd + b"".join(lines[2:]))
        assert log.verify().first_bad == f"{DAY}:2"


def test_a_line_with_text_that_is_no_unicode_is_broken_and_not_a_crash(log, trail):
    trail.write_bytes(trail.read_bytes().replace(b"shop-api", b"shop-\\udce9", 1))
    assert log.verify().first_bad == f"{DAY}:1"
