"""Measure the audit trail with eight processes at once against bare loops doing the same to the disk.

usage: bench_audit.py

Writes `.bench/audit.json`. Append: one fsync a line, as in the bare loop, which writes lines of the same length without
lock, chain, seal or redaction. Verify: against parsing and hashing each line. A ratio is our rate over the bare one: 1
is free, 0.5 is twice the time. Medians of interleaved rounds; a few seconds in all.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from fops.audit import AuditLog, Outcome
from fops.kernel.clock import SystemClock
from fops.kernel.context import RequestContext

PROCESSES, LINES, ROUNDS = 8, 100, 5
CTX = RequestContext(actor="local:ada", door="cli", request_id="req_01", operation_id="opn_01")
DETAILS = {"image": "registry.invalid/shop-api:1.4.2", "replicas": 3, "password": "not written"}


def append(folder: Path) -> int:
    """Our lines."""
    log = _log(folder)
    for _ in range(LINES):
        log.append(CTX, action="deploy.execute", target="shop-api", outcome=Outcome.STARTED, details=DETAILS)
    return LINES


def append_bare(folder: Path) -> int:
    """Lines of the same length, each on the disk before the next."""
    with _day(folder).open("rb") as file:
        line = file.readline()
    for _ in range(LINES):
        descriptor = os.open(folder / "bare", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(descriptor, line)
        os.fsync(descriptor)
        os.close(descriptor)
    return LINES


def verify(folder: Path) -> int:
    """The whole chain."""
    verdict = _log(folder).verify()
    if not verdict.ok:
        raise SystemExit(f"the benchmark's own trail is broken: {verdict}")
    return verdict.entries


def verify_bare(folder: Path) -> int:
    """Parse and hash each line, check nothing."""
    with _day(folder).open("rb") as file:
        return sum(bool(json.loads(raw) and hashlib.sha256(raw).digest()) for raw in file)


def rate(pool: ProcessPoolExecutor, task: Callable[[Path], int], folder: Path) -> float:
    """Lines per second of all processes together, from the common start to the last one's end."""
    start = time.perf_counter()
    lines = sum(pool.map(task, [folder] * PROCESSES))
    return lines / (time.perf_counter() - start)


def measure(folder: Path) -> dict[str, Any]:
    """Every task in every round, so that a busy moment of the machine falls on all."""
    append(folder)
    tasks = (append, append_bare, verify, verify_bare)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        list(pool.map(time.sleep, [0.5] * PROCESSES))  # every process is up before the first measurement
        rounds = [[rate(pool, task, folder) for task in tasks] for _ in range(ROUNDS)]
    middle = {
        task.__name__: statistics.median(seen)
        for task, seen in zip(tasks, zip(*rounds, strict=True), strict=True)
    }
    return {
        "schema": "bench.audit/v1",
        "processes": PROCESSES,
        "lines_per_second": {name: round(value) for name, value in middle.items()},
        "ratio": {name: round(middle[name] / middle[f"{name}_bare"], 2) for name in ("append", "verify")},
    }


def _log(folder: Path) -> AuditLog:
    return AuditLog(folder / "audit", clock=SystemClock(), chain="bench")


def _day(folder: Path) -> Path:
    return min((folder / "audit").glob("audit_*.jsonl"))


def main() -> None:
    """Measure, print and keep."""
    kept = Path(".bench")
    kept.mkdir(exist_ok=True)
    # Beside the checkout: the system's temporary folder may lie in memory, where fsync costs nothing.
    with tempfile.TemporaryDirectory(dir=kept) as folder:
        report = json.dumps(measure(Path(folder)), indent=2)
    (kept / "audit.json").write_text(f"{report}\n", encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()
