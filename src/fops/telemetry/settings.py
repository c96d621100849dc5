"""Settings of metrics, logs and traces."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from fops.kernel.settings import Secret, choice, setting

LAST_PORT = 65535


def address(text: str) -> tuple[str, int]:
    """`127.0.0.1:9464` or `[::1]:9464`. Raises ValueError."""
    host, _, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > LAST_PORT:
        raise ValueError("ADDRESS:PORT is needed")
    return str(ip_address(host.removeprefix("[").removesuffix("]"))), int(port)


@dataclass(frozen=True, slots=True)
class TelemetrySettings:
    """What a server tells about itself, and to whom."""

    log_level: str = setting(
        "LOG_LEVEL",
        default="info",
        read=choice("debug", "info", "warning", "error"),
        doc="The least weight of a log line of `fops serve` that is written. Default: info, one line a request and operation.",
    )
    log_format: str = setting(
        "LOG_FORMAT",
        default="auto",
        read=choice("auto", "json", "console"),
        doc="How log lines look: `json`, one object a line; `console`, for people; `auto`, console on a terminal and json elsewhere. Default: auto.",
    )
    metrics_token: Secret | None = setting(
        "METRICS_TOKEN",
        default=None,
        read=Secret,
        doc="Bearer token with which a monitoring system reads `/metrics` and the details of `/health/ready`, and nothing else. Default: none; then only who may read metrics gets them.",
    )
    metrics_address: tuple[str, int] | None = setting(
        "METRICS_ADDRESS",
        default=None,
        read=address,
        doc="A further address for `/metrics`, `/health/live` and `/health/ready` alone, as ADDRESS:PORT; one that others reach needs METRICS_TOKEN. Default: none; a server has them beside the API.",
    )
    otlp_endpoint: str | None = setting(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        default=None,
        doc="Where traces and logs go over OTLP/HTTP, as scheme://host:port; the other OTEL_ variables of the environment (headers, service name, sampler) are read too. Default: none, and nothing of it is loaded.",
    )
