from __future__ import annotations

import json
import math
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fops.audit import AuditLog
from fops.kernel.canonical import digest
from fops.kernel.clock import SystemClock
from fops.kernel.errors import StorageFailed
from fops.kernel.settings import Secret

CONTRACT_KEYS = [
    *("v", "seq", "id", "timestamp", "tenant", "actor", "door", "action", "target", "outcome", "details"),
    *("request_id", "operation_id", "step", "attempt", "approval_id", "chain", "prev", "hash"),
]


def lines(log, day="20261122"):
    return (log.folder / f"audit_{day}.jsonl").read_bytes().splitlines(keepends=True)


def test_a_line_has_the_keys_of_the_contract_in_their_order(log, write):
    entry = write()
    line = json.loads(lines(log)[0])
    assert list(line) == CONTRACT_KEYS
    assert line == {key: getattr(entry, key) for key in CONTRACT_KEYS}
    assert (line["seq"], line["chain"], line["timestamp"]) == (1, "node-a", "2026-11-22T09:00:01.000000Z")
    assert line["id"].startswith("aud_")


def test_the_hash_covers_the_canonical_json_of_all_other_keys(log, write):
    write(details={"weight": 1.0, "tiny": 1e-7, "café \U0001f600": ["ü", None, True]})
    line = json.loads(lines(log)[0])
    assert line.pop("hash") == digest(line)
    assert log.verify().ok


def test_each_line_names_the_hash_of_the_line_before_it(write):
    first, second = write(), write()
    assert first.prev == f"sha256:{'0' * 64}"
    assert (second.seq, second.prev) == (2, first.hash)


def test_the_chain_goes_on_in_the_next_days_file(log, write, clock):
    last_of_the_day = write()
    clock.moment = datetime(2026, 11, 23, 0, 0, 0, tzinfo=UTC)
    entry = write()
    assert json.loads(lines(log, "20261123")[0])["prev"] == last_of_the_day.hash
    assert log.verify().entries == entry.seq == 2


def test_a_clock_set_back_does_not_reorder_the_trail(log, write, clock):
    first = write()
    clock.moment = datetime(2026, 11, 20, tzinfo=UTC)
    second = write()
    assert (second.seq, second.timestamp) == (2, first.timestamp)
    assert len(lines(log)) == 2
    assert log.verify().ok


@pytest.mark.parametrize("torn", [b'{"v":1,"seq":3,"id":"aud_', b"\0" * 700 + b"\n", b"{}\n[1]\n\xff"])
def test_a_torn_last_line_is_put_aside_reported_and_the_chain_goes_on(log, write, torn):
    write()
    end = write()
    with (log.folder / "audit_20261122.jsonl").open("ab") as file:
        file.write(torn)
    before = log.verify()
    entry = write()
    after = log.verify()
    assert before.ok
    assert before.torn[0].startswith("audit_20261122.jsonl from byte ")
    assert (entry.seq, entry.prev) == (3, end.hash)
    assert (after.ok, after.entries, after.torn) == (True, 3, ("audit_20261122.jsonl.torn",))
    assert (log.folder / after.torn[0]).read_bytes().removesuffix(b"\n") == torn.removesuffix(b"\n")


@pytest.mark.parametrize("left_behind", [b"", b'{"v":1,'])
def test_a_crash_at_the_first_line_of_a_day_does_not_break_the_chain(log, write, clock, left_behind):
    end = write()
    (log.folder / "audit_20261123.jsonl").write_bytes(left_behind)
    clock.moment = datetime(2026, 11, 24, tzinfo=UTC)
    entry = write()
    assert entry.prev == end.hash
    assert log.verify().ok


def test_secrets_are_masked_by_key_and_by_value_before_anything_is_written(log, write):
    token = "ghp_" + "a1B2" * 9
    secret = Secret("open sesame")
    write(
        target="https://ada:hunter2@git.example/shop.git",
        details={
            "password": "hunter2",
            "nested": [{"api_key": "hunter2"}],
            "said": f"used {token}",
            "key": secret,
        },
    )
    written = lines(log)[0]
    assert not [leak for leak in (b"hunter2", token.encode(), b"sesame") if leak in written]
    assert b"https://****@git.example/shop.git" in written


def test_what_json_cannot_hold_is_written_as_text_rather_than_lost(log, write):
    odd = {1: Path("a/b"), "nan": math.nan, "big": 10**400, "bytes": b"x", "name": "caf\udce9", "set": {1}}
    entry = write(details=odd)
    assert entry.details["1"] == "a/b"
    assert (entry.details["nan"], entry.details["name"]) == ("nan", "caf\\udce9")
    assert next(log.query()) == entry
    assert log.verify().ok


def test_a_line_is_plain_ascii_so_that_no_name_plays_tricks_on_a_terminal(log, write):
    write(target="shop\u202eipa\x1b[2J\n")
    assert len(lines(log)) == 1
    assert lines(log)[0].isascii()
    assert next(log.query()).target == "shop\u202eipa\x1b[2J\n"


def test_the_trail_is_readable_by_its_owner_alone(log, write):
    previous = os.umask(0)
    try:
        write()
    finally:
        os.umask(previous)
    modes = {path.name: path.stat().st_mode & 0o777 for path in [log.folder, *log.folder.iterdir()]}
    assert modes == {"audit": 0o700, "audit.head": 0o600, "audit_20261122.jsonl": 0o600}


def test_an_entry_that_cannot_be_written_is_an_error_with_folder_and_hint(log, write):
    log.folder.write_text("a file stands where the folder should be")
    with pytest.raises(StorageFailed, match=str(log.folder)) as failure:
        write()
    assert "AUDIT_LOG_DIR" in failure.value.hint


def test_opening_a_trail_writes_nothing(tmp_path):
    log = AuditLog(tmp_path / "audit", clock=SystemClock(), chain="node-a")
    assert list(log.query()) == []
    assert log.verify().ok
    assert not log.folder.exists()
