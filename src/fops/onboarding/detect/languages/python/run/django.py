"""How a Django project is found, served and built. Sources: Django's deployment guide, gunicorn's and uvicorn's pages there."""

from __future__ import annotations

import posixpath
import re
import shlex

from fops.onboarding.detect.evidence import find
from fops.onboarding.detect.languages.python.run.program import Project, dotted_name
from fops.onboarding.detect.languages.python.run.servers import Start, Target, command
from fops.onboarding.model import LIKELY, STRONG, Fact

_SERVED = (
    ("gunicorn", "wsgi"),
    ("uvicorn", "asgi"),
    ("daphne", "asgi"),
    ("hypercorn", "asgi"),
    ("waitress", "wsgi"),
    ("uwsgi", "wsgi"),
)
_SETTING = re.compile(r"(?m)^(?:WSGI|ASGI)_APPLICATION\s*=\s*[\"']([\w.]+)\.(\w+)[\"']")
_STATIC_ROOT = re.compile(r"(?m)^\s*STATIC_ROOT\s*=")


def start(whole: Project) -> Start | None:
    """The server's command for the project's WSGI or ASGI module, `manage.py runserver` where no server is declared."""
    manage = manage_file(whole)
    if manage is None:
        return None
    folder = posixpath.dirname(manage)
    change = f"cd {shlex.quote(folder)} && " if folder else ""
    asynchronous = "channels" in whole.dependencies  # its web sockets are answered through ASGI alone
    for server, interface in sorted(_SERVED, key=lambda one: asynchronous and one[1] == "wsgi"):
        found = _module(whole, interface, folder) if server in whole.dependencies else None
        if found:
            served = command(server, Target(name=shlex.quote(f"{found[0]}:application"), interface=interface))
            return Start(
                command=change + served,
                rule=f"python.start.django-{server}",
                confidence=STRONG,
                file=found[1],
                line=found[2],
                server=server,
            )
    runserver = f"{change}python manage.py runserver 0.0.0.0:{{port}}"
    return Start(
        command=runserver,
        rule="python.start.django-manage",
        confidence=LIKELY,
        file=manage,
        line=1,
        server="django",
    )


def manage_file(whole: Project) -> str | None:
    """The `manage.py` of a Django project: one with settings beside it, the shallowest; None for other uses of the name."""
    if whole.framework is not None and whole.framework.name != "django":
        return None
    every = [
        path for path in whole.tree.files if posixpath.basename(path) == "manage.py" and path.count("/") <= 2
    ]
    ranked = sorted(
        every, key=lambda path: (not _has_settings(whole, posixpath.dirname(path)), path.count("/"), path)
    )
    chosen = next(iter(ranked), None)
    return chosen if chosen and (whole.framework or _has_settings(whole, posixpath.dirname(chosen))) else None


def build_command(whole: Project) -> Fact | None:
    """`collectstatic` where the settings say where static files are gathered."""
    manage = manage_file(whole)
    hit = find(whole.tree, _STATIC_ROOT, settings_files(whole)) if manage else None
    if hit is None or manage is None:
        return None
    command = f"python {shlex.quote(manage)} collectstatic --noinput"
    return Fact(
        name="build_command",
        value=command,
        rule="python.build.collectstatic",
        confidence=LIKELY,
        file=hit.file,
        line=hit.line,
    )


def settings_files(whole: Project) -> tuple[str, ...]:
    """The settings modules, `settings.py` and those of a `settings` package."""
    return tuple(
        path
        for path in whole.tree.files
        if re.search(r"(?:^|/)settings(?:\.py|/[\w]+\.py)$", path) and path.count("/") <= 4
    )


def _has_settings(whole: Project, folder: str) -> bool:
    prefix = f"{folder}/" if folder else ""
    return any(path.startswith(prefix) for path in settings_files(whole))


def _module(whole: Project, interface: str, folder: str) -> tuple[str, str, int] | None:
    """The module the settings name, else the `wsgi.py` or `asgi.py` beside them, as seen from manage.py's folder."""
    prefix = f"{folder}/" if folder else ""
    settings = [path for path in settings_files(whole) if path.startswith(prefix)]
    pattern = re.compile(_SETTING.pattern.replace("(?:WSGI|ASGI)", interface.upper()))
    if hit := find(whole.tree, pattern, settings):
        return hit.match[1], hit.file, hit.line
    files = [
        path
        for path in whole.tree.files
        if path.startswith(prefix) and posixpath.basename(path) == f"{interface}.py"
    ]
    found = min(files, key=lambda path: (path.count("/"), path), default=None)
    return (dotted_name(found.removeprefix(prefix)), found, 1) if found else None
