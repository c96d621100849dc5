"""`fops audit`: what was done is listed, filtered, shown and proved; a changed line is found."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from factories.commands import Fops, Onboarded, error_of
from factories.repositories import SITE, folder, repository
from fops.audit import AuditLog, Outcome
from fops.kernel.context import RequestContext

KEYS = {
    "v", "seq", "id", "timestamp", "tenant", "actor", "door", "action", "target", "outcome", "details", "request_id",
    "operation_id", "step", "attempt", "approval_id", "chain", "prev", "hash",
}  # fmt: skip


def _listed(fops: Fops, *words: str) -> list[dict[str, object]]:
    done = fops("audit", "list", "--json", *words)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_proposal_is_two_entries_with_all_their_keys(onboarded: Onboarded) -> None:
    entries = _listed(onboarded.fops)
    assert [entry["outcome"] for entry in entries] == ["started", "succeeded"]
    assert {entry["action"] for entry in entries} == {"change_request.create"}
    assert all(set(entry) >= KEYS for entry in entries)
    assert all(str(entry["actor"]).startswith("local:") and entry["door"] == "cli" for entry in entries)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["--since", "1h"], 2),
        (["--since", "2100-01-01"], 0),
        (["--until", "2000-01-01T00:00:00Z"], 0),
        (["--action", "change_request.create"], 2),
        (["--action", "files.write"], 0),
        (["--since", "1d", "--action", "change_request.create", "--actor", "local:nobody-here"], 0),
    ],
)
def test_the_trail_is_narrowed_by_time_action_and_actor(
    onboarded: Onboarded, words: list[str], count: int
) -> None:
    assert len(_listed(onboarded.fops, *words)) == count


def test_a_time_that_is_none_is_wrong_usage(onboarded: Onboarded) -> None:
    assert "'yesterday'" in error_of(onboarded.fops("audit", "list", "--since", "yesterday"), 2)


@pytest.mark.parametrize(
    "command", [["audit", "list"], ["audit", "show", "aud_unknown"], ["why", "aud_unknown"]]
)
def test_a_misspelt_field_is_wrong_usage_before_anything_is_looked_up(fops: Fops, command: list[str]) -> None:
    said = error_of(fops(*command, "--fields", "idd"), 2)
    assert "no field 'idd'" in said
    assert "did you mean id?" in said
    assert not fops.home.exists()


def test_one_entry_is_shown_whole_and_an_unknown_one_is_not_found(onboarded: Onboarded) -> None:
    entry = _listed(onboarded.fops)[0]
    assert json.loads(onboarded.fops("audit", "show", str(entry["id"]), "--json").stdout) == entry
    error_of(onboarded.fops("audit", "show", "aud_unknown"), 1)


def test_an_export_that_cannot_be_written_names_the_file_and_not_the_trails_folder(
    onboarded: Onboarded,
) -> None:
    said = error_of(onboarded.fops("audit", "export", "--to", "nowhere/trail.jsonl"), 5)
    assert "nowhere/trail.jsonl" in said
    assert "hint: name a file in a folder you may write" in said


def test_export_is_the_trail_byte_for_byte(onboarded: Onboarded) -> None:
    (trail,) = (onboarded.fops.home / "audit").glob("audit_*.jsonl")
    assert onboarded.fops("audit", "export").stdout == trail.read_text()


def test_a_changed_line_is_found_and_named(fops: Fops, tmp_path: Path) -> None:
    assert fops("onboard", "repo", folder(tmp_path / "site", SITE)).returncode == 0
    whole = fops("audit", "verify", "--json")
    assert (whole.returncode, json.loads(whole.stdout)["ok"]) == (0, True)
    (trail,) = (fops.home / "audit").glob("audit_*.jsonl")
    trail.write_text(trail.read_text().replace("succeeded", "started!!", 1))
    broken = fops("audit", "verify", "--json")
    document = json.loads(broken.stdout)
    assert broken.returncode == 6
    assert document["ok"] is False
    assert trail.name in json.dumps(document["first_bad"])


def test_a_refused_run_leaves_no_entry_of_something_done(fops: Fops, tmp_path: Path) -> None:
    error_of(fops("onboard", "repo", repository(tmp_path / "notes", {"notes.txt": "x"})), 1)
    assert _listed(fops) == []


def test_old_days_are_compressed_and_given_up_and_the_trail_stays_whole(fops: Fops) -> None:
    days = [(datetime.now(UTC) - timedelta(days=back)).date().isoformat() for back in (30, 20)]
    for day in days:
        _written_on(fops.home / "audit", datetime.fromisoformat(f"{day}T09:00:00+00:00"))
    assert fops("service", "add", "--name", "pay").returncode == 0
    due = fops("--dry-run", "audit", "seal", env={"AUDIT_KEEP_DAYS": "25"}).stdout
    assert due == f"compress {days[0]}\ncompress {days[1]}\ngive up the lines of {days[0]}\n"
    done = fops("audit", "seal", env={"AUDIT_KEEP_DAYS": "25"}).stdout
    assert done.splitlines()[0] == f"{days[0]}: 1 entries compressed"
    assert done.splitlines()[2] == f"{days[0]}: its lines were given up, its seal stays"
    assert fops("audit", "seal").stdout == "nothing is due\n"
    verified = fops("audit", "verify")
    assert verified.returncode == 0, verified.stdout
    assert (
        f"1 of them were given up and stand under seals alone; lines are kept since {days[1]}"
        in verified.stdout
    )
    assert [entry["action"] for entry in _listed(fops)][:2] == ["a.b", "service.add"]


def test_a_trail_cut_short_with_its_head_is_found_by_the_database(fops: Fops) -> None:
    for name in ("pay", "shop"):
        assert fops("service", "add", "--name", name).returncode == 0
    (trail,) = (fops.home / "audit").glob("audit_*.jsonl")
    first = trail.read_bytes().splitlines(keepends=True)[0]
    trail.write_bytes(first)
    last = json.loads(first)
    head = json.dumps([last["seq"], last["hash"], last["timestamp"]]).ljust(255) + "\n"
    (fops.home / "audit" / "audit.head").write_text(head)
    broken = fops("audit", "verify")
    assert broken.returncode == 6
    assert "the trail ends with seq 1, but the database remembers 3" in broken.stdout


def _written_on(folder: Path, moment: datetime) -> None:
    class At:
        def now(self) -> datetime:
            return moment

        def elapsed(self) -> float:
            return 0.0

    ctx = RequestContext(actor="local:ada", door="test", request_id="req_1")
    AuditLog(folder, clock=At(), chain="node").append(
        ctx, action="a.b", target="shop", outcome=Outcome.STARTED
    )
