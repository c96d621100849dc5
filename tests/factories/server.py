"""A server as a person starts it: another process on a loopback port, with a data directory of its own."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Server:
    """A running server: its address, its process, and the command line that shares its data directory."""

    url: str
    process: subprocess.Popen[str]
    fops: Fops


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
        address = _address(process)
        # Whoever starts a server reads what it says: a full pipe would hold it at its next log line.
        reader.start()
        yield Server(address, process, fops)
    finally:
        process.terminate()
        process.wait(timeout=30)
        if reader.ident:
            reader.join()
        process.stderr.close()
        shutil.rmtree(root, ignore_errors=True)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        found = re.search(r"serving on (http://\S+)", line)
        if found:
            return found[1]
    raise AssertionError(f"the server ended with {process.wait()}")
