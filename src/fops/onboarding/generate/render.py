"""Templates to artifacts: escaping is enforced, and every line remembers the facts it rests on.

A template may print only what a format filter has escaped (`yaml`, `sh`, `docker`, `md`, `json`, …) or a number:
a bare string from a repository is refused when the template runs, not when somebody is hurt. `{{ why("port") }}`
anywhere in a line says which facts that line rests on; it prints nothing.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fops.onboarding.model import Artifact, ServicePlan

if TYPE_CHECKING:
    from jinja2 import Environment

_MARK = re.compile("\ue000([^\ue001]*)\ue001")
_PLACE = re.compile("\ue002([^\ue003:]*):(\\d+)\ue003")
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ue000-\ue003\ufeff\ufffe\uffff]"
)
_PLAIN_YAML = re.compile(r"[A-Za-z/_][\w./@-]*\Z")
_PLAIN_WORDS = re.compile(
    r"[A-Za-z/_][\w./@=-]*(?:(?: (?:&& )?|:)[\w./@=-]+)*\Z", re.ASCII
)  # as commands are written
_PLAIN_PATH = re.compile(r"[A-Za-z0-9._/@:=+-]+\Z", re.ASCII)
# Programs whose plain calls no Dockerfile linter has an opinion about, unlike `cd`, `sudo`, `pip install` or `curl`.
_PLAIN_RUN = re.compile(
    r"(?:\w+=[\w./-]+ )?(?:npm run|pnpm|yarn|bun run|npx|node|python3?|go build|make|mvn|gradle|\./mvnw|\./gradlew)"
    r"(?: [\w./:=@%+,-]+)*\Z",
    re.ASCII,
)
_YAML_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"})


class Escaped(str):
    """Text that a filter made safe for the format it lands in."""

    __slots__ = ()


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
        kept.append(_PLACE.sub("", _MARK.sub("", line)).rstrip())
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
        open_tags += len(re.findall(r"\{[%{#]", line)) - len(re.findall(r"[%}#]\}", line))
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


def escape_workflow(value: Any) -> Escaped:
    """A YAML scalar in a GitHub workflow: what would be an expression there stays text."""
    if isinstance(value, int):
        return escape_yaml(value)
    text = _clean(value)
    if _PLAIN_WORDS.match(text) and text.lower() not in _YAML_WORDS:
        return Escaped(text)
    return escape_quoted(text.replace("${{", "${{ '${{' }}"))


def escape_quoted(value: Any) -> Escaped:
    """Always a double-quoted scalar, good in YAML and JSON; for values that must stay text, such as `"8080"`."""
    return Escaped(json.dumps(_clean(value), ensure_ascii=False))


def escape_json(value: Any) -> Escaped:
    """Any JSON value on one line, keys in the order given."""
    return Escaped(_CONTROL.sub("", json.dumps(value, ensure_ascii=False)))


def escape_sh(value: Any) -> Escaped:
    """One word of a POSIX shell."""
    return Escaped(shlex.quote(_clean(value)))


def escape_docker(value: Any) -> Escaped:
    """One value of `ENV`, `LABEL` or `WORKDIR`, double-quoted where it is not plain; a `$` stays a `$`."""
    text = _one_line(value)
    if _PLAIN_PATH.match(text):
        return Escaped(text)
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return Escaped(f'"{quoted}"')


def escape_copy(paths: Iterable[str]) -> Escaped:
    """The paths of one `COPY`: plain words, or the JSON form where one has a blank or a character with a meaning."""
    words = [_one_line(path) for path in paths]
    if all(_PLAIN_PATH.match(word) for word in words):
        return Escaped(" ".join(words))
    return escape_json([re.sub(r"([\\$*?\[])", r"\\\1", word) for word in words])


def escape_exec(words: Iterable[str]) -> Escaped:
    """The list form of `CMD` and `RUN`. A backslash is written by its number: linters misread one before a quote."""
    return Escaped(escape_json(list(words)).replace("\\\\", "\\u005c"))


def escape_run(command: str) -> Escaped:
    """A repository's command for `RUN`: as it is where it is plain words, else the text one `sh -c` gets.

    The second form keeps a heredoc, a flag of RUN or a line break of that text from becoming Dockerfile syntax.
    """
    text = _one_line(command)
    return Escaped(text) if _PLAIN_RUN.match(text) else escape_exec(["sh", "-c", text])


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


def escape_words(value: str | Iterable[str]) -> Escaped:
    """Words that generation itself put together, with nothing in them but names, numbers and paths.

    Raises ValueError for a word with any other character.
    """
    words = value.split() if isinstance(value, str) else value
    return Escaped(" ".join(word if word == "&&" else escape_path(word) for word in words))


def escape_regex(value: Any) -> Escaped:
    """Validated names joined by `|`: an alternative of a regular expression, harmless inside quotes.

    Raises ValueError for any other character.
    """
    return Escaped("|".join(escape_name(name) for name in str(value).split("|")))


def escape_path(value: Any) -> Escaped:
    """A repository path or image name made only of characters harmless in YAML, shell and Dockerfiles.

    Raises ValueError for anything else.
    """
    if not _PLAIN_PATH.match(str(value)):
        raise ValueError(f"{value!r} has characters that are not safe in a generated file")
    return Escaped(value)


def _clean(value: Any) -> str:
    return _CONTROL.sub("", str(value))


def _one_line(value: Any) -> str:
    return " ".join(_clean(value).split())


FILTERS: Mapping[str, Callable[..., Escaped]] = MappingProxyType({
    "yaml": escape_yaml,
    "workflow": escape_workflow,
    "quoted": escape_quoted,
    "json": escape_json,
    "sh": escape_sh,
    "docker": escape_docker,
    "copy": escape_copy,
    "exec": escape_exec,
    "run": escape_run,
    "comment": escape_comment,
    "md": escape_md,
    "code": escape_code,
    "name": escape_name,
    "path": escape_path,
    "regex": escape_regex,
    "words": escape_words,
})  # fmt: skip
