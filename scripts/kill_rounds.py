"""Rounds of `kill -9` on a server and a worker while clients ask and ask again: nothing lost, nothing doubled.

    python scripts/kill_rounds.py [--rounds 50] [--clients 3] [--seed 1]

Both processes share one data directory; in each round one of them, or both, dies in the midst of the work and is started
again. `DATABASE_URL` of the environment is passed on. Prints one JSON document; exit code 1 where anything is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from factories.actions import a_context  # noqa: E402 - the path above
from factories.commands import Fops  # noqa: E402 - as above
from factories.repositories import SITE, branches, repository  # noqa: E402 - as above
from fops.actions import store  # noqa: E402 - as above
from fops.bootstrap import App, open_app  # noqa: E402 - as above
from fops.bootstrap.settings import Settings  # noqa: E402 - as above
from fops.client.invoke import at_socket  # noqa: E402 - as above
from fops.events.store import since  # noqa: E402 - as above
from fops.onboarding.store import newest  # noqa: E402 - as above

PATIENCE = 120.0  # seconds for all work of a round; a takeover of a suspended worker would be 15
OPEN = {"queued", "running"}


@dataclass
class Household:
    """A data directory with the two processes that share it."""

    root: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fops = Fops(self.root)
        more = {name: os.environ[name] for name in ("DATABASE_URL",) if name in os.environ}
        self.env = self.fops.environment({"FOPS_AUTH_MODE": "off", "MAX_RUNNING": "2", **more})

    @cached_property
    def house(self) -> App:
        """The house of that data directory, to look into."""
        return open_app(Settings(flags={"FOPS_HOME": str(self.fops.home)}))

    def start(self, who: str) -> None:
        """Start the server or the worker."""
        words = {"serve": ("serve", "--port", "0"), "worker": ("worker", "--concurrency", "2")}[who]
        with (self.root / f"{who}.log").open("ab") as log:
            self.running[who] = subprocess.Popen(self.fops.words(*words), cwd=self.root, env=self.env, stdout=log, stderr=log)  # fmt: skip

    def kill(self, who: str) -> None:
        """End it as a crash would."""
        self.running[who].send_signal(signal.SIGKILL)
        self.running[who].wait()

    def stop(self) -> None:
        """End both in order."""
        for one in self.running.values():
            one.terminate()
        for one in self.running.values():
            one.wait(60)

    def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """The answer, asked for until there is one."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with at_socket(self.fops.home / "server.sock") as client:
                    answer = client.request(method, path, **more)
                if answer.status_code < 500 and answer.status_code != httpx2.codes.CONFLICT:
                    return answer
            except httpx2.TransportError:
                pass
            if time.monotonic() > until:
                raise TimeoutError(f"no answer to {method} {path} within {PATIENCE} s")
            time.sleep(0.1)


@dataclass
class Client:
    """Asks for one onboarding by one key until it has its end."""

    household: Household
    key: str
    site: Path
    waits: bool
    ends: list[tuple[str, str]] = field(default_factory=list)

    def run(self) -> None:
        """Until it has ended."""
        headers = {"Idempotency-Key": self.key} | ({} if self.waits else {"Prefer": "respond-async"})
        asked = self.household.ask(
            "POST", "/api/onboard/repo", json={"repo_url": str(self.site)}, headers=headers
        )
        answer = asked.json()
        if "operation" not in answer:
            self.ends.append(("", f"{asked.status_code} {answer}"))
            return
        until = time.monotonic() + PATIENCE
        shown = {"status": "never shown"}
        while time.monotonic() < until:
            shown = self.household.ask("GET", f"/api/operations/{answer['operation']}").json()
            if shown["status"] not in OPEN:
                break
            time.sleep(0.1)
        self.ends.append((answer["operation"], shown["status"]))


def until_work(house: App) -> None:
    """Wait for an operation that is being carried out, so that what dies dies in the midst of it; not for long."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with house.database.read() as connection:
            if store.page(connection, a_context(), before=None, limit=1, status="running"):
                return
        time.sleep(0.01)


def play(household: Household, *, rounds: int, clients: int, chance: random.Random) -> list[Client]:
    """All rounds; returns the clients with what they saw."""
    played = []
    house = household.house
    for who in ("serve", "worker"):
        household.start(who)
    for number in range(rounds):
        mine = [
            Client(household, f"key-{number}-{index}", repository(household.root / "sites" / f"site-{number}-{index}", SITE), chance.random() < 0.5)
            for index in range(clients)
        ]  # fmt: skip
        threads = [threading.Thread(target=one.run) for one in mine]
        for thread in threads:
            thread.start()
        for _ in range(chance.choice((1, 1, 2))):
            until_work(house)
            time.sleep(chance.uniform(0.0, 0.5))
            dead = chance.choice((("serve",), ("worker",), ("serve", "worker")))
            for who in dead:
                household.kill(who)
            for who in dead:
                household.start(who)
        for thread in threads:
            thread.join()
        played += mine
        print(f"round {number + 1}: {Counter(end for one in mine for _, end in one.ends)}", file=sys.stderr)
    return played


def judge(house: App, played: list[Client]) -> dict[str, Any]:
    """What is wrong, by name: empty lists are good."""
    with house.database.read() as connection:
        rows = store.page(connection, a_context(), before=None, limit=100_000)
        proposals = newest(connection, a_context(), limit=100_000)
        events = since(connection, a_context(), 0)
    by_key = Counter(row["asked_key"] for row in rows)
    entries = list(house.audit.query(action="change_request.create"))
    begun = {one.id for one in entries if one.outcome == "started"}
    succeeded = Counter(one.operation_id for one in entries if one.outcome == "succeeded")
    verdict = house.audit.verify()
    made = Counter(one.operation_id for one in proposals)
    return {
        "not answered well": [one.key for one in played if [end for _, end in one.ends] != ["succeeded"]],
        "keys without exactly one operation": [one.key for one in played if by_key[one.key] != 1],
        "another operation than told": [one.key for one in played for seen, _ in one.ends if seen not in {row["id"] for row in rows if row["asked_key"] == one.key}],
        "sites without exactly one branch": [str(one.site) for one in played if sum(name.startswith("fops/") for name in branches(one.site)) != 1],
        "operations without exactly one proposal": [row["id"] for row in rows if made[row["id"]] != 1],
        "operations without exactly one success in the trail": [row["id"] for row in rows if succeeded[row["id"]] != 1],
        "begun and never settled in the trail": sorted(begun - {str(one.details.get("started")) for one in entries}),
        "folders too many": len(list((house.home / "proposals").iterdir())) - len(played),
        "events too many": len(events) - len(played),
        "the trail is broken": [] if verdict.ok else [verdict.first_bad, verdict.why],
        "attempts": dict(sorted(Counter(row["attempt"] for row in rows).items())),
        "outcomes": dict(sorted(Counter(str(one.outcome) for one in entries).items())),
    }  # fmt: skip


def main() -> int:
    """Play, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--clients", type=int, default=3)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**6)
    parser.add_argument("--keep", action="store_true", help="leave the data directory")
    words = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="fops-"))
    household = Household(root)
    began = time.monotonic()
    try:
        played = play(household, rounds=words.rounds, clients=words.clients, chance=random.Random(words.seed))  # noqa: S311 - a seed repeats the rounds
        household.stop()
        found = judge(household.house, played)
    finally:
        for one in household.running.values():
            one.kill()
        if not words.keep:
            shutil.rmtree(root, ignore_errors=True)
    wrong = {name: what for name, what in found.items() if name not in {"attempts", "outcomes"} and what}
    summary = {
        "rounds": words.rounds,
        "operations": len(played),
        "seed": words.seed,
        "seconds": round(time.monotonic() - began, 1),
    }
    print(
        json.dumps(
            summary | {"wrong": wrong} | {name: found[name] for name in ("attempts", "outcomes")}, indent=2
        )
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
