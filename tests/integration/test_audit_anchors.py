"""Ends of the trail in a real database."""

from __future__ import annotations

import json

from fops.audit import AuditLog, Outcome
from fops.audit.line import read
from fops.audit.store import EVERY_LINES, AnchoredHeads
from fops.kernel.clock import SystemClock
from fops.kernel.context import RequestContext
from fops.storage.database import Database

CTX = RequestContext(actor="local:ada", door="test", request_id="req_1")


def a_log(folder, database, chain="node-a"):
    anchors = AnchoredHeads(database, SystemClock(), folder)
    return AuditLog(folder, clock=SystemClock(), chain=chain, anchors=anchors), anchors


def append(log, count):
    for _ in range(count):
        log.append(CTX, action="deploy", target="shop", outcome=Outcome.STARTED)


def test_the_first_line_of_a_process_and_every_so_many_are_kept(tmp_path, database):
    log, anchors = a_log(tmp_path / "audit", database)
    append(log, EVERY_LINES + 3)
    anchors.settle()
    assert sorted(anchors.of("node-a")) == [1, EVERY_LINES]
    other, more = a_log(tmp_path / "audit", database)
    append(other, 1)
    more.settle()
    assert sorted(more.of("node-a")) == [1, EVERY_LINES, EVERY_LINES + 4]
    assert (log.verify().ok, log.verify().anchored) == (True, EVERY_LINES + 4)


def test_a_trail_cut_short_with_its_head_set_back_is_found(tmp_path, database):
    log, anchors = a_log(tmp_path / "audit", database)
    append(log, EVERY_LINES + 3)
    anchors.settle()
    (day,) = log.folder.glob("audit_*.jsonl")
    lines = day.read_bytes().splitlines(keepends=True)[:-10]
    day.write_bytes(b"".join(lines))
    last = read(lines[-1])
    (log.folder / "audit.head").write_text(
        json.dumps([last.seq, last.hash, last.timestamp]).ljust(255) + "\n"
    )
    assert AuditLog(log.folder, clock=SystemClock(), chain="node-a").verify().ok
    assert f"the database remembers {EVERY_LINES}" in log.verify().why
    append(log, 20)  # the same places taken by other lines
    anchors.settle()
    assert log.verify().why == "is not the line that the database remembers"


def test_trails_of_one_name_in_two_folders_do_not_meet(tmp_path, database):
    first, one = a_log(tmp_path / "first", database)
    second, two = a_log(tmp_path / "second", database)
    append(first, 2)
    append(second, 1)
    one.settle()
    two.settle()
    assert first.verify().ok
    assert second.verify().ok


def test_who_holds_the_database_while_a_line_is_written_does_not_wait_for_itself(tmp_path, database):
    log, anchors = a_log(tmp_path / "audit", database)
    with database.write():
        append(log, 1)
    anchors.settle()
    assert sorted(anchors.of("node-a")) == [1]


def test_a_database_that_takes_nothing_bars_no_line(tmp_path):
    (tmp_path / "fops.db").mkdir()
    log, anchors = a_log(tmp_path / "audit", Database(f"sqlite:///{tmp_path / 'fops.db'}"))
    append(log, 2)
    anchors.settle()
    verdict = log.verify()
    assert (verdict.ok, verdict.entries, verdict.anchored) == (True, 2, None)
