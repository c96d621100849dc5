"""A scene of the demo: the server, a token, the same onboarding over REST with live progress, and why its entry is there."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import httpx2

ADMIN, PROGRAM = "demo-admin", "demo-pipeline"
START_SECONDS = 60.0  # on a loaded machine; a second where nothing else runs


class Stage(Protocol):
    """What the scene needs of the demo: its folder, the environment of every command, and how one is run."""

    @property
    def folder(self) -> Path:
        """The folder that stays."""

    @property
    def env(self) -> dict[str, str]:
        """The environment of every command."""

    def run(
        self, *command: str | Path, cwd: Path | None = None, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """One finished command."""


def show(stage: Stage, fops: Path, repository: Path, target: str) -> bool:
    """Play the scene on one repository, with a data directory of its own. True when everything went through."""
    env = {**stage.env, "FOPS_HOME": str(stage.folder / "server"), "ALLOWED_ROOTS": str(stage.folder)}
    stage = type(stage)(folder=stage.folder, env=env)
    print("\nThe same over HTTP, with sign-in\n")
    made = stage.run(
        fops, "auth", "init", "--name", ADMIN, "--password-stdin", stdin="a password for this demo alone\n"
    )
    if made.returncode:
        return _failed("fops auth init", made.stderr)
    with _server(stage, fops) as url:
        if url is None:
            return _failed("fops serve", "it did not start")
        program = stage.run(fops, "auth", "user", "add", PROGRAM, "--program", "--role", "operator")
        if program.returncode:
            return _failed("fops auth user add", program.stderr)
        bounds = ("--for", f"service:{PROGRAM}", "--role", "operator", "--days", "1")
        issued = stage.run(fops, "auth", "token", "create", "demo", *bounds, "--json")
        if issued.returncode:
            return _failed("fops auth token create", issued.stderr)
        print("  ✓ a token for one day, for a program that may what an operator may")
        headers = {"Authorization": f"Bearer {json.loads(issued.stdout)['token']}", "Prefer": "respond-async"}
        with httpx2.Client(base_url=url, headers=headers, timeout=60) as caller:
            operation, status = _followed(caller, _copied(stage, repository), target)
        print(f"  {'✓' if status == 'succeeded' else '✗'} {operation}: {status}")
        return status == "succeeded" and _why(stage, fops, operation)


def _copied(stage: Stage, repository: Path) -> Path:
    """The repository as it was before it was onboarded."""
    copy = stage.folder / "asked-over-http" / repository.name
    stage.run("git", "clone", "-q", "--single-branch", "--branch", "main", repository, copy)
    return copy


def _why(stage: Stage, fops: Path, operation: str) -> bool:
    trail = stage.run(fops, "audit", "list", "--json").stdout.splitlines()
    entries = (json.loads(line) for line in trail)
    entry = next(
        one["id"] for one in entries if one["operation_id"] == operation and one["outcome"] == "succeeded"
    )
    told = stage.run(fops, "--no-color", "why", entry)
    print(f"\nWho did that?  fops why {entry}\n")
    print("  " + (told.stdout or told.stderr).strip().replace("\n", "\n  "))
    return told.returncode == 0


def _followed(caller: httpx2.Client, repository: Path, target: str) -> tuple[str, str]:
    """The operation that was asked for and how it ended, its steps printed as they come."""
    asked = {"repo_url": str(repository), "target": target}
    operation = caller.post("/api/onboard/repo", json=asked).raise_for_status().json()["operation"]
    with caller.stream("GET", f"/api/operations/{operation}/events") as stream:
        for line in stream.iter_lines():
            event = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
            if event.get("seconds") is not None:
                print(f"    {event['step']:<10} {event['seconds']:5.2f} s  {event['detail']}")
    return operation, caller.get(f"/api/operations/{operation}").json()["status"]


@contextmanager
def _server(stage: Stage, fops: Path) -> Iterator[str | None]:
    """`fops serve` with sign-in on a free port until the block ends; its address."""
    log = stage.folder / "server.log"
    with log.open("w") as kept:
        process = subprocess.Popen(
            [str(fops), "serve", "--port", "0"], env=stage.env, stderr=kept, cwd=stage.folder
        )
        try:
            url = _address(process, log)
            if url:
                print(f"  ✓ fops serve at {url}")
            yield url
        finally:
            process.terminate()
            process.wait(30)


def _address(process: subprocess.Popen[bytes], log: Path) -> str | None:
    ends = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < ends:
        found = re.search(r"serving on (http://[^\s\"]+)", log.read_text(encoding="utf-8"))
        if found:
            return found[1]
        time.sleep(0.05)
    return None


def _failed(what: str, why: str) -> bool:
    print(f"  ✗ {what}: {why.strip()}")
    return False
