"""Run another program: a list of words, never a shell; with a time limit, a size limit and its own group."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fops.kernel.errors import LimitExceeded, NotFound

# A program we call needs these and nothing else of ours: no tokens travel by accident.
_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "SYSTEMROOT",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "XDG_CACHE_HOME",
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a program left: exit code (negative: killed by that signal) and its raw output."""

    exit_code: int
    stdout: bytes
    stderr: bytes

    @property
    def text(self) -> str:
        """Standard output as UTF-8, undecodable bytes replaced."""
        return self.stdout.decode("utf-8", "replace")

    @property
    def error_text(self) -> str:
        """Standard error as UTF-8, undecodable bytes replaced."""
        return self.stderr.decode("utf-8", "replace")


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The few variables a called program may see, plus `extra`."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | dict(extra or {})


def find_program(name: str) -> Path | None:
    """The program beside this interpreter first, then on PATH; None when absent."""
    beside = Path(sys.prefix, "bin", name)
    if beside.is_file() and os.access(beside, os.X_OK):
        return beside
    found = shutil.which(name)
    return Path(found) if found else None


def run(
    words: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    timeout: float = 60.0,
) -> Result:
    """Run a program to its end and return what it left; its exit code is the caller's to judge.

    `timeout` is in seconds. `env` replaces the environment (see `environment`).
    Raises NotFound when there is no such program, LimitExceeded when it runs past its time (it and all it
    started are ended).
    """
    name = str(words[0])
    try:
        running = subprocess.Popen(
            [str(word) for word in words],
            cwd=cwd,
            env=dict(env) if env is not None else environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise NotFound(f"program {name!r} is not installed", hint=f"install {name} and try again") from error
    try:
        stdout, stderr = running.communicate(stdin, timeout=timeout)
    except subprocess.TimeoutExpired as error:
        end(running)
        raise LimitExceeded(f"{name} did not end within {timeout:g} s") from error
    except BaseException:
        end(running)
        raise
    return Result(running.returncode, stdout, stderr)


def end(running: subprocess.Popen[bytes]) -> None:
    """End a program at once, with all it started; it leads its own group, as those of `run` do."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
