"""What `.flaskenv` tells the `flask` command, and which worker Flask-SocketIO needs.

Sources: Flask's documentation, "Command Line Interface"; Flask-SocketIO's, "Deployment": gunicorn's load balancer
knows no sticky sessions, so there is one worker.
"""

from __future__ import annotations

import re

from fops.onboarding.detect.evidence import find
from fops.onboarding.detect.files.commands import as_port
from fops.onboarding.detect.languages.python.manifests.dependencies import Dependencies
from fops.onboarding.detect.languages.python.run.program import AppObject, Project, app_object
from fops.onboarding.model import STRONG, Fact

_FILE = ".flaskenv"
_APP = re.compile(
    r"(?m)^[ \t]*(?:export[ \t]+)?FLASK_APP[ \t]*=[ \t]*[\"']?([\w./-]+)(?::(\w+)(\(\))?)?[\"']?[ \t]*(?:#.*)?$"
)
_PORT = re.compile(r"(?m)^[ \t]*(?:export[ \t]+)?FLASK_RUN_PORT[ \t]*=[ \t]*[\"']?(\d+)[\"']?[ \t]*(?:#.*)?$")
_SOCKET_WORKERS = (
    ("eventlet", "eventlet"),
    ("gevent-websocket", "geventwebsocket.gunicorn.workers.GeventWebSocketWorker"),
    ("gevent", "gevent"),
)


def named(whole: Project) -> AppObject | None:
    """The object that `FLASK_APP` names, None where it names none that is there."""
    hit = find(whole.tree, _APP, (_FILE,))
    path = _file(whole, hit.match[1]) if hit else None
    if hit is None or path is None or whole.framework is None or whole.framework.name != "flask":
        return None
    name = hit.match[2] or ""
    found = app_object(whole, path=path, name=name)
    if found is None and name:
        called = hit.match[3] is not None or name in {"create_app", "make_app"}
        found = AppObject(path=path, name=name, line=1, framework=whole.framework, factory=called)
    return found


def port(whole: Project) -> Fact | None:
    """The port that `flask run` listens on by `FLASK_RUN_PORT`."""
    hit = find(whole.tree, _PORT, (_FILE,))
    value = as_port(hit.match[1]) if hit else None
    if hit is None or value is None:
        return None
    return Fact(
        name="port", value=value, rule="python.port.flaskenv", confidence=STRONG, file=_FILE, line=hit.line
    )


def socket_worker(dependencies: Dependencies) -> str:
    """The options of gunicorn where Flask-SocketIO is declared, empty where it is not."""
    if "flask-socketio" not in dependencies:
        return ""
    found = next((worker for package, worker in _SOCKET_WORKERS if package in dependencies), None)
    return f" --worker-class {found} --workers 1" if found else " --workers 1 --threads 100"


def _file(whole: Project, named: str) -> str | None:
    """The file of a path (`run.py`) or a module's name (`shop.web`)."""
    module = named.removesuffix(".py").replace(".", "/").strip("/")
    candidates = (f"{module}.py", f"{module}/__init__.py")
    return next((path for path in candidates if path in whole.tree.files), None)
