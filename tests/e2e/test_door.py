"""What the door promises whatever the command: data on stdout, talk on stderr, hints, exit codes, no decoration."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from factories.commands import Fops, Onboarded, error_of
from factories.repositories import API, SITE, branches, folder, repository
from factories.terminal import on_a_terminal


def test_the_result_has_the_keys_others_build_on(onboarded: Onboarded) -> None:
    keys = {"status", "pr_url", "branch", "commit", "files", "checks", "plan_digest", "questions"}
    assert keys <= set(onboarded.result)
    assert all({"path", "reason"} <= set(one) for one in onboarded.result["files"])
    assert all({"artifact", "check", "status", "detail"} <= set(one) for one in onboarded.result["checks"])
    statuses = {one["status"] for one in onboarded.result["checks"]}
    assert statuses <= {"pass", "findings", "could-not-run", "skipped", "waived"}
    assert "findings" not in statuses


def test_the_steps_are_told_on_stderr_with_their_time(onboarded: Onboarded) -> None:
    lines = onboarded.talk.splitlines()
    assert [line.split()[1] for line in lines] == ["fetch", "detect", "plan", "generate", "verify", "propose"]
    assert all(line.split()[3] == "s" for line in lines)
    assert "(s)" not in onboarded.talk
    assert "\x1b" not in onboarded.talk


def test_explain_has_the_keys_others_build_on(fops: Fops, tmp_path: Path) -> None:
    done = fops("onboard", "explain", folder(tmp_path / "shop", API), "--json")
    document = json.loads(done.stdout)
    assert list(document)[:4] == ["deployable", "reason", "apps", "conflicts"]
    (app,) = document["apps"]
    assert app["path"] == "."
    assert set(app["facts"]["framework"]) >= {"value", "file", "line", "rule", "confidence"}
    assert (app["facts"]["framework"]["value"], app["facts"]["framework"]["file"]) == (
        "fastapi",
        "requirements.txt",
    )
    assert done.stderr == ""


def test_fields_narrow_the_document_and_a_wrong_one_is_named(onboarded: Onboarded) -> None:
    done = onboarded.fops("onboard", "explain", onboarded.path, "--fields", "deployable,reason")
    assert json.loads(done.stdout) == {"deployable": True, "reason": None}
    whole = json.loads(onboarded.fops("onboard", "explain", onboarded.path, "--json").stdout)
    said = error_of(onboarded.fops("onboard", "explain", onboarded.path, "--fields", "colour"), 2)
    assert "'colour'" in said
    assert "deployable" in said
    assert said.endswith(f"hint: there are: {', '.join(whole)}")


def test_a_wrong_field_is_refused_before_a_branch_is_made(
    fops: Fops, onboarded: Onboarded, tmp_path: Path
) -> None:
    path = repository(tmp_path / "site", SITE)
    said = error_of(fops("onboard", "repo", path, "--fields", "status,colour"), 2)
    assert said.endswith(f"hint: there are: {', '.join(onboarded.result)}")
    assert list(branches(path)) == ["main"]


def test_quiet_says_nothing_but_the_result(fops: Fops, tmp_path: Path) -> None:
    path = repository(tmp_path / "site", SITE)
    done = fops("--quiet", "onboard", "repo", path, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["status"] == "proposed"


@pytest.mark.parametrize(
    "words",
    [
        ["onboard", "explain", "."],
        ["config", "show"],
        ["audit", "list"],
        ["--help"],
        ["audit", "list", "--json"],
    ],
)
def test_a_reader_that_leaves_early_causes_no_trouble(onboarded: Onboarded, words: list[str]) -> None:
    fops = onboarded.fops
    line = 'set -o pipefail; "$@" | head -1'
    done = subprocess.run(
        ["bash", "-c", line, "bash", *fops.words(*words)], cwd=onboarded.path, env=fops.environment(),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1", "NO_COLOR": "1"}])
def test_a_pipe_gets_no_decoration(onboarded: Onboarded, environment: dict[str, str]) -> None:
    done = onboarded.fops("audit", "list", env=environment)
    assert "\x1b" not in done.stdout + done.stderr
    assert all(line.count("\t") == 5 for line in done.stdout.splitlines())


def test_a_pipe_gets_what_was_detected_as_json_whether_deployable_or_not(fops: Fops, tmp_path: Path) -> None:
    for files, code in ((API, 0), ({"notes.txt": "nothing"}, 1)):
        path = folder(tmp_path / f"shop{code}", files)
        done = fops("onboard", "explain", path)
        assert (done.returncode, json.loads(done.stdout)["deployable"]) == (code, code == 0)
        assert done.stdout == fops("onboard", "explain", path, "--json").stdout


def test_why_narrows_what_was_detected_to_one_fact(fops: Fops, tmp_path: Path) -> None:
    path = folder(tmp_path / "shop", API)
    (app,) = json.loads(fops("onboard", "explain", path, "--why", "framework").stdout)["apps"]
    assert list(app["facts"]) == ["framework"]
    assert "did you mean framework?" in error_of(fops("onboard", "explain", path, "--why", "framewrk"), 1)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["onbord"], "onboard"),
        (["onboard", "rep"], "repo"),
        (["explain", "."], "`fops onboard explain`"),
        (["onboard", "repo", ".", "--taget", "k8s"], "--target"),
        (["audit", "lst"], "list"),
        (["onboard", "repo", ".", "--set", "prt=80"], "port"),
    ],
)
def test_a_misspelt_word_is_answered_with_the_one_that_was_meant(
    fops: Fops, tmp_path: Path, words: list[str], meant: str
) -> None:
    said = error_of(fops(*words, cwd=folder(tmp_path / "site", SITE)), 2)
    assert meant in said.partition("hint:")[2]


@pytest.mark.parametrize(
    "words", [["onboard", "repo", ".", "--dry-run"], ["audit", "list", "--quiet"], ["doctor", "-v"]]
)
def test_a_global_option_after_the_command_is_told_its_place(fops: Fops, words: list[str]) -> None:
    said = error_of(fops(*words), 2)
    path = " ".join(word for word in words[:-1] if word != ".")
    assert f"hint: {words[-1]} stands before the command: `fops {words[-1]} {path} …`" in said


@pytest.mark.parametrize("words", [[], ["onboard"], ["audit"]])
def test_a_group_alone_shows_its_help_and_is_wrong_usage(fops: Fops, words: list[str]) -> None:
    done = fops(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(" ".join(["Usage: fops", *words]))
    assert "error:" not in done.stderr


def test_a_reason_is_said_once(fops: Fops, tmp_path: Path) -> None:
    done = fops(
        "onboard", "repo", folder(tmp_path / "blog", {"Gemfile": 'gem "rails"', "config.ru": "run App"})
    )
    assert done.stderr.count("ruby: not supported yet") == 1
    assert "✗ plan" in done.stderr


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--provider", "github"], "github"),
        (["--provider", "gitlab"], "gitlab"),
        (["--provider", "svn"], "svn"),
        (["--target", "mainframe"], "mainframe"),
        (["--set", "port"], "port"),
        (["--set", "port=99999"], "99999"),
        (["--env", "PROD"], "PROD"),
        (["--image", "Acme/Shop"], "Acme/Shop"),
        (["--fields", "colour"], "colour"),
    ],
)
def test_options_are_checked_before_the_input_is_read(fops: Fops, words: list[str], named: str) -> None:
    said = error_of(fops("onboard", "repo", "http://127.0.0.1:1/never/reached", *words), 2)
    assert named in said
    assert "hint:" in said


def test_values_are_words_on_a_terminal_and_no_line_is_cut(fops: Fops, tmp_path: Path) -> None:
    files = {
        **API,
        "Procfile": "web: uvicorn main:app\nworker: python -m jobs\n",
        ".env.example": "TONE=plain\nNAME=\n",
    }
    words = fops.words("onboard", "explain", folder(tmp_path / "shop", files))
    lines = on_a_terminal(words, columns=90, environment=fops.environment({"NO_COLOR": "1"}))
    assert {"worker: python -m jobs", "TONE=plain"} <= {
        part.strip() for line in lines for part in line.split("  ")
    }
    assert max(map(len, lines)) <= 90
    assert not [line for line in lines if "{" in line or "\x1b" in line]


@pytest.mark.parametrize("group", [[], ["audit"], ["config"]])
def test_a_list_of_commands_cuts_no_sentence_short(fops: Fops, group: list[str]) -> None:
    done = fops(*group, "--help", env={"COLUMNS": "80"})
    assert done.returncode == 0
    assert "..." not in done.stdout.split("Commands:")[1]


def test_the_help_starts_with_what_a_newcomer_does_first(fops: Fops) -> None:
    said = fops("--help").stdout
    listed = [line.split()[0] for line in said.split("Commands:\n")[1].split("\n\n")[0].splitlines()]
    assert listed[:2] == ["onboard", "why"]
    assert "fops --dry-run onboard repo ." in said


@pytest.mark.parametrize("command", [["onboard", "explain", "."], ["config", "show"], ["audit", "list"]])
def test_a_settings_file_that_is_not_there_is_wrong_usage_of_every_command(
    fops: Fops, command: list[str]
) -> None:
    said = error_of(fops("--config", "nowhere.toml", *command), 2)
    assert "--config nowhere.toml is no file" in said
    assert "hint: name a TOML file" in said


def test_a_traceback_comes_only_when_asked_for(fops: Fops) -> None:
    assert "Traceback" in fops("-v", "onboard", "repo", "./nowhere").stderr
    assert "Traceback" not in fops("onboard", "repo", "./nowhere").stderr


def test_the_result_for_people_says_where_what_and_what_next(fops: Fops, tmp_path: Path) -> None:
    path = repository(tmp_path / "site", SITE)
    done = fops("onboard", "repo", path)
    assert done.returncode == 0
    assert "(s)" not in done.stdout
    for word in (
        "on branch fops/onboard-site-static",
        "checks:",
        "pull request text",
        "fops why pro_",
        "next",
    ):
        assert word in done.stdout
