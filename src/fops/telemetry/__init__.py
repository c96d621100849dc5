"""Telemetry: what the house tells about itself: metrics, logs, traces, and whether it can work.

Must not know: features, doors, how anything is done. Map:
    hear.py       the port: everything that runs tells it, whoever listens hears    settings.py  formats, tokens, endpoints
    metrics.py    what is counted and timed, for Prometheus                         seen.py      what is looked up at a scrape
    logs.py       every line through the same processors, secrets masked            traces.py    spans and logs over OTLP
    database.py   a database that says how long its callers wait                    health.py    checks, and how they stand
    model.py      Check, State, Described, PoolState, Sights                        door.py      an address for metrics and health alone
"""

from fops.telemetry.hear import Ear, Telemetry, heard
from fops.telemetry.settings import TelemetrySettings

__all__ = ["Ear", "Telemetry", "TelemetrySettings", "heard"]
