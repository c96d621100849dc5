"""Read JSON, TOML and YAML that nobody trusts: depth, aliases and what they expand to are limited.

YAML and TOML with a key twice are refused; in JSON the last one counts, as for the tools that own the file.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fops.kernel.errors import FormatError, LimitExceeded

MAX_DEPTH = 100  # deeper than any real manifest, far below Python's recursion limit
MAX_ALIASES = 500  # compose files use a few dozen
MAX_EXPANDED = 100_000  # nodes that aliases stand for; ten levels of ten would be 10**10

_DEEP_KEY = re.compile(rf"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{MAX_DEPTH}}}""")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


def load_json(text: str, *, name: str = "document") -> Any:
    """The value of a JSON text. Raises FormatError with the line, LimitExceeded when nested past MAX_DEPTH."""
    _refuse_deep(text, name)
    try:
        value = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise FormatError(
            f"{name} is not valid JSON: {error}", hint="fix the file, or leave it out"
        ) from error
    return _encodable(value) if _SURROGATE_ESCAPE.search(text) else value


def load_strict_json(data: bytes, *, name: str = "document") -> Any:
    """The value of a JSON document that may mean one thing only, as a request must.

    Raises FormatError also for a key given twice, a number that is none (`NaN`, `1e999`), what is no UTF-8, and text that
    no database holds (NUL, half of a surrogate pair); LimitExceeded when nested past MAX_DEPTH.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"{name} is no UTF-8") from error
    _refuse_deep(text, name)
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number, parse_float=_finite)
        if _SURROGATE_ESCAPE.search(text) or "\\u0000" in text:
            _storable(value)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{name} is not valid JSON: {error}") from error
    return value


def _storable(value: Any) -> None:
    """Refuse text that no database holds. Raises ValueError."""
    if isinstance(value, str):
        value.encode("utf-8")
        if "\0" in value:
            raise ValueError("a text holds NUL, which is no character")
    for part in (
        (*value, *value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        _storable(part)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [key for key, _ in pairs]
        raise ValueError(f"key {next(key for key in names if names.count(key) > 1)!r} is given twice")
    return made


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _encodable(value: Any) -> Any:
    """The value with each half of a surrogate pair, which JSON can escape and no file can hold, replaced."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [_encodable(item) for item in value]
        case dict():
            return {_encodable(key): _encodable(item) for key, item in value.items()}
    return value


def load_toml(text: str, *, name: str = "document") -> dict[str, Any]:
    """The table of a TOML text. Raises FormatError with the line, LimitExceeded when nested past MAX_DEPTH."""
    _refuse_deep(text, name)
    if _DEEP_KEY.search(text):  # each dot is a level, and the parser's time grows with their square
        raise LimitExceeded(f"{name} is nested deeper than {MAX_DEPTH} levels")
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise FormatError(
            f"{name} is not valid TOML: {error}", hint="fix the file, or leave it out"
        ) from error


def load_yaml(text: str, *, name: str = "document") -> Any:
    """The first document of a YAML text, by YAML 1.2's booleans (`on` stays text). Raises as `load_yaml_all`."""
    return next(load_yaml_all(text, name=name), None)


def load_yaml_all(text: str, *, name: str = "document") -> Iterator[Any]:
    """Every document of a YAML text. Duplicate keys are refused; unknown tags become their plain value.

    Raises FormatError with the line; LimitExceeded for expansion bombs and deep nesting.
    """
    import yaml  # noqa: PLC0415 - 90 ms that `fops --help` must not pay

    with _told(name=name):
        yield from yaml.load_all(text, Loader=_loader())


@contextmanager
def _told(*, name: str) -> Iterator[None]:
    """What goes wrong while a YAML text is read, as an error of ours that names the document."""
    import yaml  # noqa: PLC0415 - see load_yaml_all

    try:
        yield
    except LimitExceeded as error:
        raise LimitExceeded(f"{name}: {error.message}") from error
    except yaml.YAMLError as error:
        raise FormatError(
            f"{name} is not valid YAML: {_one_line(error)}", hint="fix the file, or leave it out"
        ) from error
    except (RecursionError, ValueError) as error:
        raise FormatError(f"{name} is not valid YAML: {_one_line(error)}") from error


def line_of(text: str, *keys: str) -> int | None:
    """The 1-based line where the keys stand, found one after the other; None when one is absent.

    Works on JSON, YAML, TOML and HCL alike: each key is looked for as a whole word, quoted or not, followed by
    `:`, `=`, `]`, `{` or a quote. A heuristic for evidence, not a parser: the value itself comes from one.
    """
    position = 0
    for key in keys:
        found = re.compile(rf"(?<![\w.-]){re.escape(key)}(?![\w-])[\"']?\s*[:=\]{{]").search(text, position)
        if found is None:
            return None
        position = found.start()
    return text.count("\n", 0, position) + 1 if keys else None


def yaml_lines(text: str) -> dict[str, int]:
    """The 1-based line of each member of a YAML text's first document, by its place such as `services[0].port`.

    Raises as `load_yaml_all`.
    """
    import yaml  # noqa: PLC0415 - see load_yaml_all

    with _told(name="document"):
        return dict(_members(next(yaml.compose_all(text, Loader=_loader()), None), ""))


def _members(node: Any, place: str) -> Iterator[tuple[str, int]]:
    import yaml  # noqa: PLC0415 - see load_yaml_all

    if isinstance(node, yaml.MappingNode):
        inner = [(f"{place}.{key.value}" if place else str(key.value), key, one) for key, one in node.value]
    elif isinstance(node, yaml.SequenceNode):
        inner = [(f"{place}[{index}]", one, one) for index, one in enumerate(node.value)]
    else:
        return
    for name, marked, one in inner:
        yield name, marked.start_mark.line + 1
        yield from _members(one, name)


def _refuse_deep(text: str, name: str) -> None:
    depth = deepest = 0
    for mark in re.finditer(r'"(?:[^"\\\n]|\\.)*"|[\[{]|[\]}]', text):
        if mark[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark[0] in "]}":
            depth -= 1
        if deepest > MAX_DEPTH:
            raise LimitExceeded(f"{name} is nested deeper than {MAX_DEPTH} levels")


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


_OPEN = -1  # the size of a node that is still being read


class _Expansion:
    """How large and how deep a document becomes when every alias is written out."""

    def __init__(self) -> None:
        self._aliases = self._expanded = self._nodes = self._depth = self._deepest = 0
        self._anchors: dict[str, tuple[int, int]] = {}

    def alias(self, anchor: str) -> None:
        """Count what an alias stands for. Raises LimitExceeded."""
        nodes, height = self._anchors.get(anchor, (0, 0))
        if nodes == _OPEN:
            raise LimitExceeded(f"YAML alias {anchor!r} stands inside what it refers to")
        self._aliases += 1
        self._expanded += nodes
        self._nodes += nodes
        self._reach(self._depth + height)
        if self._aliases > MAX_ALIASES or self._expanded > MAX_EXPANDED:
            raise LimitExceeded(
                f"YAML alias {anchor!r}: more than {MAX_ALIASES} aliases or {MAX_EXPANDED} nodes in them"
            )

    @contextmanager
    def node(self, anchor: str | None) -> Iterator[None]:
        """Count a node and all below it, and remember it under its anchor. Raises LimitExceeded."""
        nodes, deepest = self._nodes, self._deepest
        self._nodes += 1
        self._depth += 1
        self._deepest = 0
        self._reach(self._depth)
        if anchor is not None:
            self._anchors[anchor] = (_OPEN, 0)
        yield
        self._depth -= 1
        if anchor is not None:
            self._anchors[anchor] = (self._nodes - nodes, self._deepest - self._depth)
        self._deepest = max(deepest, self._deepest)

    def _reach(self, depth: int) -> None:
        self._deepest = max(self._deepest, depth)
        if depth > MAX_DEPTH:
            raise LimitExceeded(f"YAML nested deeper than {MAX_DEPTH} levels")


def _loader() -> Any:
    """A SafeLoader class: duplicate keys refused, aliases and depth limited, YAML 1.2 booleans."""
    import yaml  # noqa: PLC0415 - see load_yaml_all

    # libyaml's scanner is several times faster; the composer stays Python's, where the limits are
    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    parts = (base,) if base is yaml.SafeLoader else (yaml.composer.Composer, base)

    class StrictLoader(*parts):  # type: ignore[misc]
        def __init__(self, stream: str) -> None:
            base.__init__(self, stream)
            self.anchors: dict[str, Any] = {}
            self.expansion = _Expansion()

        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.peek_event()
            if isinstance(event, yaml.AliasEvent):
                self.expansion.alias(str(event.anchor))
                return super().compose_node(parent, index)
            with self.expansion.node(event.anchor):
                return super().compose_node(parent, index)

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - yaml's signature
            twice = _key_given_twice(node)
            if twice is not None:
                problem = f"duplicate key {twice.value!r}"
                raise yaml.constructor.ConstructorError(None, None, problem, twice.start_mark)
            return super().construct_mapping(node, deep)

    StrictLoader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in rules if tag not in _YAML_1_1]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    StrictLoader.add_implicit_resolver(
        "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
    )
    StrictLoader.add_multi_constructor("!", _plain)
    return StrictLoader


def _key_given_twice(node: Any) -> Any:
    """The node of a key that stands a second time in a mapping, None when every key stands once."""
    seen = set()
    for key, _ in node.value:
        if key.tag == "tag:yaml.org,2002:merge" or not isinstance(key.value, str):
            continue
        if key.value in seen:
            return key
        seen.add(key.value)
    return None


_YAML_1_1 = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"}


def _plain(loader: Any, _suffix: str, node: Any) -> Any:
    import yaml  # noqa: PLC0415 - see load_yaml_all

    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)
