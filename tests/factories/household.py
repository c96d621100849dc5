"""A data directory and the processes that share it: servers and workers as a person starts them, killed as crashes do."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from factories.commands import Fops
from factories.slow import wait_until
from fops.client.invoke import answers, at_socket

COMMANDS = {
    "serve": ("serve", "--port", "0"),
    "door": ("serve", "--port", "0", "--no-worker"),
    "worker": ("worker",),
}


@dataclass
class Household:
    """Processes by the names a test gives them; all speak through the data directory's socket."""

    root: Path
    env: Mapping[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def fops(self) -> Fops:
        return Fops(self.root)

    def start(self, what: str, *, name: str = "", path: Path | None = None) -> None:
        """Start `serve`, `door` (a server without a worker) or `worker`; what serves answers when this returns."""
        env = self.fops.environment({"FOPS_AUTH_MODE": "off", **self.env})
        if path:
            env["PATH"] = f"{path}:{env['PATH']}"
        words = self.fops.words(*COMMANDS[what])
        with (self.root / f"{name or what}.log").open("ab") as log:
            self.running[name or what] = subprocess.Popen(
                words, cwd=self.root, env=env, stdout=log, stderr=log
            )
        if what != "worker":
            wait_until(lambda: answers(self.fops.home / "server.sock"), f"{what} does not answer")

    def send(self, name: str, number: signal.Signals) -> None:
        self.running[name].send_signal(number)

    def kill(self, name: str) -> None:
        """End it as a crash would."""
        self.send(name, signal.SIGKILL)
        self.running.pop(name).wait()

    def stop(self, name: str) -> str:
        """End it in order; what it said in its life."""
        self.send(name, signal.SIGTERM)
        assert self.running.pop(name).wait(60) == 0
        return (self.root / f"{name}.log").read_text()

    def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """One request."""
        with at_socket(self.fops.home / "server.sock") as client:
            return client.request(method, path, **more)

    def onboard(self, what: str, key: str) -> str:
        """The id of an operation that now is queued."""
        headers = {"Prefer": "respond-async", "Idempotency-Key": key}
        answer = self.ask("POST", "/api/onboard/repo", json={"repo_url": what}, headers=headers)
        assert answer.status_code == httpx2.codes.ACCEPTED, answer.text
        return str(answer.json()["operation"])

    def operation(self, identifier: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"/api/operations/{identifier}").json()
        return found

    def workers(self) -> list[dict[str, Any]]:
        """Who works, oldest first."""
        found: list[dict[str, Any]] = self.ask("POST", "/api/invoke/workers.list", json={}).json()["workers"]
        return found

    def ended(self, identifier: str, status: str = "succeeded") -> dict[str, Any]:
        """The operation, once it has this status."""
        wait_until(lambda: self.operation(identifier)["status"] == status, f"{identifier} is not {status}")
        return self.operation(identifier)


@contextmanager
def a_household(env: Mapping[str, str] | None = None) -> Iterator[Household]:
    """An empty data directory at a short path, as its socket needs; what still runs at the end is killed."""
    root = Path(tempfile.mkdtemp(prefix="fops-"))
    made = Household(root, env or {})
    try:
        yield made
    finally:
        for one in made.running.values():
            os.kill(one.pid, signal.SIGKILL)
            one.wait()
        shutil.rmtree(root, ignore_errors=True)
