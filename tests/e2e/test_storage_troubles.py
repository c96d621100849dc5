"""A data directory that cannot be written, a disk that is full: exit code 5, and nothing half-made."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from factories.commands import Fops, error_of
from factories.repositories import API, SITE, branches, folder, repository, state


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return repository(tmp_path / "site", SITE)


@pytest.fixture
def a_file(tmp_path: Path) -> Path:
    """Nothing can be made below it, whoever asks: root too."""
    file = tmp_path / "file"
    file.write_text("no folder")
    return file


@pytest.mark.parametrize("setting", ["FOPS_HOME", "AUDIT_LOG_DIR"])
def test_a_place_that_cannot_be_written_stops_the_run_before_the_branch(
    fops: Fops, site: Path, a_file: Path, setting: str
) -> None:
    before = state(site)
    said = error_of(fops("onboard", "repo", site, env={setting: str(a_file / "data")}), 5)
    assert str(a_file) in said
    assert "hint:" in said
    assert state(site) == before
    assert fops.proposals == []
    assert list(fops.temporary.iterdir()) == []


@pytest.mark.parametrize("setting", ["FOPS_HOME", "AUDIT_LOG_DIR"])
def test_looking_needs_no_place_to_write(fops: Fops, site: Path, a_file: Path, setting: str) -> None:
    env = {setting: str(a_file / "data")}
    assert fops("onboard", "explain", site, env=env).returncode == 0
    assert fops("config", "show", "--origin", env=env).returncode == 0


def test_a_dry_run_needs_no_place_to_write(fops: Fops, site: Path, a_file: Path) -> None:
    done = fops("--dry-run", "onboard", "repo", site, env={"FOPS_HOME": str(a_file / "data")})
    assert done.returncode == 0, done.stderr


def test_doctor_names_a_data_directory_that_cannot_be_written(fops: Fops, a_file: Path) -> None:
    done = fops("doctor", env={"FOPS_HOME": str(a_file / "data")})
    assert done.returncode == 6
    assert "cannot be written" in done.stdout
    assert "Traceback" not in done.stderr


def test_an_output_folder_that_cannot_be_made_is_a_failure_outside(
    fops: Fops, site: Path, a_file: Path
) -> None:
    assert str(a_file) in error_of(fops("onboard", "repo", site, "--output", a_file / "out"), 5)


def test_a_temporary_folder_that_cannot_be_written_is_a_failure_outside(
    fops: Fops, site: Path, a_file: Path
) -> None:
    place = str(a_file / "tmp")
    done = fops(
        "onboard",
        "repo",
        f"file://{site}",
        env={"TMPDIR": place, "TEMP": place, "TMP": place},
        cwd=Path("/proc"),
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in {0, 5}


def _with_files_of_at_most(
    kibibytes: int, fops: Fops, *words: str | Path
) -> subprocess.CompletedProcess[str]:
    """The command where no file grows past a size: writing more fails as on a full disk."""
    limited = ["sh", "-c", f'ulimit -S -f {kibibytes * 2}; exec "$@"', "sh", *fops.words(*words)]
    # Coverage would write its own data under the limit, and tell of its failure on our stderr.
    env = {**fops.environment({"PYTHONDONTWRITEBYTECODE": "1"}), "COVERAGE_PROCESS_CONFIG": ""}
    return subprocess.run(
        limited, cwd=fops.root, env=env, capture_output=True, text=True, timeout=120, check=False
    )


def _filling_up() -> Iterator[object]:
    """Sizes at which different things no longer fit; the everyday suite takes one of each kind."""
    everyday = {("path", 8), ("path", 128), ("url", 64), ("output", 16)}
    for kind in ("path", "url", "output"):
        for size in (0, 1, 3, 8, 16, 24, 32, 64, 128, 256):
            marks = [] if (kind, size) in everyday else [pytest.mark.long]
            yield pytest.param(kind, size, marks=marks, id=f"{kind} {size} KiB")


@pytest.mark.parametrize(("kind", "kibibytes"), list(_filling_up()))
def test_a_disk_that_fills_up_leaves_no_branch_and_no_files(
    fops: Fops, tmp_path: Path, kibibytes: int, kind: str
) -> None:
    assert fops("onboard", "repo", folder(tmp_path / "other", SITE)).returncode == 0
    earlier = fops.proposals
    shop = repository(tmp_path / "shop", API)
    before = state(shop)
    what = f"file://{shop}" if kind == "url" else shop
    output = ["--output", tmp_path / "out"] if kind == "output" else []
    done = _with_files_of_at_most(kibibytes, fops, "onboard", "repo", what, *output)
    assert "Traceback" not in done.stderr
    assert list(fops.temporary.iterdir()) == []
    if done.returncode:
        assert done.returncode == 5, done.stderr
        assert done.stderr.splitlines()[-2].startswith("error:")
        assert state(shop) == before
        assert list(branches(shop)) == ["main"]
        assert fops.proposals == earlier
        written = list((tmp_path / "out").rglob("*"))
        assert not written or (tmp_path / "out/.fops/onboard.lock").is_file(), "all files or none"
    assert fops("audit", "verify").returncode == 0
    assert fops("onboard", "repo", what, *output).returncode == 0


def test_a_run_on_a_disk_without_any_room_says_so(fops: Fops, site: Path) -> None:
    done = _with_files_of_at_most(0, fops, "onboard", "repo", site)
    assert done.returncode == 5, done.stderr
    assert "hint:" in done.stderr
    assert list(Path(fops.temporary).iterdir()) == []
