"""The format filters of templates: each makes text harmless in the one format it lands in.

Control characters, direction marks and the characters that carry marks are taken out everywhere.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ue000-\ue003\ufeff\ufffe\uffff]"
)
# What begins with a digit is text in every version of YAML once it holds a letter that no number and no date has.
_PLAIN_YAML = re.compile(r"(?:[A-Za-z/_]|[0-9](?=.*[g-mp-suvwyG-MP-SUVWY]))(?:[\w./@-]|:(?=\w))*\Z")
_PLAIN_WORDS = re.compile(
    r"(?:\./)?[A-Za-z/_][\w./@=-]*(?:(?: (?:&& )?|:)[\w./@=-]+)*\Z", re.ASCII
)  # as commands are written
_PLAIN_PATH = re.compile(r"[A-Za-z0-9._/@:=+-]+\Z", re.ASCII)
# Programs whose plain calls no Dockerfile linter has an opinion about, unlike `cd`, `sudo`, `pip install` or `curl`.
_PLAIN_RUN = re.compile(
    r"(?:\w+=[\w./:@-]+ )*(?:npm run|pnpm|yarn|bun run|npx|node|python3?|go build|make|mvn|gradle|\./mvnw|\./gradlew)"
    r"(?: [\w./:=@%+,-]+)*\Z",
    re.ASCII,
)
_YAML_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"})
_SHELL_WORDS = frozenset({
    "if", "then", "else", "elif", "fi", "case", "esac", "for", "in", "while", "until", "do", "done", "select", "function",
    "time", "coproc",
})  # fmt: skip


class Escaped(str):
    """Text that a filter made safe for the format it lands in."""

    __slots__ = ()


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
    """One word of a POSIX shell, and no word of its grammar: `esac` ends a `case` even where it names an environment."""
    text = _clean(value)
    return Escaped(f"'{text}'" if text in _SHELL_WORDS else shlex.quote(text))


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


def escape_pattern(names: Iterable[str]) -> Escaped:
    """Validated names as one pattern of a shell's `case`. Raises ValueError for any other character."""
    return Escaped(" | ".join(escape_sh(escape_name(name)) for name in names))


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
    "pattern": escape_pattern,
    "words": escape_words,
})  # fmt: skip
