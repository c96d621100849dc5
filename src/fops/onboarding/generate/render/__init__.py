"""Templates to artifacts: escaping is enforced, and every line remembers the facts it rests on.

A template may print only what a format filter has escaped (`yaml`, `sh`, `docker`, `md`, `json`, …) or a number:
a bare string from a repository is refused when the template runs, not when somebody is hurt. `{{ why("port") }}`
anywhere in a line says which facts that line rests on; it prints nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fops.onboarding.generate.render.compiled import compiled_templates
from fops.onboarding.generate.render.escape import FILTERS, Escaped
from fops.onboarding.model import Artifact, ServicePlan

if TYPE_CHECKING:
    from jinja2 import Environment

_MARK = re.compile("\ue000([^\ue001]*)\ue001")
_PLACE = re.compile("\ue002([^\ue003:]*):(\\d+)\ue003")
_INVISIBLE = re.compile(f"{_MARK.pattern}|{_PLACE.pattern}")
_OPENING, _CLOSING = re.compile(r"\{[%{#]"), re.compile(r"[%}#]\}")


class UnescapedValueError(TypeError):
    """A template printed a string without a format filter: a mistake of the template's author."""


def render(
    template: str,
    *,
    path: str,
    reason: str,
    facts: Iterable[str] = (),
    executable: bool = False,
    beside: str | None = None,
    **values: Any,
) -> Artifact:
    """The artifact a template gives for some values. `facts` are what the whole file rests on (`service:fact`).

    `template` is a path below `templates/`. Raises UnescapedValueError, or jinja2.UndefinedError for a value that
    was not given.
    """
    raw = _environment().get_template(template).render(values)
    text, lines, places = _collect_marks(raw, template)
    return Artifact(
        path=path,
        text=text,
        reason=reason,
        template=template,
        facts=tuple(dict.fromkeys([*facts, *(name for names in lines.values() for name in names)])),
        lines=MappingProxyType(lines),
        template_lines=MappingProxyType(places),
        executable=executable,
        beside=beside,
    )


def _collect_marks(raw: str, template: str) -> tuple[str, dict[int, tuple[str, ...]], dict[int, int]]:
    lines: dict[int, tuple[str, ...]] = {}
    places: dict[int, int] = {}
    kept = []
    for number, line in enumerate(raw.split("\n"), start=1):
        if (place := _PLACE.search(line)) and place[1] == template:
            places[number] = int(place[2])
        if found := _MARK.findall(line):
            lines[number] = tuple(dict.fromkeys(name for names in found for name in names.split(",")))
        kept.append(_INVISIBLE.sub("", line).rstrip())
    return "\n".join(kept).rstrip("\n") + "\n", lines, places


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - 120 ms only generation pays

    environment = Environment(
        loader=FunctionLoader(_numbered_source),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - `finalize` refuses anything no filter escaped, for every format
        finalize=_only_escaped,
        auto_reload=False,
        bytecode_cache=compiled_templates(),
    )
    environment.filters.update(FILTERS)
    environment.globals["why"] = why
    return environment


def _numbered_source(template: str) -> str | None:
    """The template with each printed line's own number at its end, so that a generated line can name it."""
    source = resources.files("fops.onboarding.generate").joinpath("templates", template)
    return "\n".join(_numbered(source.read_text("utf-8"), template)) if source.is_file() else None


def _numbered(text: str, template: str) -> Iterator[str]:
    open_tags = 0
    for number, line in enumerate(text.split("\n"), start=1):
        open_tags += len(_OPENING.findall(line)) - len(_CLOSING.findall(line))
        printed = line.strip() and not open_tags and not line.rstrip().endswith(("%}", "#}", "-}}"))
        yield f"{line}\ue002{template}:{number}\ue003" if printed else line


def _only_escaped(value: Any) -> Any:
    if isinstance(value, (Escaped, int)):
        return value
    kind = type(value).__name__
    raise UnescapedValueError(f"a template printed a {kind} without a format filter: {value!r}")


def why(*names: str) -> Escaped:
    """An invisible mark: this line rests on these facts (`service:fact`)."""
    return Escaped(f"\ue000{','.join(names)}\ue001")


def no_mark(*_names: str) -> Escaped:
    """Where `because` is asked of something that rests on no service."""
    return Escaped()


def because(service: ServicePlan) -> Callable[..., Escaped]:
    """`why` for the facts of one service by their bare names; names without evidence are left out."""

    def mark(*facts: str) -> Escaped:
        names = [f"{service.name}:{fact}" for fact in facts if fact in service.evidence]
        return why(*names) if names else Escaped()

    return mark


__all__ = ["Escaped", "UnescapedValueError", "because", "no_mark", "render", "why"]
