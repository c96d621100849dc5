"""The text of `fops.yaml` to a ServiceFile. Every refusal names the place, the value and what would be right."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib import resources
from typing import Any, TypeVar

from fops.catalog.model import SCHEMA, Environment, Process, Protection, Runtime, Service, ServiceFile
from fops.kernel.errors import FormatError
from fops.kernel.formats import load_yaml, yaml_lines

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

    Raises FormatError naming the line and the member that is missing, unknown or wrong; LimitExceeded as `load_yaml`.
    """
    top = _Members(load_yaml(text, name=name), _Source(name, text), at="")
    top.only({"schema", "name", "owner", "services", "environments"})
    if (version := top.text("schema")) != SCHEMA:
        raise top.refusal("schema", f"is {version!r}, this F-Ops reads {SCHEMA!r}")
    owner = top.maybe("owner", _LABEL)
    return ServiceFile(
        name=top.text("name", _LABEL),
        services=tuple(
            one if one.owner else replace(one, owner=owner) for one in _unique(top, "services", _service)
        ),
        environments=_unique(top, "environments", _environment),
    )


def _service(members: _Members) -> Service:
    members.only(
        {"name", "path", "language", "image", "port", "health", "processes", "backing", "secrets", "owner"}
    )
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
        owner=members.maybe("owner", _LABEL),
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
        raise top.refusal(key, "is empty or missing")
    names = [str(getattr(item, "name", "")) for item in items]
    if twice := next((at for at, name in enumerate(names) if name in names[:at]), None):
        raise top.refusal(f"{key}[{twice}].name", f"gives {key} {names[twice]!r} twice")
    return items


@dataclass(frozen=True, slots=True)
class _Source:
    """The text under its name, to say on which line a member stands."""

    name: str
    text: str

    def where(self, place: str) -> str:
        """`fops.yaml:7` for the member or, where it is missing, for what should hold it."""
        lines = yaml_lines(self.text)
        while place and place not in lines:
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        return f"{self.name}:{lines[place]}" if place else self.name


class _Members:
    """A mapping of the file with its place, so that each refusal can say where."""

    def __init__(self, value: Any, source: _Source, *, at: str) -> None:
        self._source = source
        self._at = at
        if not isinstance(value, Mapping):
            raise _refused(source, at, f"{at or 'the document'} is no mapping but {value!r}")
        self._value = value

    def only(self, known: Collection[str]) -> None:
        """Refuse members the schema does not have: a misspelt one would be silently without effect."""
        if unknown := next((key for key in self._value if key not in known), None):
            near = difflib.get_close_matches(str(unknown), known, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise self.refusal(
                str(unknown), "is unknown", hint=f"{hint}known here: {', '.join(sorted(known))}"
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
            read(_Members(value, self._source, at=f"{self._place(key)}[{index}]")) for index, value in members
        )

    def refusal(self, key: str, says: str, *, hint: str = _HINT) -> FormatError:
        """The error about a member."""
        place = self._place(key)
        return _refused(self._source, place, f"{place} {says}", hint=hint)

    def _list(self, key: str) -> list[Any]:
        value = self._value.get(key, [])
        if not isinstance(value, list):
            raise self._wrong(key, "a list")
        return value

    def _place(self, key: str) -> str:
        return f"{self._at}.{key}" if self._at else str(key)

    def _wrong(self, key: str, wanted: str) -> FormatError:
        state = repr(self._value[key]) if key in self._value else "missing"
        return self.refusal(key, f"is {state}, expected {wanted}")


def _refused(source: _Source, place: str, says: str, *, hint: str = _HINT) -> FormatError:
    return FormatError(f"{source.where(place)}: {says}", hint=hint)
