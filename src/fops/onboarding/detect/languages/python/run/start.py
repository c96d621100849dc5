"""The start command: how a production server runs the application object, else how the program is run.

The port is left to the variable `PORT`, as every platform sets it, with the detected one as its default.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable

from fops.onboarding.detect.evidence import key_line, read_toml
from fops.onboarding.detect.files.commands import for_development
from fops.onboarding.detect.files.values import nested
from fops.onboarding.detect.languages.python.code.source import entry_rank, sources
from fops.onboarding.detect.languages.python.manifests.dependencies import Dependencies
from fops.onboarding.detect.languages.python.manifests.framework import Framework
from fops.onboarding.detect.languages.python.run import django, flask, gunicorn, pyramid
from fops.onboarding.detect.languages.python.run.program import (
    AppObject,
    Project,
    app_object,
    dotted_name,
    import_root,
    main_file,
)
from fops.onboarding.detect.languages.python.run.servers import INTERFACES, Start, Target, command
from fops.onboarding.model import LIKELY, STRONG, WEAK
from fops.onboarding.ports import Tree

_WITH_UVICORN = frozenset({"standard", "all", "uvicorn"})
_SCRIPT_NAMES = ("start", "serve", "server", "web", "api", "app", "run", "main")


def start(whole: Project) -> Start | None:
    """How the application is started, None when nothing shows it."""
    rules: tuple[Callable[[Project], Start | None], ...] = (
        _task,
        django.start,
        pyramid.start,
        _own_runner,
        _object,
        _guess,
        _script,
        _file,
    )
    return next((found for rule in rules if (found := rule(whole))), None)


def with_port(tree: Tree, found: Start, number: int) -> str:
    """The command with its port, `PORT` first. An address in gunicorn's configuration file keeps the say."""
    text = found.command
    here = found.server == "gunicorn" and not text.startswith("cd ")  # the file is looked for where it starts
    configuration = gunicorn.configuration(tree) if here else None
    if configuration and configuration.path != gunicorn.READ_BY_ITSELF:
        text = text.replace("gunicorn ", f"gunicorn --config {configuration.path} ", 1)
    if configuration and gunicorn.bound(tree):
        text = text.replace("--bind 0.0.0.0:{port} ", "")
    return text.replace("{port}", f"${{PORT:-{number}}}")


def server_of(dependencies: Dependencies, framework: Framework) -> str | None:
    """The declared server for the framework's interface, or the one that comes with the framework."""
    interface = framework.interface
    declared = next((name for name in INTERFACES.get(interface, ()) if name in dependencies), None)
    own = dependencies.find(*framework.packages)
    extras = own.extras if own else frozenset()
    brought = (
        "uvicorn"
        if interface == "asgi" and (extras & _WITH_UVICORN or "fastapi-cli" in dependencies)
        else framework.server
    )
    return declared or ("gunicorn" if interface == "asgi" and "uvicorn-worker" in dependencies else brought)


def _own_runner(whole: Project) -> Start | None:
    """Frameworks with a command of their own that takes a file, a function or the whole folder."""
    name = whole.framework.name if whole.framework else ""
    path = _user(whole, whole.framework.modules[0]) if whole.framework and name in _RUNNERS else None
    if path is None:
        return None
    target = _function(whole, path) if name == "functions-framework" else path
    runner = _RUNNERS[name].format(target=shlex.quote(target))
    return Start(
        command=runner, rule=f"python.start.{name}", confidence=STRONG, file=path, line=1, server=name
    )


_RUNNERS = {
    "streamlit": "streamlit run {target} --server.address 0.0.0.0 --server.port {{port}}",
    "chainlit": "chainlit run {target} --headless --host 0.0.0.0 --port {{port}}",
    "panel": "panel serve {target} --address 0.0.0.0 --port {{port}} --allow-websocket-origin='*'",
    "reflex": "reflex run --env prod --frontend-port {{port}}",
    "google-adk": "adk api_server --host 0.0.0.0 --port {{port}}",
    "functions-framework": "functions-framework --target {target} --port {{port}}",
}
_FUNCTION = re.compile(r"@functions_framework\.\w+\s*(?:async\s+)?def\s+(\w+)")


def _user(whole: Project, package: str) -> str | None:
    """The file that uses a package: the main file where it does (or none can be read), else the shallowest."""
    users = sorted((module.path for module in whole.modules if module.imports_from(package)), key=entry_rank)
    entry = main_file(whole)
    if entry and (not users or entry[0] in users):
        return entry[0]
    return next(iter(users), None)


def _function(whole: Project, path: str) -> str:
    found = _FUNCTION.search(whole.tree.read(path) or "")
    return found[1] if found else "main"


def _object(whole: Project) -> Start | None:
    """The application object by a declared server, else by the framework's own or usual server if no file serves it."""
    found = flask.named(whole) or app_object(whole)
    found = _dash_server(whole, found) if found and found.framework.name == "dash" else found
    if found is None:
        return None
    server = server_of(whole.dependencies, found.framework)
    if server is None and _serves_itself(whole):
        return None
    runner = server or _UNDECLARED.get(found.framework.name) or _USUAL.get(found.framework.interface)
    if runner is None:
        return None
    return Start(
        command=command(runner, _target(whole, found, runner)),
        rule=f"python.start.{runner}",
        confidence=STRONG if server else LIKELY if runner in _UNDECLARED.values() else WEAK,
        file=found.path,
        line=found.line,
        server=runner,
        needs=_NEEDED.get(runner) if server is None else None,
    )


_UNDECLARED = {"flask": "flask", "sanic": "sanic", "litestar": "litestar"}
"""Frameworks that bring a command to serve with."""

_NEEDED = {"gunicorn": "gunicorn", "uvicorn": "uvicorn", "litestar": "uvicorn"}
"""The package of the server behind a command: Litestar's own runs uvicorn, and does not depend on it."""

_USUAL = {"wsgi": "gunicorn", "asgi": "uvicorn"}
_FOUND_BY_FLASK = frozenset({"app", "application", "create_app", "make_app"})


def _target(whole: Project, found: AppObject, server: str) -> Target:
    root = import_root(whole, found.path)
    name = dotted_name(posixpath.relpath(found.path, root) if root else found.path)
    implied = server == "flask" and found.name in _FOUND_BY_FLASK
    return Target(
        name=name if implied else f"{name}:{found.name}",
        interface=found.framework.interface,
        factory=found.factory and not implied,
        root=root,
        worker=flask.socket_worker(whole.dependencies),
    )


def _dash_server(whole: Project, found: AppObject) -> AppObject | None:
    """Dash is served through the Flask object inside it, which must have a name of its own."""
    exported = (
        module.path for module in whole.modules if module.names.get("server") == f"{found.name}.server"
    )
    path = next(exported, None)
    return AppObject(path=path, name="server", line=found.line, framework=found.framework) if path else None


def _serves_itself(whole: Project) -> bool:
    """Whether the file that is run starts a server that is reachable from outside; Flask's own listens on 127.0.0.1."""
    main = main_file(whole)
    module = whole.module(main[0]) if main else None
    runs = [call for call in module.calls if call.method in _RUNS] if module else []
    if whole.framework is not None and whole.framework.name == "flask":
        return any(
            call.keywords.get("host", "localhost") not in _LOOPBACK or call.method in _NOT_FLASKS
            for call in runs
        )
    return bool(runs) or (module is not None and module.main is not None)


_LOOPBACK = ("localhost", "127.0.0.1")
_NOT_FLASKS = frozenset({"serve", "run_simple", "serve_forever"})
_RUNS = frozenset(
    {"run", "run_app", "serve", "run_server", "run_simple", "serve_forever", "listen", "run_forever"}
)


def _task(whole: Project) -> Start | None:
    """A task called `start` or `serve` of the project's manager or task runner, unless it is for development."""
    for file, *keys in _TASKS:
        tasks = nested(read_toml(whole.tree, file), *keys)
        for name in ("start", "serve"):
            given = nested(tasks, name)
            text = next(
                (
                    one
                    for one in (given, nested(given, "cmd"), nested(given, "shell"))
                    if isinstance(one, str)
                ),
                "",
            )
            if text.strip() and "\n" not in text and not for_development(text) and not _ALONE.search(text):
                line = key_line(whole.tree, file, ".".join(keys), name)
                return Start(
                    command=text.strip(), rule="python.start.task", confidence=STRONG, file=file, line=line
                )
    return None


_ALONE = re.compile(r"\b(?:127\.0\.0\.1|localhost)\b")  # reached from the same machine alone
_TASKS = (
    ("Pipfile", "scripts"),
    ("pyproject.toml", "tool", "pdm", "scripts"),
    ("pyproject.toml", "tool", "hatch", "envs", "default", "scripts"),
    ("pyproject.toml", "tool", "pixi", "tasks"),
    ("pyproject.toml", "tool", "poe", "tasks"),
    ("pixi.toml", "tasks"),
)


def _script(whole: Project) -> Start | None:
    """A command the project installs: named for serving, or the only one of a project without a main file."""
    document = read_toml(whole.tree, "pyproject.toml")
    table = "project.scripts" if nested(document, "project", "scripts") else "tool.poetry.scripts"
    scripts = nested(document, *table.split("."))
    names = [str(name) for name in scripts] if isinstance(scripts, dict) else []
    project = str(nested(document, "project", "name") or nested(document, "tool", "poetry", "name") or "")
    wanted = next((name for name in (*_SCRIPT_NAMES, project) if name in names), None)
    only = names[0] if len(names) == 1 and main_file(whole) is None else None
    name = wanted or only
    installed = (
        nested(document, "build-system") is not None
        and nested(document, "tool", "poetry", "package-mode") is not False
    )
    if name is None or not re.fullmatch(r"[\w.-]+", name) or not (installed or wanted):
        return None
    line = key_line(whole.tree, "pyproject.toml", table, name)
    text = name if installed else f"python -c {shlex.quote(_called(str(scripts[name])))}"
    return Start(
        command=text, rule="python.start.script", confidence=LIKELY, file="pyproject.toml", line=line
    )


def _called(target: str) -> str:
    module, _, function = target.partition(":")
    return f"from {module} import {function or 'main'} as main; main()"


def _file(whole: Project) -> Start | None:
    """`python FILE`, or `python -m package` for a package that says how it runs."""
    found = main_file(whole)
    if found:
        path, line = found
        module = _as_module(whole, path)
        text = _reachable(whole) + (f"python -m {module}" if module else f"python {shlex.quote(path)}")
        return Start(command=text, rule="python.start.file", confidence=LIKELY, file=path, line=line or 1)
    package = next(
        (path for path in sources(whole.tree) if path.endswith("/__main__.py") and path.count("/") <= 2), None
    )
    if package is None:
        return None
    folder = posixpath.dirname(package)
    name = dotted_name(folder.removeprefix("src/"))
    text = f"python -m {name}" if re.fullmatch(r"[\w.]+", name) else f"python {shlex.quote(folder)}"
    return Start(command=text, rule="python.start.package", confidence=LIKELY, file=package, line=1)


def _reachable(whole: Project) -> str:
    """What makes a framework's own server listen on all addresses, where the code does not say so itself."""
    variables = _ADDRESS_VARIABLES.get(whole.framework.name if whole.framework else "")
    given = any(
        key in call.keywords
        for module in whole.modules
        for call in module.calls
        for key in ("host", "server_name")
    )
    return f"env {variables} " if variables and not given else ""


_ADDRESS_VARIABLES = {
    "gradio": "GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT={port}",
    "dash": "HOST=0.0.0.0 PORT={port}",
}
"""Gradio's and Dash's documentation: both listen on 127.0.0.1 by default."""


def _as_module(whole: Project, path: str) -> str | None:
    """The module name where the file imports its own package, which `python FILE` would not find."""
    module, folder = whole.module(path), posixpath.dirname(path)
    if not folder or module is None or folder.startswith("src"):
        return None
    own = any(name.startswith((f"{folder.partition('/')[0]}.", ".")) for name in module.imports)
    return dotted_name(path) if own else None


def _guess(whole: Project) -> Start | None:
    """A declared server and framework whose files cannot be read: the usual object in the usual file."""
    framework = whole.framework
    server = server_of(whole.dependencies, framework) if framework else None
    usual = ("wsgi.py", "asgi.py", "main.py", "app.py")
    found = next((path for path in usual if path in whole.tree.files), None)
    if framework is None or found is None or server is None or whole.readable:
        return None
    served = command(server, Target(name=f"{dotted_name(found)}:app", interface=framework.interface))
    return Start(command=served, rule="python.start.usual-object", confidence=WEAK, file=found, server=server)
