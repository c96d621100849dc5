"""Run another program: a list of words, never a shell; with a time limit, a size limit and its own group."""

from __future__ import annotations

import contextlib
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fops.kernel import interrupts
from fops.kernel.errors import LimitExceeded, NotFound

MAX_OUTPUT = 64 * 1024 * 1024  # bytes; no report or listing we read comes near, and it all lies in memory
LOOK_SECONDS = 0.5  # between two looks whether the wait should end

# Set by the program that becomes the other one: a function to run between fork and exec is unsafe beside threads.
_LIMITED = """
import os, resource, sys
limit, words = int(sys.argv[1]), sys.argv[2:]
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
os.execvp(words[0], words)
"""

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
    max_output: int = MAX_OUTPUT,
    max_file: int | None = None,
) -> Result:
    """Run a program to its end and return what it left; its exit code is the caller's to judge.

    `timeout` is in seconds, `max_output` in bytes for each output, `max_file` in bytes for each file that it or
    what it starts may write (past it, writing fails with EFBIG). `env` replaces the environment (see
    `environment`). Raises NotFound when there is no such program, LimitExceeded when it runs past its time or
    writes more (it and all it started are ended).
    """
    deadline = time.monotonic() + timeout
    called = [str(word) for word in words]
    if max_file is not None:
        called = [sys.executable, "-I", "-S", "-c", _LIMITED, str(max_file), *called]
    running = _start(called, cwd=cwd, env=env, stdin=stdin)
    try:
        stdout, stderr = _outputs(running, deadline, limit=max_output)
        running.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        end(running)
        raise LimitExceeded(f"{words[0]} did not end within {timeout:g} s") from error
    except _TooMuch as error:
        end(running)
        raise LimitExceeded(f"{words[0]} wrote more than {max_output} bytes") from error
    except BaseException:
        end(running)
        raise
    return Result(running.returncode, stdout, stderr)


class _TooMuch(Exception):
    """More output than may lie in memory."""


def _start(
    words: list[str], *, cwd: Path | None, env: Mapping[str, str] | None, stdin: bytes
) -> subprocess.Popen[bytes]:
    # The input lies in a file, so that only outputs have to be waited for.
    with tempfile.TemporaryFile() if stdin else Path(os.devnull).open("rb") as source:
        if stdin:
            source.write(stdin)
            source.seek(0)
        try:
            return subprocess.Popen(
                words,
                cwd=cwd,
                env=dict(env) if env is not None else environment(),
                stdin=source,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except (FileNotFoundError, PermissionError) as error:
            raise NotFound(
                f"program {words[0]!r} is not installed", hint=f"install {words[0]} and try again"
            ) from error


def _outputs(running: subprocess.Popen[bytes], deadline: float, *, limit: int) -> tuple[bytes, bytes]:
    """Both outputs to their ends. Raises TimeoutExpired past the deadline, _TooMuch past `limit` bytes."""
    pipes = [pipe for pipe in (running.stdout, running.stderr) if pipe is not None]
    texts = {pipe.fileno(): bytearray() for pipe in pipes}
    with selectors.DefaultSelector() as open_pipes:
        for pipe in pipes:
            open_pipes.register(pipe, selectors.EVENT_READ)
        while open_pipes.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(running.args, left)
            interrupts.check()
            ready = open_pipes.select(min(left, LOOK_SECONDS))
            for key, _ in ready:
                text = texts[key.fd]
                chunk = os.read(key.fd, 65536)
                text += chunk
                if len(text) > limit:
                    raise _TooMuch
                if not chunk:
                    open_pipes.unregister(key.fileobj)
    for pipe in pipes:
        pipe.close()
    stdout, stderr = texts.values()
    return bytes(stdout), bytes(stderr)


def end(running: subprocess.Popen[bytes]) -> None:
    """End a program at once, with all it started; it leads its own group, as those of `run` do."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(running.pid, signal.SIGKILL)
    for pipe in (running.stdin, running.stdout, running.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):  # what was meant for it is of no use any more
                pipe.close()
    running.wait()
