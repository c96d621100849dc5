"""A door of its own for metrics and health: for a worker, which has no other, and for networks that keep them apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from secrets import compare_digest
from threading import Thread

from fops.kernel.errors import UsageError
from fops.kernel.settings import Secret
from fops.telemetry.health import Health, worst
from fops.telemetry.metrics import CONTENT_TYPE, Metrics
from fops.telemetry.model import State
from fops.telemetry.settings import TelemetrySettings

SLOW_SECONDS = 5  # a scraper that sends or reads slower is let go


@contextmanager
def opened(settings: TelemetrySettings, metrics: Metrics, health: Health) -> Iterator[str | None]:
    """Answer `/metrics`, `/health/live` and `/health/ready` at METRICS_ADDRESS until the block ends; gives its URL.

    Raises UsageError for an address that cannot be opened, or that others reach while no METRICS_TOKEN is set.
    """
    if settings.metrics_address is None:
        yield None
        return
    host, port = settings.metrics_address
    if not ip_address(host).is_loopback and not settings.metrics_token:
        raise UsageError(f"METRICS_ADDRESS {host}:{port} is reached by others, and METRICS_TOKEN is not set",
                         hint="set METRICS_TOKEN, or listen on 127.0.0.1")  # fmt: skip
    try:
        server = ThreadingHTTPServer((host, port), _answering(metrics, health, settings.metrics_token))
    except OSError as error:
        raise UsageError(f"METRICS_ADDRESS {host}:{port} cannot be opened: {error.strerror or error}",
                         hint="name another port") from error  # fmt: skip
    thread = Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _answering(metrics: Metrics, health: Health, token: Secret | None) -> type[BaseHTTPRequestHandler]:
    class Answers(BaseHTTPRequestHandler):
        timeout = SLOW_SECONDS

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                self._metrics()
            elif path == "/health/live":
                self._say(200, b"alive\n")
            elif path == "/health/ready":
                failing = worst(health.checks()) is State.FAILING
                self._say(503 if failing else 200, b"not ready\n" if failing else b"ready\n")
            else:
                self._say(404, b"/metrics, /health/live, /health/ready\n")

        def _metrics(self) -> None:
            given = self.headers.get("Authorization", "").removeprefix("Bearer ")
            if token and not compare_digest(given.encode(), token.reveal().encode()):
                self._say(403, b"send METRICS_TOKEN as a bearer token\n")
            else:
                self._say(200, metrics.text(), CONTENT_TYPE)

        def _say(self, status: int, body: bytes, kind: str = "text/plain; charset=utf-8") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Scrapes are not news."""

        def version_string(self) -> str:
            return "fops"

    return Answers
