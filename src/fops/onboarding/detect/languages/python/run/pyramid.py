"""How a Pyramid project is served: `pserve` with the settings file that also names the server and where it listens.

Sources: Pyramid's "Startup" and "Deployment" chapters, waitress' arguments (`listen`, `host`, `port`), gunicorn's
`--paste`.
"""

from __future__ import annotations

import configparser
import re
from dataclasses import dataclass

from fops.onboarding.detect.files.commands import as_port
from fops.onboarding.detect.languages.python.run.program import Project
from fops.onboarding.detect.languages.python.run.servers import Start
from fops.onboarding.model import STRONG, Fact
from fops.onboarding.ports import Tree

_SETTINGS = re.compile(r"(?:[\w.-]+/)?[\w.-]+\.ini", re.ASCII)
_REFERENCE = re.compile(r"%\((\w+)\)s")
_LOOPBACK = re.compile(r"^(?:localhost|127\.0\.0\.1|\[?::1\]?)$")
_DEFAULT_PORT = 8080  # waitress' own, where the section names none


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A settings file: the section of its server, and the variables that the command line may set."""

    file: str
    line: int
    host: str
    port: int
    variable: str | None


def start(whole: Project) -> Start | None:
    """`pserve` with the settings file; through gunicorn or waitress where pserve would not be reached from outside."""
    found = served(whole)
    if found is None:
        return None
    file = found.file
    if "gunicorn" in whole.dependencies:
        command, server = f"gunicorn --paste {file} --bind 0.0.0.0:{{port}}", "gunicorn"
    elif _LOOPBACK.match(found.host):
        command, server = _reachable(found), "waitress"
    else:
        given = f" {found.variable}={{port}}" if found.variable else ""
        command, server = f"pserve {file}{given}", "pserve"
    return Start(
        command=command,
        rule=f"python.start.pyramid-{server}",
        confidence=STRONG,
        file=found.file,
        line=found.line,
        server=server,
    )


def port(whole: Project) -> Fact | None:
    """The port of the settings file."""
    found = served(whole)
    if found is None:
        return None
    return Fact(
        name="port",
        value=found.port,
        rule="python.port.pyramid-settings",
        confidence=STRONG,
        file=found.file,
        line=found.line,
    )


def served(whole: Project) -> Served | None:
    """What the settings file for production serves, else the first other that is not for tests."""
    if whole.framework is None or whole.framework.name != "pyramid":
        return None
    files = (path for path in whole.tree.files if _SETTINGS.fullmatch(path))
    ranked = sorted(files, key=lambda path: (not re.search(r"prod|deploy", path), "dev" in path, path))
    read = (_read(whole.tree, path) for path in ranked if not re.search(r"test|alembic|tox", path))
    return next((found for found in read if found), None)


def _read(tree: Tree, path: str) -> Served | None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    text = tree.read(path) or ""
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    section = next((name for name in ("server:main", "server") if parser.has_section(name)), None)
    if section is None or not any(re.match(r"app(?::|$)|composite:|pipeline:", name) for name in parser):
        return None
    told = parser.get(section, "listen", fallback="").split() or [""]
    host, colon, after = told[0].rpartition(":")
    number = after if colon else parser.get(section, "port", fallback=str(_DEFAULT_PORT))
    variable = _REFERENCE.fullmatch(number.strip())
    value = parser.defaults().get(variable[1], str(_DEFAULT_PORT)) if variable else number
    return Served(
        file=path,
        line=_line(text, section),
        host=(host or parser.get(section, "host", fallback="127.0.0.1")).strip(),
        port=as_port(value) or _DEFAULT_PORT,
        variable=variable[1] if variable else None,
    )


def _line(text: str, section: str) -> int:
    """Where the section says how it listens, else where it begins."""
    lines = text.splitlines()
    first = next((at for at, line in enumerate(lines) if line.strip() == f"[{section}]"), 0)
    for number, line in enumerate(lines[first + 1 :], start=first + 2):
        if re.match(r"\s*(?:listen|port)\s*[=:]", line):
            return number
        if line.startswith("["):
            break
    return first + 1


def _reachable(found: Served) -> str:
    """The server by itself: a settings file for development listens on the machine alone."""
    program = "from pyramid.paster import get_app; from waitress import serve"
    return f"python -c \"{program}; serve(get_app('{found.file}'), listen='*:{{port}}')\""
