"""The command on SQLite and on PostgreSQL: the same words, the same answers; and `fops db`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from factories.commands import Fops, error_of
from factories.postgres import Postgres
from factories.repositories import SITE, repository


def _json(fops: Fops, *words: str | Path, **env: str) -> dict:
    done = fops(*words, "--json", env=env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_proposal_is_made_explained_backed_up_and_restored(
    fops: Fops, database_url: str, postgres: Postgres, tmp_path: Path
) -> None:
    here = {"DATABASE_URL": database_url}
    done = _json(fops, "onboard", "repo", repository(tmp_path / "site", SITE), **here)
    explained = _json(fops, "why", done["proposal"], **here)
    made = _json(fops, "db", "backup", tmp_path / "b.zip", **here)
    other = Fops(tmp_path / "other")
    with postgres.empty() as url:
        there = {"DATABASE_URL": url if database_url.startswith("sqlite") else ""}
        restored = _json(other, "db", "restore", tmp_path / "b.zip", **there)
        assert (restored["rows"], restored["audit"]["ok"]) == (made["rows"], True)
        assert _json(other, "why", done["proposal"], **there) == explained
        assert _json(other, "db", "status", **there)["rows"] == made["rows"]


def test_status_makes_nothing_and_migrate_makes_all(fops: Fops, postgres: Postgres) -> None:
    with postgres.empty() as url:
        for here in ({}, {"DATABASE_URL": url}):
            before = _json(fops, "db", "status", **here)
            assert (before["revision"], before["rows"]) == (None, {})
            assert before["pending"][-1] == before["head"]
            assert here or not (fops.home / "fops.db").exists()
            assert _json(fops, "db", "migrate", "--dry-run", **here)["done"] == []
            assert _json(fops, "db", "migrate", **here)["done"] == before["pending"]
            assert "nothing to do" in fops("db", "migrate", env=here).stdout


@pytest.mark.parametrize("words", [("db", "status"), ("why", "opn_a"), ("doctor",)])
def test_a_database_that_is_away_is_named_without_its_password(fops: Fops, words: tuple[str, ...]) -> None:
    here = {"DATABASE_URL": "postgresql://ada:hunter2@127.0.0.1:1/fops", "DATABASE_WAIT_SECONDS": "1"}
    done = fops(*words, env=here)
    assert done.returncode == (6 if words == ("doctor",) else 5)
    assert "postgresql://ada:***@127.0.0.1:1/fops does not answer" in " ".join(
        (done.stdout + done.stderr).split()
    )
    assert "hunter2" not in done.stdout + done.stderr + fops("config", "show", env=here).stdout


def test_a_url_of_another_kind_is_wrong_usage(fops: Fops) -> None:
    said = error_of(fops("db", "status", env={"DATABASE_URL": "mysql://ada:hunter2@host/fops"}), 2)
    assert "mysql" in said
    assert "postgresql://" in said
