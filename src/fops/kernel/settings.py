"""Settings: typed groups that live in their rooms, one loader, and where each value came from.

A group is a frozen dataclass whose fields are made by `setting`. Precedence, strongest first: flag, environment
(`FOPS_NAME`, then `NAME`), the project's `.env`, the project's `.fops/config.toml`, the user's configuration
file, default. The project's two files belong to whoever wrote the repository: they may set only fields marked
`project=True`.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from fops.kernel.errors import UsageError

MASK = "****"


class Secret:
    """A value that never prints itself; `reveal` hands it to the one call that needs it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Source:
    """One place values come from: `origin` is what `config show --origin` prints; `visited` limits it."""

    origin: str
    values: Mapping[str, str]
    visited: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """One setting as found: its name, value (masked when secret), default, origin and documentation."""

    name: str
    value: Any
    origin: str
    doc: str


def setting(
    name: str,
    *,
    default: Any,
    doc: str,
    read: Callable[[str], Any] = str,
    project: bool = False,
    prefix_only: bool = False,
) -> Any:
    """A field of a settings group.

    `name` as in the environment, without `FOPS_` unless `prefix_only`; `read` turns text into the value and raises
    ValueError; `project` lets a repository's own files set it; `doc` gives unit, default and reason.
    """
    metadata = {"name": name, "doc": doc, "read": read, "project": project, "prefix_only": prefix_only}
    return dataclasses.field(default=default, metadata=metadata)


Group = TypeVar("Group")


def load(group: type[Group], sources: Sequence[Source]) -> tuple[Group, tuple[Loaded, ...]]:
    """An instance of the group and the origin of each value; the first source that has a name wins.

    Raises UsageError naming setting, value and origin when a value cannot be read.
    """
    values: dict[str, Any] = {}
    found: list[Loaded] = []
    for field in dataclasses.fields(group):  # type: ignore[arg-type]  # groups are dataclasses by definition
        if not field.metadata:
            continue
        value, origin = _value(field, sources)
        values[field.name] = value
        found.append(Loaded(field.metadata["name"], value, origin, field.metadata["doc"]))
    return group(**values), tuple(found)


def _value(field: dataclasses.Field[Any], sources: Sequence[Source]) -> tuple[Any, str]:
    name = field.metadata["name"]
    accepted = (name,) if field.metadata["prefix_only"] else (f"FOPS_{name}", name)
    for source in sources:
        if source.visited and not field.metadata["project"]:
            continue
        for spelled in accepted:
            text = source.values.get(spelled)
            if text is None or text == "":
                continue
            try:
                return field.metadata["read"](text), source.origin
            except ValueError as error:
                raise UsageError(
                    f"{spelled}={text!r} ({source.origin}): {error}", hint=field.metadata["doc"]
                ) from error
    return field.default, "default"


def parse_env(text: str) -> dict[str, str]:
    """The assignments of a `.env` text: `NAME=value`, `export` allowed, quotes removed, no expansion of any kind."""
    values = {}
    for line in text.splitlines():
        name, mark, value = line.strip().removeprefix("export ").partition("=")
        if not mark or name.lstrip().startswith("#"):
            continue
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        else:
            value = value.split(" #", 1)[0].rstrip()
        values[name.strip()] = value
    return values


def flatten(table: Mapping[str, Any]) -> dict[str, str]:
    """A TOML table as setting names: keys in any case, scalars as text, lists joined by commas."""
    flat = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            continue
        flat[key.upper()] = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return flat


def path(text: str) -> Path:
    """A path with `~` resolved, for `setting(read=…)`."""
    return Path(text).expanduser()


def paths(text: str) -> tuple[Path, ...]:
    """Paths separated as in `PATH`."""
    return tuple(path(part) for part in text.split(os.pathsep) if part)


def listed(text: str) -> tuple[str, ...]:
    """Words separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def written(value: object) -> str:
    """A value as one writes it: what was read from words separated by commas gets its commas back."""
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def positive(text: str) -> int:
    """A whole number above zero. Raises ValueError."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ValueError("a whole number above zero is needed")
    return int(text)


def choice(*words: str) -> Callable[[str], str]:
    """One of some words. The reader raises ValueError."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"one of {', '.join(words)} is needed")
        return text

    return read
