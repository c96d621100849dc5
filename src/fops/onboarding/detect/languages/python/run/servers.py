"""Production servers for Python and the commands that start them, by each project's own documentation.

A command carries `{port}` where its port belongs. gunicorn reads `gunicorn.conf.py` by itself.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

INTERFACES: dict[str, tuple[str, ...]] = {
    "asgi": ("uvicorn", "hypercorn", "granian", "daphne"),
    "wsgi": ("gunicorn", "waitress", "uwsgi", "granian"),
}
"""The servers for an interface, the most used first."""

PORTS = {
    "gunicorn": 8000,
    "uvicorn": 8000,
    "hypercorn": 8000,
    "daphne": 8000,
    "waitress": 8080,
    "granian": 8000,
}
"""Documented defaults; uWSGI has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A start command with `{port}` where its port belongs, the server it runs, and what it rests on.

    `needs` is the package of the server where nothing declares it.
    """

    command: str
    rule: str
    confidence: float
    file: str | None
    line: int | None = None
    server: str | None = None
    needs: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a server imports: `module:object`, whether that is a function making it, and the folder it is found from.

    `worker` are gunicorn's options for its workers; with them its configuration file is not asked.
    """

    name: str
    interface: str
    factory: bool = False
    root: str = ""
    worker: str = ""


def command(server: str, target: Target) -> str:
    """The command by which the server serves the target on all addresses."""
    enter = f"cd {shlex.quote(target.root)} && " if target.root and server not in _TAKE_A_FOLDER else ""
    return enter + _TEMPLATES[server].format(
        target=target.name,
        called=shlex.quote(f"{target.name}()") if target.factory else target.name,
        factory=" --factory" if target.factory else "",
        call=" --call" if target.factory else "",
        interface=target.interface,
        app_dir=f" --app-dir {shlex.quote(target.root)}" if target.root else "",
        change=f" --chdir {shlex.quote(target.root)}" if target.root else "",
        worker=target.worker
        or (" --worker-class uvicorn.workers.UvicornWorker" if target.interface == "asgi" else ""),
    )


_TAKE_A_FOLDER = frozenset({"uvicorn", "gunicorn", "uwsgi", "litestar"})
_TEMPLATES = {
    "uvicorn": "uvicorn {target}{factory}{app_dir} --host 0.0.0.0 --port {{port}}",
    "gunicorn": "gunicorn{worker}{change} --bind 0.0.0.0:{{port}} {called}",
    "hypercorn": "hypercorn --bind 0.0.0.0:{{port}} {called}",
    "granian": "granian --interface {interface}{factory} --host 0.0.0.0 --port {{port}} {target}",
    "daphne": "daphne --bind 0.0.0.0 --port {{port}} {target}",
    "waitress": "waitress-serve --listen=0.0.0.0:{{port}}{call} {target}",
    "uwsgi": "uwsgi{change} --http 0.0.0.0:{{port}} --module {called}",
    "flask": "flask --app {called} run --host 0.0.0.0 --port {{port}}",
    "sanic": "sanic {target}{factory} --host 0.0.0.0 --port {{port}}",
    "litestar": "litestar --app {target}{app_dir} run --host 0.0.0.0 --port {{port}}",
}
