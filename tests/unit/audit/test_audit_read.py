from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fops.audit.line import compose
from fops.kernel.clock import isoformat
from fops.kernel.errors import NotFound

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def three_days(write, clock):
    """Ten lines a day on three days, at 09:00:01 to 09:00:10 each."""
    entries = []
    for day in range(3):
        clock.moment = START + timedelta(days=day)
        entries += [
            write(f"action.{number % 2}", actor=f"local:{day}", target=f"t{number}") for number in range(10)
        ]
    return entries


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        (None, None, 0, 30),
        (START, None, 0, 30),
        (START + timedelta(seconds=4), START + timedelta(seconds=7), 3, 6),
        (START + timedelta(seconds=3.5), START + timedelta(seconds=3.6), 3, 3),
        (START + timedelta(hours=1), START + timedelta(days=1, seconds=3), 10, 12),
        (START + timedelta(days=2, seconds=10), None, 29, 30),
        (START + timedelta(days=9), None, 30, 30),
        (None, START - timedelta(days=9), 0, 0),
    ],
)
def test_a_query_gives_exactly_the_entries_from_since_to_before_until(
    log, three_days, since, until, first, last
):
    assert list(log.query(since=since, until=until)) == three_days[first:last]


def test_a_query_narrows_by_action_actor_and_target_together(log, three_days):
    found = list(log.query(action="action.1", actor="local:2", target="t3"))
    assert found == [three_days[23]]


@pytest.mark.usefixtures("three_days")
def test_a_time_in_another_zone_means_the_same_moment(log):
    noon = datetime.fromisoformat("2026-11-22T14:00:09+05:00")
    assert len(list(log.query(since=noon, until=START + timedelta(days=1)))) == 2


def test_a_line_that_is_being_written_is_not_shown_and_a_broken_one_hides_no_other(log, three_days):
    day = log.folder / "audit_20261123.jsonl"
    lines = day.read_bytes().splitlines(keepends=True)
    day.write_bytes(b"".join([*lines[:4], b"broken\n", *lines[5:], b'{"v":1,']))
    found = list(log.query(since=START + timedelta(days=1, seconds=2)))
    assert found == three_days[11:14] + three_days[15:]


def test_show_finds_an_entry_by_its_id_and_says_so_when_there_is_none(log, three_days):
    assert log.show(three_days[7].id) == three_days[7]
    with pytest.raises(NotFound, match="aud_nobody"):
        log.show("aud_nobody")


@pytest.mark.usefixtures("three_days")
def test_raw_lines_are_byte_for_byte_what_the_trail_holds(log):
    lines = [raw for raw, _ in log.raw(since=START + timedelta(days=1), until=START + timedelta(days=2))]
    assert len(lines) == 10
    assert b"".join(lines) == (log.folder / "audit_20261123.jsonl").read_bytes()


def bytes_read():
    """Bytes this process has asked the system for so far."""
    counts = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(counts["rchar"])


@pytest.mark.skipif(
    not Path("/proc/self/io").exists(), reason="the system does not count the bytes a process reads"
)
def test_a_query_by_time_reads_a_small_part_of_a_long_day(log, write):
    line = compose(write())
    day = log.folder / "audit_20261122.jsonl"
    before, after = line.split(b"2026-11-22T09:00:01.000000Z")
    with day.open("wb") as file:
        for number in range(200_000):
            moment = isoformat(START + timedelta(milliseconds=number))
            file.write(before + moment.encode() + after)
    size = day.stat().st_size
    start = bytes_read()
    found = list(log.query(since=START + timedelta(seconds=150), until=START + timedelta(seconds=150.02)))
    spent = bytes_read() - start
    day.unlink()
    assert len(found) == 20
    assert spent < size / 200
