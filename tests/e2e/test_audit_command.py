"""`fops audit`: what was done is listed, filtered, shown and proved; a changed line is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from factories.commands import Fops, Onboarded, error_of
from factories.repositories import SITE, folder, repository

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
