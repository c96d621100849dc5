"""What a start command says about itself: the port it names, and whether it is meant for development."""

from __future__ import annotations

import re

_PORT = re.compile(
    r"""(?:
        (?:--(?:server[.-])?(?:http-)?port|-Dserver\.port|-Dquarkus\.http\.port)[=\s]+  # uvicorn, streamlit, next, Spring
      | (?:^|\s)-p[=\s]*                                         # next, rails, serve
      | (?:--bind|--listen|--http|-b|-l)[=\s]*(?:tcp://)?[\w.*\[\]:]*?:?      # gunicorn, hypercorn, serve
      | \brunserver\s+(?:[\d.]+:)?                               # django
      | (?:^|\s)PORT=                                            # an assignment before the program
    )["']?(?:\$\{\w+:-)?(?P<port>\d{2,5})\b(?!\.\d)""",
    re.VERBOSE,
)
_DEVELOPMENT = re.compile(
    r"\b(?:run dev|yarn dev|pnpm dev|bun dev|nodemon|ts-node-dev|start:dev|runserver|--reload|--watch|next dev|vite dev|"
    r"flask run|air|serve --open|quarkus:dev|bootRun|sleep|tail)\b|--debug\b"
)
_WRAPPERS = re.compile(
    r"^(?:\S*/)?(?:tini|dumb-init|catatonit|su-exec \S+|gosu \S+)(?:\s+-[a-z-]*)*(?:\s+--)?\s+"
)


def port_in(command: str) -> int | None:
    """The port a command names as a literal or as the default of a variable; None when it names none."""
    found = _PORT.search(command)
    return as_port(found["port"]) if found else None


def as_port(value: object) -> int | None:
    """A TCP port out of a number or its text (`8080`, `"8080"`, `8080/tcp`), None when it is none."""
    text = str(value).strip().removesuffix("/tcp")
    return int(text) if re.fullmatch(r"\d{1,5}", text) and 0 < int(text) < 65536 else None


def for_development(command: str) -> bool:
    """Whether the command reloads, watches or debugs: right on a laptop, wrong in production."""
    return _DEVELOPMENT.search(command) is not None


def unwrapped(command: str) -> str:
    """The command without the init process in front of it (`tini -- node server.js`)."""
    return _WRAPPERS.sub("", command).strip()
