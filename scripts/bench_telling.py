"""Measure what telling costs: requests for the same CPU time with and without metrics and log lines, and one scrape.

usage: bench_telling.py

Writes `.bench/telling.json`. The application is called in this process, without sockets and an HTTP parser, so the ratios
are the worst that a caller can see: 1 is free. The read asks the database once. Medians of interleaved rounds.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from fops.api import application
from fops.bootstrap import App, open_app
from fops.bootstrap.settings import Settings
from fops.telemetry.logs import configured
from fops.telemetry.settings import TelemetrySettings

REQUESTS, ROUNDS = 300, 7
READ = "/api/operations"


class Silent:
    """In the place of what tells of requests."""

    def __init__(self, app: Any, **_words: object) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass it on."""
        await self._app(scope, receive, send)


def _house(folder: Path) -> App:
    return open_app(Settings(flags={"FOPS_HOME": str(folder), "FOPS_AUTH_MODE": "off"}))


async def _ask(app: Any, path: str) -> None:
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
             "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
             "scheme": "http", "http_version": "1.1"}  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message: Any) -> None:
        pass

    await app(scope, receive, send)


async def _rate(app: Any) -> float:
    began = time.process_time()
    for _ in range(REQUESTS):
        await _ask(app, READ)
    return REQUESTS / (time.process_time() - began)


async def measured(folder: Path) -> dict[str, float]:
    """The ratios, and the seconds of a scrape."""
    house, silent = _house(folder / "telling"), _house(folder / "silent")
    telling, tells = application.create_app(house), application.TellRequests
    application.TellRequests = Silent  # type: ignore[assignment,misc]  # the same application but for this
    quiet = application.create_app(silent)
    application.TellRequests = tells  # type: ignore[misc]
    silent.telemetry._ears = ()  # noqa: SLF001 - nobody takes an ear away but this measure
    found: dict[str, float] = {}
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: ASYNC230, PTH123 - nothing else runs here
        for name, level in (("metrics_and_logs", "info"), ("metrics", "error")):
            with configured(TelemetrySettings(log_level=level, log_format="json"), nowhere):
                pairs = [(await _rate(telling), await _rate(quiet)) for _ in range(ROUNDS + 1)][1:]
            found[f"{name}_ratio"] = round(statistics.median(one / other for one, other in pairs), 3)
    began = time.process_time()
    for _ in range(50):
        house.metrics.text()
    found["scrape_cpu_s"] = round((time.process_time() - began) / 50, 5)
    house.close(seconds=1)
    silent.close(seconds=1)
    return found


def main() -> None:
    """Measure, print and keep."""
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measured(Path(folder)))
    kept = Path(".bench/telling.json")
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
