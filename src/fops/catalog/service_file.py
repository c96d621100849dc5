"""The text of `fops.yaml` to a ServiceFile. Every refusal names the place, the value and what would be right."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from importlib import resources
from typing import Any, TypeVar

from fops.catalog.model import SCHEMA, Environment, Process, Protection, Runtime, Service, ServiceFile
from fops.kernel.errors import FormatError
from fops.kernel.formats import load_yaml

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123, as Kubernetes asks of names
_WORD = re.compile(r"[A-Za-z0-9_-]+")  # as Procfiles name processes
_IMAGE = re.compile(r"[a-z0-9][A-Za-z0-9._:/-]*")
_PATH = re.compile(r"(?!/)(?!(.*/)?\.\.(/|$))[^\x00-\x1f\\]+")
_HINT = "see the schema fops.service/v1, or onboard again to write a fresh file"

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)


def schema() -> dict[str, Any]:
    """The published JSON schema of the service file."""
    text = resources.files("fops.catalog").joinpath("service_file.schema.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def parse(text: str, *, name: str = "fops.yaml") -> ServiceFile:
    """The service file a text holds.

    Raises FormatError naming the member that is missing, unknown or wrong; LimitExceeded as `load_yaml`.
    """
    top = _Members(load_yaml(text, name=name), name, at="")
    top.only({"schema", "name", "services", "environments"})
    if (version := top.text("schema")) != SCHEMA:
        raise FormatError(f"{name}: schema is {version!r}, this F-Ops reads {SCHEMA!r}", hint=_HINT)
    return ServiceFile(
        name=top.text("name", _LABEL),
        services=_unique(top, "services", _service),
        environments=_unique(top, "environments", _environment),
    )


def _service(members: _Members) -> Service:
    members.only({"name", "path", "language", "image", "port", "health", "processes", "backing", "secrets"})
    return Service(
        name=members.text("name", _LABEL),
        path=members.text("path", _PATH),
        language=members.text("language"),
        image=members.maybe("image", _IMAGE),
        port=members.port("port"),
        health=members.maybe("health", re.compile(r"/[^\x00-\x1f]*")),
        processes=members.every("processes", _process),
        backing=members.texts("backing"),
        secrets=members.texts("secrets"),
    )


def _process(members: _Members) -> Process:
    members.only({"name", "command", "port"})
    return Process(
        name=members.text("name", _WORD), command=members.text("command"), port=members.port("port")
    )


def _environment(members: _Members) -> Environment:
    members.only({"name", "target", "protection", "manifests", "namespace", "parameters"})
    return Environment(
        name=members.text("name", _LABEL),
        target=members.choice("target", Runtime),
        protection=members.choice("protection", Protection),
        manifests=members.maybe("manifests", _PATH),
        namespace=members.maybe("namespace", _LABEL),
        parameters=members.maybe("parameters", _PATH),
    )


def _unique(top: _Members, key: str, read: Callable[[_Members], T]) -> tuple[T, ...]:
    items = top.every(key, read)
    if not items:
        raise FormatError(f"{top.file}: {key} is empty or missing", hint=_HINT)
    names = [str(getattr(item, "name", "")) for item in items]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise FormatError(f"{top.file}: {key} has {twice!r} twice", hint="give each its own name")
    return items


class _Members:
    """A mapping of the file with its place, so that each refusal can say where."""

    def __init__(self, value: Any, file: str, *, at: str) -> None:
        self.file = file
        self._at = at
        if not isinstance(value, Mapping):
            raise FormatError(f"{file}: {at or 'the document'} is no mapping but {value!r}", hint=_HINT)
        self._value = value

    def only(self, known: Collection[str]) -> None:
        """Refuse members the schema does not have: a misspelt one would be silently without effect."""
        if unknown := next((key for key in self._value if key not in known), None):
            expected = ", ".join(sorted(known))
            raise FormatError(
                f"{self.file}: {self._place(unknown)} is unknown", hint=f"known here: {expected}"
            )

    def text(self, key: str, pattern: re.Pattern[str] | None = None) -> str:
        value = self._value.get(key)
        if not isinstance(value, str) or not value or (pattern and not pattern.fullmatch(value)):
            raise self._wrong(key, f"text like {pattern.pattern}" if pattern else "text")
        return value

    def maybe(self, key: str, pattern: re.Pattern[str]) -> str | None:
        return None if self._value.get(key) is None else self.text(key, pattern)

    def port(self, key: str) -> int | None:
        value = self._value.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 65535:
            raise self._wrong(key, "a port from 1 to 65535")
        return value

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        chosen = next((member for member in kind if member == self._value.get(key)), None)
        if chosen is None:
            raise self._wrong(key, "one of " + ", ".join(kind))
        return chosen

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._list(key)
        if not all(isinstance(value, str) and value for value in values):
            raise self._wrong(key, "a list of texts")
        return tuple(values)

    def every(self, key: str, read: Callable[[_Members], T]) -> tuple[T, ...]:
        members = enumerate(self._list(key))
        return tuple(
            read(_Members(value, self.file, at=f"{self._place(key)}[{index}]")) for index, value in members
        )

    def _list(self, key: str) -> list[Any]:
        value = self._value.get(key, [])
        if not isinstance(value, list):
            raise self._wrong(key, "a list")
        return value

    def _place(self, key: str) -> str:
        return f"{self._at}.{key}" if self._at else str(key)

    def _wrong(self, key: str, wanted: str) -> FormatError:
        state = repr(self._value[key]) if key in self._value else "missing"
        return FormatError(f"{self.file}: {self._place(key)} is {state}, expected {wanted}", hint=_HINT)
