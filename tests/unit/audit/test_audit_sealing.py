"""Days that are over are compressed under a seal, or given up, and the chain goes on over them."""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from fops.audit import AuditLog
from fops.audit.line import compose, read, seal
from fops.kernel.errors import NotFound, StorageFailed

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def entries(write, clock):
    """Five lines of each of four days; it is the morning of the next."""
    found = []
    for day in range(4):
        clock.moment = START + timedelta(days=day)
        found += [write(details={"number": number}) for number in range(5)]
    clock.moment = START + timedelta(days=4)
    return found


def files(log):
    return sorted(str(path.relative_to(log.folder)) for path in log.folder.rglob("*") if path.is_file())


def seal_days(log, compress_days=2, keep_days=None):
    return log.seal(compress_days=compress_days, keep_days=keep_days)


def seal_of(log, day):
    return log.folder / "sealed" / f"audit_{day}.seal"


def packed(log, day):
    return log.folder / "sealed" / f"audit_{day}.jsonl.gz"


@pytest.mark.usefixtures("entries")
def test_days_that_lie_back_far_enough_are_compressed_byte_for_byte(log):
    before = (log.folder / "audit_20261122.jsonl").read_bytes()
    done = seal_days(log)
    assert [one.day for one in done.sealed] == ["2026-11-22", "2026-11-23", "2026-11-24"]
    assert (done.sealed[0].first, done.sealed[0].last, done.sealed[1].before) == (1, 5, done.sealed[0].hash)
    assert gzip.decompress(packed(log, "20261122").read_bytes()) == before
    assert files(log) == [
        "audit.head", "audit_20261125.jsonl", "sealed/audit_20261122.jsonl.gz", "sealed/audit_20261122.seal",
        "sealed/audit_20261123.jsonl.gz", "sealed/audit_20261123.seal", "sealed/audit_20261124.jsonl.gz",
        "sealed/audit_20261124.seal", "sealed/sealing.lock",
    ]  # fmt: skip
    assert packed(log, "20261122").stat().st_mode & 0o777 == 0o600
    assert seal_days(log) == dataclasses.replace(done, sealed=())


def test_every_reader_reads_both_forms(log, entries, write):
    plain = (list(log.query()), b"".join(raw for raw, _ in log.raw()), log.verify())
    seal_days(log)
    assert (list(log.query()), b"".join(raw for raw, _ in log.raw()), log.verify()) == plain
    assert log.show(entries[3].id) == entries[3]
    since, until = START + timedelta(days=1, seconds=3), START + timedelta(days=3, seconds=2)
    assert list(log.query(since=since, until=until)) == entries[7:16]
    write()
    assert log.verify().entries == 21


@pytest.mark.usefixtures("entries")
def test_the_day_of_the_newest_line_is_never_sealed(log, clock):
    clock.moment = START + timedelta(days=400)
    assert [one.day for one in seal_days(log).sealed] == ["2026-11-22", "2026-11-23", "2026-11-24"]
    assert log.verify().ok


def test_a_trail_that_is_not_there_has_nothing_to_seal(log):
    assert seal_days(log).sealed == ()
    assert not log.folder.exists()


def test_lines_that_need_not_be_kept_go_and_their_seals_stay(log, entries, write):
    done = seal_days(log, keep_days=3)
    assert done.dropped == ("2026-11-22",)
    verdict = log.verify()
    assert (verdict.ok, verdict.entries, verdict.dropped, verdict.since) == (
        True,
        20,
        5,
        entries[5].timestamp,
    )
    assert list(log.query()) == entries[5:]
    with pytest.raises(NotFound):
        log.show(entries[0].id)
    assert seal_days(log, keep_days=3).dropped == ()
    write()
    assert (log.verify().ok, log.verify().entries) == (True, 21)


@pytest.mark.usefixtures("entries")
def test_what_is_given_up_is_sealed_first_though_it_was_not_old_enough_to_compress(log):
    done = log.seal(compress_days=100, keep_days=3)
    assert ([one.day for one in done.sealed], done.dropped) == (["2026-11-22", "2026-11-23"], ("2026-11-22",))


@pytest.mark.usefixtures("entries")
def test_what_is_due_is_told_and_done(log):
    due = log.due(compress_days=2, keep_days=3)
    assert due == (("2026-11-22", "2026-11-23", "2026-11-24"), ("2026-11-22",))
    seal_days(log, keep_days=3)
    assert log.due(compress_days=2, keep_days=3) == ((), ())


@pytest.mark.usefixtures("entries")
def test_a_day_that_is_not_as_it_was_written_is_not_sealed_nor_what_follows(log):
    day = log.folder / "audit_20261123.jsonl"
    day.write_bytes(day.read_bytes().replace(b'"number":2', b'"number":7'))
    with pytest.raises(StorageFailed, match=r"audit_20261123\.jsonl:3 is not what was written"):
        seal_days(log)
    assert not seal_of(log, "20261123").exists()
    assert (log.folder / "audit_20261124.jsonl").exists()
    assert log.verify().first_bad == "audit_20261123.jsonl:3"
    assert len(list(log.query())) == 20


def sealed_anew(log, **changes):
    """The first seal with other words and a hash that fits them."""
    from fops.audit.days import Day
    from fops.audit.seals import _compose, _own_part, read_seal
    from fops.kernel.canonical import digest

    made = dataclasses.replace(read_seal(Day(log.folder, "audit_20261122.jsonl")), **changes)
    seal_of(log, "20261122").write_bytes(_compose(dataclasses.replace(made, hash=digest(_own_part(made)))))


def repacked(log, change):
    """The first day's lines changed, and compressed again as if nothing had been."""
    lines = gzip.decompress(packed(log, "20261122").read_bytes()).splitlines(keepends=True)
    packed(log, "20261122").write_bytes(gzip.compress(b"".join(change(lines)), mtime=0))


def forged(lines):
    return [*lines[:4], compose(seal(dataclasses.replace(read(lines[4]), actor="x")))]


@pytest.mark.parametrize(
    ("tamper", "where", "why"),
    [
        (lambda log: packed(log, "20261122").unlink(), "", ""),
        (lambda log: seal_of(log, "20261122").unlink(), "audit_20261123.seal:1", "seal before it"),
        (lambda log: (packed(log, "20261122").unlink(), seal_of(log, "20261122").unlink()), "audit_20261123.seal:1", "seal before"),
        (lambda log: (packed(log, "20261123").unlink(), seal_of(log, "20261123").unlink()), "audit_20261124.seal:1", "seal before"),
        (lambda log: (packed(log, "20261124").unlink(), seal_of(log, "20261124").unlink()), "audit_20261125.jsonl:1", "seq 16 where 11"),
        (lambda log: repacked(log, lambda lines: lines[:2] + lines[3:]), "audit_20261122.jsonl.gz:3", "seq 4 where 3 belongs"),
        (lambda log: repacked(log, lambda lines: lines[:4]), "audit_20261122.jsonl.gz:5", "not what was sealed"),
        (lambda log: repacked(log, forged), "audit_20261122.jsonl.gz:6", "not what was sealed"),
        (lambda log: packed(log, "20261122").write_bytes(packed(log, "20261122").read_bytes()[:-40]), "audit_20261122.jsonl.gz:5", "unpacked"),
        (lambda log: packed(log, "20261122").write_bytes(b"nonsense"), "audit_20261122.jsonl.gz:1", "unpacked"),
        (lambda log: seal_of(log, "20261122").write_bytes(b"[]\n"), "audit_20261122.seal:1", "is no seal"),
        (lambda log: seal_of(log, "20261122").write_bytes(b"[" * 100_000), "audit_20261122.seal:1", "is no seal"),
        (lambda log: sealed_anew(log, last=4), "audit_20261122.jsonl.gz:6", "not what was sealed"),
        (lambda log: (packed(log, "20261122").unlink(), sealed_anew(log, last=9)), "audit_20261123.seal:1", "seal before it"),
        (lambda log: (packed(log, "20261122").unlink(), sealed_anew(log, first=2)), "audit_20261122.seal:1", "does not continue"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("entries")
def test_a_change_to_what_is_sealed_is_found(log, tamper, where, why):
    seal_days(log)
    tamper(log)
    verdict = log.verify()
    if not where:  # lines that are gone under their seal are lines that were given up
        assert (verdict.ok, verdict.dropped) == (True, 5)
        return
    assert not verdict.ok
    assert verdict.first_bad.startswith(where), verdict
    assert why in verdict.why


@pytest.mark.usefixtures("entries", "write")
def test_the_chain_itself_vouches_for_the_seals_it_names(log):
    made = seal_days(log).sealed
    from fops.audit import Outcome
    from fops.kernel.context import RequestContext

    ctx = RequestContext(actor="local:ada", door="test", request_id="req_1")
    result = {"sealed": [dataclasses.asdict(one) for one in made]}
    log.append(
        ctx, action="audit.seal", target="audit trail", outcome=Outcome.SUCCEEDED, details={"result": result}
    )
    assert log.verify().ok
    for day in ("20261122", "20261123", "20261124"):
        packed(log, day).unlink()
    sealed_anew(log, digest="sha256:forged")  # and every seal behind it made to fit
    from fops.audit.days import Day
    from fops.audit.seals import _compose, _own_part, read_seal
    from fops.kernel.canonical import digest

    before = read_seal(Day(log.folder, "audit_20261122.jsonl")).hash
    for day in ("20261123", "20261124"):
        one = dataclasses.replace(read_seal(Day(log.folder, f"audit_{day}.jsonl")), before=before)
        one = dataclasses.replace(one, hash=digest(_own_part(one)))
        seal_of(log, day).write_bytes(_compose(one))
        before = one.hash
    verdict = log.verify()
    assert verdict.first_bad == "audit_20261126.jsonl:1"
    assert "another seal of 2026-11-22" in verdict.why


@pytest.mark.usefixtures("entries")
def test_a_line_that_was_torn_before_anything_else_of_its_day_does_not_bar_sealing(log, write, clock):
    (log.folder / "audit_20261126.jsonl").write_bytes(b'{"v":1,')
    clock.moment = START + timedelta(days=5)
    write()  # puts it aside and writes the line of another day
    clock.moment = START + timedelta(days=9)
    assert [one.day[-2:] for one in seal_days(log, compress_days=1).sealed] == ["22", "23", "24", "25"]
    assert log.verify().torn == ("audit_20261126.jsonl.torn",)
    assert log.verify().ok


@pytest.mark.usefixtures("entries")
def test_two_do_not_seal_at_once(log):
    import fcntl

    seal_days(log, compress_days=3)
    with (log.folder / "sealed" / "sealing.lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert seal_days(log).sealed == ()
    assert len(seal_days(log).sealed) == 1


def test_a_reader_that_looked_before_a_day_was_sealed_reads_on(log, entries):
    lines = log.query()
    first = next(lines)
    seal_days(log)
    assert [first, *lines] == entries


class Kept:
    """Anchors in memory."""

    def __init__(self):
        self.known = {}

    def reached(self, chain, end):
        self.known.setdefault(chain, {}).setdefault(end.seq, end.hash)

    def of(self, chain):
        return self.known.get(chain, {})


class Silent(Kept):
    def of(self, chain):
        del chain
        raise StorageFailed("the database is away")


@pytest.fixture
def anchored(log):
    return dataclasses.replace(log, anchors=Kept())


def _append(log, count, actor="local:ada"):
    from fops.audit import Outcome
    from fops.kernel.context import RequestContext

    ctx = RequestContext(actor=actor, door="test", request_id="req_1")
    for _ in range(count):
        log.append(ctx, action="deploy.execute", target="shop", outcome=Outcome.STARTED)


def cut(log, count):
    """The last lines removed, and the head set back to fit: what the folder alone cannot show."""
    day = log.folder / "audit_20261122.jsonl"
    lines = day.read_bytes().splitlines(keepends=True)[:-count]
    day.write_bytes(b"".join(lines))
    last = read(lines[-1])
    head = json.dumps([last.seq, last.hash, last.timestamp]).ljust(255) + "\n"
    (log.folder / "audit.head").write_text(head)


def test_a_tail_cut_off_together_with_the_head_is_found_by_the_anchors(log, anchored):
    _append(anchored, 5)
    cut(anchored, 2)
    assert log.verify().ok  # the folder alone says nothing
    verdict = anchored.verify()
    assert verdict.first_bad == "audit_20261122.jsonl:4"
    assert "ends with seq 3, but the database remembers 5" in verdict.why
    _append(anchored, 4)
    assert "database remembers" in anchored.verify().why  # lines written since do not cover it


def test_a_trail_that_was_replaced_as_a_whole_is_found_by_the_anchors(log, anchored):
    import shutil

    _append(anchored, 5)
    shutil.rmtree(log.folder)
    assert anchored.verify().first_bad == "audit.head:1"
    _append(dataclasses.replace(log, clock=anchored.clock), 9, actor="local:mallory")
    assert anchored.verify().why == "is not the line that the database remembers"


@pytest.mark.usefixtures("write", "entries", "log")
def test_a_sealed_trail_is_compared_with_its_anchors_too(anchored):
    _append(anchored, 2)
    seal_days(anchored, keep_days=3)
    verdict = anchored.verify()
    assert (verdict.ok, verdict.anchored, verdict.dropped) == (True, 22, 5)


@pytest.mark.usefixtures("log")
def test_a_host_that_was_renamed_is_compared_by_its_old_name_too(anchored):
    _append(anchored, 5)
    renamed = dataclasses.replace(anchored, chain="node-b")
    _append(renamed, 1)
    cut(renamed, 1)
    assert "database remembers" in renamed.verify().why


def test_a_database_that_is_away_makes_no_verdict_of_its_own(log):
    lonely = dataclasses.replace(log, anchors=Silent())
    _append(lonely, 3)
    verdict = lonely.verify()
    assert (verdict.ok, verdict.anchored) == (True, None)


@pytest.mark.usefixtures("entries")
def test_a_trail_stands_alone_without_anchors(log):
    assert isinstance(log, AuditLog)
    assert log.verify().anchored == 0
    assert io.BytesIO(b"".join(raw for raw, _ in log.raw())).read()
