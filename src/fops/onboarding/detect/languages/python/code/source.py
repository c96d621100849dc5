"""A Python file as the facts need it: what it imports, calls, assigns and reads. Parsed, never run.

A file that is not valid for this Python (Python 2, a template, a broken edit) is read statement by statement, and
what does not parse is left out.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from fops.onboarding.detect.languages.python.code.literals import Read, Scope, environment_read
from fops.onboarding.detect.languages.python.code.settings import settings_reads
from fops.onboarding.ports import Tree

MAX_FILES = (
    150  # files read, the shallowest first; entries, settings and routes of larger programs stand well within
)
MAX_SIZE = 200_000  # characters; larger Python files are generated
MAX_TEXT = 1_500_000  # characters of all files read: well under a second of parsing
ENTRY_NAMES = (
    "manage", "wsgi", "asgi", "main", "app", "application", "server", "run", "start", "api", "bot", "hello", "index", "web", "streamlit_app",
    "Home", "webapp", "service", "backend", "run_server", "runserver", "__main__",
)  # fmt: skip
"""Names of entry files by custom: Django's and WSGI's own, what Railpack, Vercel and Google Cloud look for, Streamlit's."""

_NOT_RUN = frozenset({
    "test", "tests", "testing", "docs", "doc", "example", "examples", "sample", "samples", "demo", "demos", "migrations", "alembic",
    "fixtures", "benchmarks", "benchmark", "scripts", "tools", "node_modules", "vendor", "build", "dist", "notebooks", "locale",
})  # fmt: skip
_NOT_PROGRAM = re.compile(
    r"(?:^|/)(?:setup|conftest|noxfile|fabfile|test_[\w-]*|[\w-]*_test|tests?|\w+_pb2(?:_grpc)?|versioneer)\.py$"
)
_TELLING = re.compile(
    r"environ|getenv|\(\s*[\"'][A-Z]|__main__|\bapp\b|\bapplication\b|server|serve|port\b|PORT|route|[Ss]ettings|path\(|URLCONF|ENGINE|BROKER|sqlite|\w://"
)
_STATEMENT = re.compile(r"(?m)^(?=[^\s#)\]}\"'])")
_OLD_PRINT = re.compile(r"(?m)^(\s*)print\b(?!\s*[(=.]).*$")
_OLD_EXCEPT = re.compile(r"(?m)^(\s*except\s+[\w.()]+)\s*,\s*(\w+\s*:)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: its dotted name with imports resolved, literal arguments, and what it is assigned to.

    `function` is the function it stands in, None at module level.
    """

    name: str
    line: int
    args: tuple[object, ...] = ()
    keywords: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    target: str | None = None
    function: str | None = None

    @property
    def method(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One file. `main` is the line of `if __name__ == "__main__"`, `bindings` what module-level names stand for."""

    path: str
    text: str
    imports: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    calls: tuple[Call, ...] = ()
    reads: tuple[Read, ...] = ()
    constants: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    main: int | None = None

    def imports_from(self, package: str) -> int | None:
        """The line on which the package, or something below it, is imported."""
        return next(
            (line for name, line in self.imports.items() if f"{name}.".startswith(f"{package}.")), None
        )


def modules(tree: Tree) -> tuple[Module, ...]:
    """The program's files that say something, the shallowest first, tests and examples left out."""
    found: list[Module] = []
    read = 0
    for path in sources(tree):
        text = tree.read(path) or ""
        if read + len(text) <= MAX_TEXT and _TELLING.search(text):
            read += len(text)
            found.append(module_of(path, text))
    return tuple(found)


def sources(tree: Tree) -> tuple[str, ...]:
    """The paths of the program's Python files, the shallowest first, at most MAX_FILES."""
    mine = [path for path in tree.files if path.endswith(".py") and is_program(path)]
    return tuple(sorted(mine, key=lambda path: (path.count("/"), path)))[:MAX_FILES]


def is_program(path: str) -> bool:
    """Whether a Python file may run in production, by its name and folders."""
    *folders, _ = path.split("/")
    return not _NOT_PROGRAM.search(path) and not any(
        part in _NOT_RUN or part.startswith(".") for part in folders
    )


def entry_rank(path: str) -> tuple[bool, int, int, str]:
    """The order in which files are looked at for the entry: known names first, then shallow ones."""
    name = path.rpartition("/")[2].removesuffix(".py")
    place = ENTRY_NAMES.index(name) if name in ENTRY_NAMES else len(ENTRY_NAMES)
    return (place == len(ENTRY_NAMES), path.count("/"), place, path)


def module_of(path: str, text: str) -> Module:
    """The file's calls, reads and names; of a file that cannot be parsed only those of its good statements."""
    trees = _trees(text) if len(text) <= MAX_SIZE else ()
    nodes = [node for one in trees for node in ast.walk(one)]
    scope, imports = _scope(nodes)
    statements = [statement for one in trees for statement in one.body]
    return Module(
        path=path,
        text=text,
        imports=MappingProxyType(imports),
        names=MappingProxyType(_bindings(statements, scope)),
        calls=tuple(_calls(statements, scope)),
        reads=tuple(_reads(nodes, scope)),
        constants=MappingProxyType(_constants(statements, scope)),
        main=next(
            (
                one.lineno
                for one in statements
                if isinstance(one, ast.If) and "__name__" in ast.dump(one.test)
            ),
            None,
        ),
    )


def _reads(nodes: list[ast.AST], scope: Scope) -> Iterator[Read]:
    yield from (
        read for node in nodes if isinstance(node, ast.expr) and (read := environment_read(scope, node))
    )
    yield from settings_reads(nodes)


def calls_of(tree: Tree, path: str) -> tuple[Call, ...]:
    """The calls of one file, such as setup.py."""
    return module_of(path, tree.read(path) or "").calls


def _trees(text: str) -> tuple[ast.Module, ...]:
    whole = _parsed(text)
    if whole is not None:
        return (whole,)
    modern = _OLD_EXCEPT.sub(r"\1 as \2", _OLD_PRINT.sub(r"\1pass", text))
    parts, line, found = [part for part in _STATEMENT.split(modern) if part.strip()], 0, []
    for part in parts:
        one = _parsed(part)
        if one is not None:
            found.append(ast.increment_lineno(one, line))
        line += part.count("\n")
    return tuple(found)


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _scope(nodes: list[ast.AST]) -> tuple[Scope, dict[str, int]]:
    imported: dict[str, str] = {}
    lines: dict[str, int] = {}
    stars: list[str] = []
    for node in nodes:
        if isinstance(node, ast.Import):
            lines.update({alias.name: lines.get(alias.name, node.lineno) for alias in node.names})
        for alias, path in _imported(node):
            lines.setdefault(path, getattr(node, "lineno", 1))
            if alias == "*":
                stars.append(path.removesuffix(".*"))
            else:
                imported.setdefault(alias, path)
    return Scope(
        imports=imported, names=_assigned(nodes), stars=tuple(stars), varying=frozenset(_looped(nodes))
    ), lines


def _imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Name in this file → dotted path. `import a.b` binds `a`."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (
                (alias.asname, alias.name)
                if alias.asname
                else (alias.name.partition(".")[0], alias.name.partition(".")[0])
            )
    if isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name, f"{'.' * node.level}{node.module or ''}.{alias.name}"


def _assigned(nodes: list[ast.AST]) -> dict[str, ast.expr]:
    """The first expression each plain name is given, else the default of a parameter of that name."""
    found: dict[str, ast.expr] = {}
    defaults: dict[str, ast.expr] = {}
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, node.value)
        elif isinstance(node, ast.arguments) and node.defaults:
            named = [*node.posonlyargs, *node.args][-len(node.defaults) :]
            defaults.update(
                {argument.arg: value for argument, value in zip(named, node.defaults, strict=True)}
            )
    return {**defaults, **found}


def _looped(nodes: list[ast.AST]) -> Iterator[str]:
    """The names that a loop or a comprehension gives one value after the other."""
    targets = (node.target for node in nodes if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension))
    yield from (one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))


def _bindings(statements: list[ast.stmt], scope: Scope) -> dict[str, str]:
    """Module-level name → what it stands for, dotted: an import, or another name's attribute."""
    own = dict(scope.imports)
    for statement in statements:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Name | ast.Attribute):
            own.update(
                {
                    one.id: scope.dotted(statement.value)
                    for one in statement.targets
                    if isinstance(one, ast.Name)
                }
            )
    return own


def _constants(statements: list[ast.stmt], scope: Scope) -> dict[str, object]:
    """Module-level names with their values: settings modules and gunicorn.conf.py are made of them."""
    found: dict[str, object] = {}
    for statement in statements:
        if isinstance(statement, ast.Assign):
            found.update(
                {
                    one.id: scope.value(statement.value)
                    for one in statement.targets
                    if isinstance(one, ast.Name)
                }
            )
    return found


def _calls(nodes: list[ast.stmt], scope: Scope) -> Iterator[Call]:
    pending: list[tuple[ast.AST, str | None, str | None]] = [(node, None, None) for node in reversed(nodes)]
    while pending:
        node, function, target = pending.pop()
        if isinstance(node, ast.Call):
            yield _call(node, scope, target, function)
        inner = node.name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
        bound = _target(node)
        pending.extend((child, inner, bound) for child in reversed(list(ast.iter_child_nodes(node))))


def _target(node: ast.AST) -> str | None:
    """The first name an assignment or `with … as name` gives its value to."""
    if isinstance(node, ast.Assign):
        first = node.targets[0]
        first = first.elts[0] if isinstance(first, ast.Tuple) and first.elts else first
        return first.id if isinstance(first, ast.Name) else None
    if isinstance(node, ast.AnnAssign):
        return node.target.id if isinstance(node.target, ast.Name) else None
    if isinstance(node, ast.withitem):
        return node.optional_vars.id if isinstance(node.optional_vars, ast.Name) else None
    return None


def _call(node: ast.Call, scope: Scope, target: str | None, function: str | None) -> Call:
    return Call(
        name=scope.dotted(node.func),
        line=node.lineno,
        args=tuple(scope.value(argument) for argument in node.args),
        keywords=MappingProxyType({one.arg: scope.value(one.value) for one in node.keywords if one.arg}),
        target=target,
        function=function,
    )
