"""Environment variables an example file asks for, and which names are secrets.

`.env.example` and its kin are written for people to copy, so their values are defaults; a value is never taken for
a name that looks secret, nor a placeholder such as `changeme`, nor what switches a developer's machine to debugging.
The image itself says that it is for production and on which address it listens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fops.kernel.redaction import redact_text
from fops.onboarding.detect.files.commands import as_port
from fops.onboarding.detect.files.place import Place
from fops.onboarding.model import LIKELY, Fact

_FILES = (".env.example", ".env.sample", ".env.template", ".env.dist", ".env.defaults", "env.example", "example.env", "sample.env", ".env")  # fmt: skip
_ASSIGNMENT = re.compile(r"^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$")
_PLACEHOLDER = re.compile(
    r"(?i)^$|change.?me|^your|[-_ ]here$|^<.*>$|^x{3,}|^\.\.\.|example|placeholder|\$\{"
)

_OF_THE_IMAGE = frozenset({"NODE_ENV", "HOST", "HOSTNAME"})
_SWITCH = re.compile(r"(?i)(?:\w+_)?(?:env|environment|mode|debug|stage)")
_FOR_DEVELOPERS = re.compile(r"(?i)dev|develop(?:ment)?|local|debug|test(?:ing)?|true|1|on|yes")

_PUBLIC = re.compile(
    r"(?i)^(?:NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|GATSBY|PUBLIC|EXPO_PUBLIC)_|PUBLIC_KEY$|PUBLISHABLE|MAX_TOKENS$"
)
_INLINED = re.compile(r"(?:NEXT_PUBLIC|REACT_APP|VUE_APP|GATSBY|EXPO_PUBLIC)_")
_SECRET = re.compile(
    r"(?i)(?:pass(?:word|wd|phrase)?|pwd|secret|token|credential|salt|dsn|pat|"
    r"(?:api|app|auth|access|private|secret|service|encryption|signing|master|account|license|jwt|stripe|ssh)_?key)s?$|"
    r"^(?!sort|partition|cache|primary|foreign).+_key$|"
    r"(?:database|db|postgres|postgresql|pg|mysql|mongo|mongodb|redis|amqp|rabbitmq|broker|jdbc|sql|elasticsearch|"
    r"connection|webhook|datasource)_?(?:url|uri|string)$|"
    r"(?:secret|password|private_key)_(?:base|id|value|key_base)"
)


def looks_secret(name: str) -> bool:
    """Whether a variable's value must not be readable: passwords, keys, tokens, and URLs that carry a login."""
    return _SECRET.search(name) is not None and _PUBLIC.search(name) is None


def is_inlined(name: str) -> bool:
    """Whether a build tool alone reads the variable, and writes its value into what browsers get.

    By the documentation of Next.js, Create React App, Vue CLI, Gatsby and Expo. Vite's names begin with `VITE_`, but a
    program beside it may read those at run time; Nuxt's `NUXT_PUBLIC_` are read when its server starts.
    """
    return _INLINED.match(name) is not None


def variable(name: str, default: str | None) -> dict[str, Any]:
    """One element of the `env` fact; a secret has no default, by its name or by what the value holds."""
    hidden = looks_secret(name) or (default is not None and redact_text(default) != default)
    return {"name": name, "default": None if hidden else default}


def facts(place: Place) -> Iterator[Fact]:
    """The variables of every example file, and the port one of them sets."""
    for path in _FILES:
        assignments = tuple(one for one in _assignments(place.tree.read(path) or "") if not _is_given(*one))
        if assignments:
            variables = [variable(name, value) for name, value, _ in assignments]
            yield _fact("env", variables, path, assignments[0][2])
        for name, value, line in assignments:
            if name == "PORT" and value and (port := as_port(value)):
                yield _fact("port", port, path, line)


def _is_given(name: str, value: str | None, _line: int) -> bool:
    """Whether the image gives the variable: `HOST` only where the example names this machine, not a public name."""
    local = value is None or value in {"localhost", "127.0.0.1", "0.0.0.0"}  # noqa: S104 - compared, not listened on
    return name in _OF_THE_IMAGE and (name == "NODE_ENV" or local)


def _assignments(text: str) -> Iterator[tuple[str, str | None, int]]:
    for number, line in enumerate(text.splitlines(), start=1):
        found = _ASSIGNMENT.match(line.strip())
        if found:
            value = _value(found[2])
            developers = _SWITCH.fullmatch(found[1]) and _FOR_DEVELOPERS.fullmatch(value or "")
            yield found[1], None if developers else value, number


def _value(text: str) -> str | None:
    """The value without quotes and trailing comment, None for a placeholder."""
    quoted = re.match(r"([\"'])(.*?)\1", text)
    value = quoted[2] if quoted else re.sub(r"(?:^|\s+)#.*$", "", text).strip()
    return None if _PLACEHOLDER.search(value) else value


def _fact(name: str, value: Any, path: str, line: int) -> Fact:
    return Fact(name=name, value=value, rule=f"environment.{name}", confidence=LIKELY, file=path, line=line)
