"""The value of an expression as far as it can be known without running it: constants, names, environment reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_DEEPEST = 8  # names that stand for names: deeper is no literal anybody wrote as a setting
_LONGEST = 30  # parts of a dotted path
_MOST = 100  # elements of a list or text looked at; with _DEEPEST it bounds the work on a hostile expression
_READERS = frozenset(
    {"os.environ.get", "os.getenv", "os.environ.setdefault", "decouple.config", "getenv", "environ.get"}
)
_READER_OBJECT = re.compile(
    r"(?:^|\.)(?:env|config)(?:\.(?:str|int|bool|url|list|get|db|db_url|cache|cache_url|json|float))?$"
)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*\Z")


class Unknown:
    """The value cannot be known from the text."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An environment variable read by the program. `default` is None where the code has none."""

    name: str
    default: object = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What names mean in a module: imports (name → dotted path), assigned expressions, `from x import *` modules."""

    imports: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    names: Mapping[str, ast.expr] = field(default_factory=lambda: MappingProxyType({}))
    stars: tuple[str, ...] = ()
    varying: frozenset[str] = frozenset()  # names that loops give one value after the other

    def dotted(self, node: ast.expr, *, depth: int = 0) -> str:
        """The path an expression names, imports resolved: `app.get`, `flask.Flask`, `gradio.Blocks()`; else empty."""
        if isinstance(node, ast.Attribute) and depth <= _LONGEST:
            base = self.dotted(node.value, depth=depth + 1)
            return f"{base}.{node.attr}" if base else node.attr
        if isinstance(node, ast.Call) and depth <= _LONGEST:
            return f"{self.dotted(node.func, depth=depth + 1)}()"
        if not isinstance(node, ast.Name):
            return ""
        known = self.imports.get(node.id)
        star = f"{self.stars[0]}.{node.id}" if self.stars and node.id not in self.names else node.id
        return known or star

    def value(self, node: ast.expr | None, *, depth: int = 0) -> object:
        """The value of an expression: a constant, a list of values, a Read, or UNKNOWN."""
        reader = _EVALUATE.get(type(node))
        return (
            UNKNOWN if node is None or reader is None or depth > _DEEPEST else reader(self, node, depth + 1)
        )


def known(value: object) -> object:
    """The value when nothing is set: a read's default, the value itself, UNKNOWN for a read without default."""
    if isinstance(value, Read):
        return UNKNOWN if value.default is None else value.default
    return value


def environment_read(scope: Scope, node: ast.expr, *, depth: int = 0) -> Read | None:
    """The variable an expression reads, None when it reads none."""
    if isinstance(node, ast.Subscript) and scope.dotted(node.value) in {"os.environ", "environ"}:
        name = _variable(scope, node.slice, depth)
        return Read(name=name, line=node.lineno) if isinstance(name, str) else None
    return _read_by_call(scope, node, depth) if isinstance(node, ast.Call) else None


def _read_by_call(scope: Scope, node: ast.Call, depth: int) -> Read | None:
    path = scope.dotted(node.func)
    name = _variable(scope, node.args[0], depth) if node.args else UNKNOWN
    direct = path in _READERS
    if not isinstance(name, str) or not (direct or (_READER_OBJECT.search(path) and _VARIABLE.match(name))):
        return None
    keyword = next((one.value for one in node.keywords if one.arg == "default"), None)
    default = keyword or (node.args[1] if direct and len(node.args) > 1 else None)
    value = known(scope.value(default, depth=depth + 1))
    return Read(name=name, default=None if isinstance(value, Unknown) else value, line=node.lineno)


def _variable(scope: Scope, node: ast.expr, depth: int) -> object:
    """The name of a variable: of no use where a part of it is not known, or where it is one after the other."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    values = [one.value if isinstance(one, ast.FormattedValue) else one for one in parts[:_MOST]]
    if any(isinstance(one, ast.Name) and one.id in scope.varying for one in values):
        return UNKNOWN
    known_parts = [known(scope.value(one, depth=depth + 1)) for one in values]
    return (
        UNKNOWN
        if any(isinstance(one, Unknown) for one in known_parts)
        else scope.value(node, depth=depth + 1)
    )


def _constant(_scope: Scope, node: ast.expr, _depth: int) -> object:
    return (
        node.value
        if isinstance(node, ast.Constant) and not isinstance(node.value, bytes | complex)
        else UNKNOWN
    )


def _name(scope: Scope, node: ast.expr, depth: int) -> object:
    return scope.value(scope.names.get(node.id), depth=depth) if isinstance(node, ast.Name) else UNKNOWN


def _call(scope: Scope, node: ast.expr, depth: int) -> object:
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"int", "str", "float"}
        and node.args
    ):
        return scope.value(node.args[0], depth=depth)
    return environment_read(scope, node, depth=depth) or UNKNOWN


def _subscript(scope: Scope, node: ast.expr, depth: int) -> object:
    return environment_read(scope, node, depth=depth) or UNKNOWN


def _either(scope: Scope, node: ast.expr, depth: int) -> object:
    """`a or b`: a read keeps its name and takes the other side as its default."""
    values = (
        [scope.value(one, depth=depth + 1) for one in node.values[:4]] if isinstance(node, ast.BoolOp) else []
    )
    first, rest = (values[0], values[1:]) if values else (UNKNOWN, [])
    fallback = next((one for one in map(known, rest) if not isinstance(one, Unknown)), None)
    if isinstance(first, Read):
        return Read(
            name=first.name, default=fallback if first.default is None else first.default, line=first.line
        )
    return fallback if isinstance(first, Unknown) and fallback is not None else first


def _conditional(scope: Scope, node: ast.expr, depth: int) -> object:
    """`x if condition else y`: what holds when the condition's variable is not set, else either."""
    if not isinstance(node, ast.IfExp):
        return UNKNOWN
    body, other = scope.value(node.body, depth=depth), scope.value(node.orelse, depth=depth)
    if isinstance(body, Read) and body.default is None:
        default = known(other)
        return Read(name=body.name, default=None if isinstance(default, Unknown) else default, line=body.line)
    return body if isinstance(other, Unknown) else other


def _sequence(scope: Scope, node: ast.expr, depth: int) -> object:
    return (
        [scope.value(one, depth=depth + 3) for one in node.elts[:_MOST]]
        if isinstance(node, ast.List | ast.Tuple)
        else UNKNOWN
    )


def _joined(scope: Scope, node: ast.expr, depth: int) -> object:
    parts = node.values[:_MOST] if isinstance(node, ast.JoinedStr) else []
    return _text(
        [
            known(scope.value(part.value if isinstance(part, ast.FormattedValue) else part, depth=depth + 3))
            for part in parts
        ]
    )


def _operation(scope: Scope, node: ast.expr, depth: int) -> object:
    if not isinstance(node, ast.BinOp):
        return UNKNOWN
    left, right = known(scope.value(node.left, depth=depth)), known(scope.value(node.right, depth=depth))
    if isinstance(node.op, ast.Add) and (isinstance(left, str) or isinstance(right, str)):
        return _text([left, right])
    if isinstance(node.op, ast.Mod) and isinstance(left, str):
        return re.sub(r"%[sd]", lambda _: str(_text([right])), left)
    return UNKNOWN


def _text(parts: list[object]) -> str:
    """Texts and numbers put together; a part that is not known leaves nothing behind."""
    return "".join(str(part) for part in parts if isinstance(part, str | int | float))


_EVALUATE = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Call: _call,
    ast.Subscript: _subscript,
    ast.BoolOp: _either,
    ast.IfExp: _conditional,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.JoinedStr: _joined,
    ast.BinOp: _operation,
}
