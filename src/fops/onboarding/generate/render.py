"""Templates to artifacts: escaping is enforced, and every line remembers the facts it rests on.

A template may print only what a format filter has escaped (`yaml`, `sh`, `docker`, `md`, `json`, …) or a number:
a bare string from a repository is refused when the template runs, not when somebody is hurt. `{{ why("port") }}`
anywhere in a line says which facts that line rests on; it prints nothing.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fops.onboarding.model import Artifact

if TYPE_CHECKING:
    from jinja2 import Environment

_MARK = re.compile("\ue000([^\ue001]*)\ue001")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ue000\ue001]")
_PLAIN_YAML = re.compile(r"[A-Za-z/_][\w./@-]*\Z")
_YAML_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"})


class Escaped(str):
    """Text that a filter made safe for the format it lands in."""

    __slots__ = ()


class UnescapedValueError(TypeError):
    """A template printed a string without a format filter: a mistake of the template's author."""


def render(
    template: str, *, path: str, reason: str, facts: Iterable[str] = (), executable: bool = False, beside: str | None = None, **values: Any
) -> Artifact:
    """The artifact a template gives for some values. `facts` are what the whole file rests on (`service:fact`).

    `template` is a path below `templates/`. Raises UnescapedValueError, or jinja2.UndefinedError for a value that
    was not given.
    """
    raw = _environment().get_template(template).render(values)
    text, lines = _collect_marks(raw)
    return Artifact(
        path=path,
        text=text,
        reason=reason,
        template=template,
        facts=tuple(dict.fromkeys([*facts, *(name for names in lines.values() for name in names)])),
        lines=MappingProxyType(lines),
        executable=executable,
        beside=beside,
    )


def _collect_marks(raw: str) -> tuple[str, dict[int, tuple[str, ...]]]:
    lines: dict[int, tuple[str, ...]] = {}
    kept = []
    for number, line in enumerate(raw.split("\n"), start=1):
        if found := _MARK.findall(line):
            lines[number] = tuple(dict.fromkeys(name for names in found for name in names.split(",")))
            line = _MARK.sub("", line).rstrip()  # noqa: PLW2901 - the mark is not part of the line
        kept.append(line)
    return "\n".join(kept).rstrip("\n") + "\n", lines


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - 120 ms only generation pays

    environment = Environment(
        loader=PackageLoader("fops.onboarding.generate"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - `finalize` refuses anything no filter escaped, for every format
        finalize=_only_escaped,
        auto_reload=False,
    )
    environment.filters.update(FILTERS)
    environment.globals["why"] = why
    return environment


def _only_escaped(value: Any) -> Any:
    if isinstance(value, (Escaped, int)):
        return value
    kind = type(value).__name__
    raise UnescapedValueError(f"a template printed a {kind} without a format filter: {value!r}")


def why(*names: str) -> Escaped:
    """An invisible mark: this line rests on these facts (`service:fact`)."""
    return Escaped(f"\ue000{','.join(names)}\ue001")


def escape_yaml(value: Any) -> Escaped:
    """A YAML scalar on one line: plain where that is certainly text, else double-quoted; numbers stay numbers."""
    if isinstance(value, bool):
        return Escaped("true" if value else "false")
    if isinstance(value, int):
        return Escaped(str(value))
    text = _clean(value)
    if _PLAIN_YAML.match(text) and text.lower() not in _YAML_WORDS:
        return Escaped(text)
    return Escaped(json.dumps(text, ensure_ascii=False))


def escape_quoted(value: Any) -> Escaped:
    """Always a double-quoted scalar, good in YAML and JSON; for values that must stay text, such as `"8080"`."""
    return Escaped(json.dumps(_clean(value), ensure_ascii=False))


def escape_json(value: Any) -> Escaped:
    """Any JSON value on one line, keys in the order given."""
    return Escaped(_CONTROL.sub("", json.dumps(value, ensure_ascii=False)))


def escape_sh(value: Any) -> Escaped:
    """One word of a POSIX shell."""
    return Escaped(shlex.quote(_clean(value)))


def escape_comment(value: Any) -> Escaped:
    """Text for a comment of any format: one line, no control characters."""
    return Escaped(_one_line(value))


def escape_md(value: Any) -> Escaped:
    """Text for a Markdown paragraph or table cell: markup shown, not obeyed."""
    return Escaped(re.sub(r"([\\`*_{}\[\]<>#|!@])", r"\\\1", _one_line(value)))


def escape_code(value: Any) -> Escaped:
    """A Markdown code span, fenced by more back-ticks than the text holds; safe inside a table cell."""
    text = _one_line(value).replace("|", "\\|")
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return Escaped(f"{fence}{pad}{text}{pad}{fence}")


def escape_name(value: Any) -> Escaped:
    """A name already validated as RFC 1123 (services, environments): refused otherwise.

    Raises ValueError for anything else, since such a name lands in paths and identifiers unquoted.
    """
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", str(value)):
        raise ValueError(f"{value!r} is not an RFC 1123 label")
    return Escaped(value)


def escape_path(value: Any) -> Escaped:
    """A repository path or image name made only of characters harmless in YAML, shell and Dockerfiles.

    Raises ValueError for anything else.
    """
    if not re.fullmatch(r"[A-Za-z0-9._/@:+-]+", str(value)):
        raise ValueError(f"{value!r} has characters that are not safe in a generated file")
    return Escaped(value)


def _clean(value: Any) -> str:
    return _CONTROL.sub("", str(value))


def _one_line(value: Any) -> str:
    return " ".join(_clean(value).split())


FILTERS: Mapping[str, Callable[..., Escaped]] = MappingProxyType({
    "yaml": escape_yaml,
    "quoted": escape_quoted,
    "json": escape_json,
    "sh": escape_sh,
    "comment": escape_comment,
    "md": escape_md,
    "code": escape_code,
    "name": escape_name,
    "path": escape_path,
})  # fmt: skip
