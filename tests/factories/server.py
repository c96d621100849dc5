"""A server as a person starts it: another process on a loopback port, with a data directory of its own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from factories.commands import Fops

PASSWORD = "four words like these"


@dataclass(frozen=True)
class Server:
    """A running server: its address, its process, and the command line that shares its data directory."""

    url: str
    process: subprocess.Popen[str]
    fops: Fops
    setup_token: str | None = None


@dataclass(frozen=True)
class SignedInServer:
    """A server with sign-in, whose first person is admin; `away` is another machine, signed in as them by `fops auth login`."""

    server: Server
    away: Fops
    access_token: str


@contextmanager
def a_server(env: Mapping[str, str] | None = None, *, fops: Fops | None = None) -> Iterator[Server]:
    """`fops serve` until the block ends. The data directory lies at a short path, as its socket needs."""
    root = Path(tempfile.mkdtemp(prefix="fops-"))
    fops = fops or Fops(root)
    process = subprocess.Popen(
        fops.words("serve", "--port", "0"),
        cwd=root,
        env=fops.environment({"FOPS_AUTH_MODE": "off", **(env or {})}),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    reader = threading.Thread(target=process.stderr.read)
    try:
        url, token = _told(process)
        # Whoever starts a server reads what it says: a full pipe would hold it at its next log line.
        reader.start()
        yield Server(url, process, fops, token)
    finally:
        process.terminate()
        process.wait(timeout=30)
        if reader.ident:
            reader.join()
        process.stderr.close()
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def a_signed_in_server(env: Mapping[str, str] | None = None) -> Iterator[SignedInServer]:
    """`fops serve` with sign-in on, and a second data directory that is signed in to it as `ada`, the admin."""
    with a_server({"FOPS_AUTH_MODE": "on", **(env or {})}) as server:
        away = Fops(server.fops.root / "away")
        away.root.mkdir()
        given = f"{server.setup_token}\n{PASSWORD}\n"
        done = away("auth", "login", server.url, "--name", "ada", "--password-stdin", stdin=given)
        assert done.returncode == 0, done.stderr
        kept = json.loads((away.home / "login.json").read_text())
        yield SignedInServer(server, away, kept["tokens"]["access_token"])


def _told(process: subprocess.Popen[str]) -> tuple[str, str | None]:
    """Its address, and the one-time token if nobody can sign in yet."""
    assert process.stderr is not None
    token = None
    for line in process.stderr:
        token = line.strip() if line.startswith("fops_set_") else token
        found = re.search(r"serving on (http://\S+)", line)
        if found:
            return found[1], token
    raise AssertionError(f"the server ended with {process.wait()}")
