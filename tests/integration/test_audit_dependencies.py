"""The vulnerability audit never calls green what nobody looked up; a stand-in program says what pip-audit says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "audit_dependencies.py"
CLEAN = {"name": "good", "version": "1.0", "vulns": []}
BROKEN = {"name": "bad", "version": "2.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.1"]}]}
SKIPPED = {"name": "far", "skip_reason": "Dependency not found on PyPI and could not be audited: far (3.0)"}


@pytest.fixture
def audit(tmp_path):
    def run(answer: str, code: int = 0, files: int = 1) -> subprocess.CompletedProcess[str]:
        program = tmp_path / "pip-audit"
        program.write_text(
            f"#!/bin/sh\ncat {tmp_path}/answer\necho 'ERROR: the service is not there' >&2\nexit {code}\n"
        )
        program.chmod(0o755)
        (tmp_path / "answer").write_text(answer)
        words = [sys.executable, str(SCRIPT), "--program", str(program), *["requirements.txt"] * files]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    return run


def reported(*packages: dict[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_a_package_that_was_looked_up_is_counted_once(audit):
    done = audit(reported(CLEAN), files=2)
    assert (done.returncode, done.stdout) == (0, "audited 1, unaudited 0, vulnerabilities 0\n")


def test_a_vulnerable_package_is_named_with_what_repairs_it(audit):
    done = audit(reported(CLEAN, BROKEN, SKIPPED), code=1)
    assert done.returncode == 1
    assert (
        "audited 2, unaudited 1, vulnerabilities 1\n  bad 2.0: PYSEC-2026-1 (fixed in: 2.1)\n" in done.stdout
    )


def test_what_could_not_be_looked_up_is_no_pass_though_pip_audit_ends_well(audit):
    done = audit(reported(CLEAN, SKIPPED))
    assert done.returncode == 69
    assert done.stdout.splitlines() == [
        "audited 1, unaudited 1, vulnerabilities 0",
        "NOT AUDITED: Dependency not found on PyPI and could not be audited: far (3.0)",
    ]


@pytest.mark.parametrize(
    ("answer", "why"), [("", "ERROR: the service is not there"), (reported(), "no packages were reported")]
)
def test_no_report_is_no_pass(audit, answer, why):
    done = audit(answer)
    assert done.returncode == 69
    assert f"NOT AUDITED: {why}" in done.stdout


def test_a_missing_program_is_said(tmp_path):
    words = [sys.executable, str(SCRIPT), "--program", str(tmp_path / "none")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (69, f"NOT AUDITED: {tmp_path}/none is not installed\n")
