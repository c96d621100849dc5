"""What the image and the composed services start, started as processes here: an unknown user, nothing to write but its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from factories.own_containers import SERVICES, command, environment, health_check

PROGRAMS = sysconfig.get_path("scripts")
STRANGER = 10001


@pytest.fixture
def folder() -> Iterator[Path]:
    """The only place a process may write to: a short path, and below /tmp whoever it belongs to."""
    made = Path(tempfile.mkdtemp(prefix="fops-"))
    made.chmod(0o755)
    for name in ("data", "tmp"):
        (made / name).mkdir()
        if os.geteuid() == 0:
            os.chown(made / name, STRANGER, STRANGER)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def reachable(path: Path) -> bool:
    """Whether any user can get there: a checkout below a private home is its owner's alone."""
    return all(one.stat().st_mode & stat.S_IXOTH for one in (path, *path.parents))


def stranger() -> dict[str, object]:
    """An unknown user, as the image has one, where this process may become it."""
    able = os.geteuid() == 0 and reachable(Path(sys.executable).resolve()) and reachable(Path(PROGRAMS))
    return {"user": STRANGER, "group": STRANGER, "extra_groups": []} if able else {}


def variables(folder: Path, told: Mapping[str, str]) -> dict[str, str]:
    """The image's variables, what compose adds, and this test's places for the image's folders."""
    places = {f"/{name}": str(folder / name) for name in ("data", "tmp")}
    own = {**environment(), **{name: value for name, value in told.items() if "${" not in value}}
    own = {
        name: re.sub(r"^/(?:data|tmp)", lambda found: places[found[0]], value) for name, value in own.items()
    }
    return own | {"PATH": f"{PROGRAMS}:{os.defpath}", "TMPDIR": str(folder / "tmp")}


@contextmanager
def running(words: list[str], folder: Path, told: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The process, on a loopback port of its own choice; it is asked to end as an orchestrator asks."""
    words = [word.replace("0.0.0.0", "127.0.0.1") for word in words]  # noqa: S104 - said by the image
    port = ["--port", "0"] if "serve" in words else []
    process = subprocess.Popen(
        [*words, *port], cwd="/", env=variables(folder, told), stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, **stranger(),
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=30)


def port_of(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if found := re.search(r"serving on http://[^:]+:(\d+)", line):
            return found[1]
    raise AssertionError(said)


@pytest.mark.parametrize(
    ("words", "told"),
    [(command(), {}), (SERVICES["api"]["command"], SERVICES["api"]["environment"])],
    ids=["image", "compose"],
)
def test_the_server_is_healthy_as_an_unknown_user_and_ends_when_asked(folder, words, told):
    with running(words, folder, told) as process:
        port = port_of(process)
        check = [word.replace("8000", port) for word in health_check()]
        asked = subprocess.run(
            [sys.executable, *check[1:]], cwd="/", env={"http_proxy": "http://127.0.0.1:9"}, timeout=30,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert check[0] == "python"
        assert (asked.returncode, asked.stderr) == (0, "")
        assert ended(process) == 0


def test_the_health_check_fails_where_nobody_answers():
    check = [word.replace("8000", "9") for word in health_check()]
    asked = subprocess.run([sys.executable, *check[1:]], capture_output=True, timeout=30, check=False)
    assert asked.returncode != 0


def test_the_worker_stays_and_ends_when_asked(folder):
    worker = SERVICES["worker"]
    told = worker["environment"] | {"METRICS_TOKEN": "obviously-fake"}
    with running(worker["command"], folder, told) as process:
        end = time.monotonic() + 3
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        if process.poll() is not None and process.stderr is not None:
            raise AssertionError(process.stderr.read())
        assert ended(process) == 0
