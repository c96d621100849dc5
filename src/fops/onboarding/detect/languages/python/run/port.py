"""Where the application listens when nothing else is told.

Order: the settings file that the server reads; a literal, or the default of a variable, given to the call that starts a server; the option of the program's
own command line; a settings field; the documented default of the server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.detect.evidence import read_toml
from fops.onboarding.detect.files.commands import as_port
from fops.onboarding.detect.files.values import nested
from fops.onboarding.detect.languages.python.code.literals import Read, known
from fops.onboarding.detect.languages.python.code.source import Call, Module, entry_rank
from fops.onboarding.detect.languages.python.run import flask, gunicorn, pyramid
from fops.onboarding.detect.languages.python.run.program import Project
from fops.onboarding.detect.languages.python.run.servers import PORTS
from fops.onboarding.model import LIKELY, STRONG, WEAK, Fact
from fops.onboarding.ports import Tree

_MCP_PORT = 8000  # the default of the MCP Python SDK and of FastMCP for transports over HTTP
_KEYWORDS = ("port", "server_port", "http_port")
_SERVES = re.compile(
    r"(?:^|\.)(?:run|serve|run_app|launch|listen|run_simple|run_server|add_insecure_port|add_secure_port|start_server|create_server|"
    r"run_forever|run_webhook|start_webhook|bind|run_async|start|quickstart|HTTPServer|ThreadingHTTPServer|TCPServer|ThreadingTCPServer|WSGIServer|make_server|TCPSite|Config|FastMCP)$"
)
_CONNECTS = re.compile(
    r"(?i)redis|client|connect|smtp|mysql|psycopg|pymongo|kafka|socketio\.Client|subprocess|asyncio\.run$|exporter"
)
_OPTIONS = re.compile(r"(?:^|\.)(?:add_argument|option|Option|define|DEFINE_integer)$")
_NAME = re.compile(r"(?:^|_)(?:PORT|port)$|^(?:SERVER|APP|HTTP|WEB|API|LISTEN)_?PORT$")
_OTHER_END = re.compile(
    r"(?i)db|database|redis|mysql|postgres|pg|mongo|smtp|mail|email|rabbit|amqp|kafka|elastic|es_|cache|metrics|prom|remote|proxy|broker|ssh|ftp|debug"
)


def port(whole: Project, *, server: str | None) -> Iterator[Fact]:
    """The port, from the first source that tells one. `server` is what the start command runs."""
    found = next(_candidates(whole, server), None)
    if found:
        yield found
    elif default := _default(whole, server):
        yield default


def _candidates(whole: Project, server: str | None) -> Iterator[Fact]:
    code = sorted(whole.modules, key=lambda module: entry_rank(module.path))
    told = gunicorn.bound(whole.tree), pyramid.port(whole), flask.port(whole) if server == "flask" else None
    yield from (fact for fact in told if fact)
    yield from (
        _fact("serve-call", module, call.line, value, STRONG)
        for module in code
        for call in module.calls
        if not _on_socket(call, module) and (value := _served(call))
    )
    yield from (
        _fact("option-default", module, call.line, value, LIKELY)
        for module in code
        for call in module.calls
        if (value := _option(call))
    )
    yield from (fact for module in code for fact in _named(module))
    yield from _streamlit(whole.tree)


def _served(call: Call) -> int | None:
    """The port a call listens on: by keyword, as part of an address, or as the framework's positional argument."""
    if not _SERVES.search(call.name) or _CONNECTS.search(call.name):
        return None
    if call.method == "run" and call.keywords.get("transport") in {"http", "sse", "streamable-http"}:
        return _number(call.keywords.get("port")) or _MCP_PORT
    by_keyword = next((value for key in _KEYWORDS if (value := _number(call.keywords.get(key)))), None)
    bound = _in_address(call.keywords.get("bind")) or _in_address(call.keywords.get("listen"))
    if call.method in {"run", "launch", "Config", "FastMCP", "start"}:
        second = _number(call.args[1]) if len(call.args) > 1 and not call.name.startswith("uvicorn") else None
        return by_keyword or bound or second
    return by_keyword or bound or next((value for one in call.args if (value := _in_address(one))), None)


def _on_socket(call: Call, module: Module) -> bool:
    """Whether the call is a socket's own `listen`, whose number is the length of the queue of callers."""
    receiver = call.name.rpartition(".")[0]
    if call.method != "listen" or not receiver:
        return False
    made = (one for one in module.calls if one.target == receiver.rpartition(".")[2])
    return bool(re.search(r"(?i)sock(?:et)?\Z", receiver)) or any(
        one.name in {"socket.socket", "socket.create_server"} for one in made
    )


def _number(value: object) -> int | None:
    value = known(value)
    return as_port(value) if isinstance(value, int | str) and not isinstance(value, bool) else None


def _in_address(value: object) -> int | None:
    """A port out of `8000`, `":8000"`, `"0.0.0.0:8000"` or `("", 8000)`."""
    value = known(value)
    if isinstance(value, list):
        return _number(value[1]) if len(value) > 1 else None
    if isinstance(value, str):
        return as_port(value.rpartition(":")[2]) if ":" in value or value.isdigit() else None
    return _number(value) if isinstance(value, int) and value > 79 else None


def _option(call: Call) -> int | None:
    """The default of `--port` in argparse, click, typer or tornado.options."""
    names = [one.lstrip("-") for one in call.args if isinstance(one, str)]
    if not _OPTIONS.search(call.name) or not any(
        re.fullmatch(r"(?:\w*[-_])?port|p", name) and not _OTHER_END.search(name) for name in names
    ):
        return None
    positional = next(
        (value for one in call.args if isinstance(one, int | Read) and (value := _number(one))), None
    )
    return _number(call.keywords.get("default")) or positional


def _named(module: Module) -> Iterator[Fact]:
    """A variable read from the environment, or a constant of the module, that is named for the port."""
    for read in module.reads:
        if _NAME.search(read.name) and not _OTHER_END.search(read.name) and (value := _number(read)):
            yield _fact("environment-default", module, read.line, value, LIKELY)
    for name, constant in module.constants.items():
        if (
            _NAME.search(name)
            and not _OTHER_END.search(name)
            and not isinstance(constant, Read)
            and (value := _number(constant))
        ):
            line = module.text.count("\n", 0, max(module.text.find(f"\n{name}"), 0) + 1) + 1
            yield _fact("constant", module, line, value, LIKELY)


def _streamlit(tree: Tree) -> Iterator[Fact]:
    path = ".streamlit/config.toml"
    if value := _number(nested(read_toml(tree, path), "server", "port")):
        line = next(
            (
                n
                for n, text in enumerate((tree.read(path) or "").splitlines(), start=1)
                if re.match(r"\s*port\s*=", text)
            ),
            None,
        )
        yield Fact(
            name="port",
            value=value,
            rule="python.port.streamlit-config",
            confidence=STRONG,
            file=path,
            line=line,
        )


def _default(whole: Project, server: str | None) -> Fact | None:
    """What the server listens on by its documentation; a framework that starts itself has its own default."""
    framework = whole.framework
    if server in PORTS and not (framework and framework.known_by_port):
        return Fact(name="port", value=PORTS[server], rule=f"python.port.{server}-default", confidence=WEAK)
    if framework is None or framework.port is None or not whole.uses_framework:
        return None
    return Fact(
        name="port", value=framework.port, rule=f"python.port.{framework.name}-default", confidence=WEAK
    )


def _fact(rule: str, module: Module, line: int, value: int, confidence: float) -> Fact:
    return Fact(
        name="port",
        value=value,
        rule=f"python.port.{rule}",
        confidence=confidence,
        file=module.path,
        line=line,
    )
