"""The entry of the application: the object a server imports, or the file that is run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fops.onboarding.detect.languages.python.code.source import (
    Module,
    entry_rank,
    is_program,
    modules,
    sources,
)
from fops.onboarding.detect.languages.python.manifests.dependencies import Dependencies, dependencies
from fops.onboarding.detect.languages.python.manifests.framework import Framework, framework_of, maker_of
from fops.onboarding.detect.languages.python.manifests.requirements import Dependency
from fops.onboarding.ports import Tree

MAIN_FILES = (
    "main.py", "app.py", "start.py", "bot.py", "hello.py", "server.py", "run.py", "application.py", "index.py", "src/main.py", "app/main.py",
    "src/app.py", "src/server.py", "app/app.py", "app/server.py", "api/main.py", "api/app.py", "src/bot.py", "bot/main.py",
)  # fmt: skip
"""Files that are run by their name alone, the first four and `server.py` as Railpack has them."""

_IMPORTABLE = re.compile(r"[\w/]+\.py")  # a hyphen or a space in the path is no module name
_OBJECT_NAMES = ("app", "application", "api", "server", "asgi", "wsgi", "asgi_app", "wsgi_app")


@dataclass(frozen=True, slots=True, kw_only=True)
class AppObject:
    """An application object: where it is made or re-exported, its name there, and whether it is a function making one."""

    path: str
    name: str
    line: int
    framework: Framework
    factory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """All that is known of a Python folder before deciding anything."""

    tree: Tree
    dependencies: Dependencies
    modules: tuple[Module, ...]
    framework: Framework | None
    declaration: Dependency | None

    @property
    def has_code(self) -> bool:
        """Whether any program file has text: trees may come without it, and templates of projects are empty."""
        return any(self.tree.size(path) for path in sources(self.tree))

    @property
    def uses_framework(self) -> bool:
        """Whether the framework is imported, or cannot be because there is no text."""
        names = self.framework.modules if self.framework else ()
        return any(one.imports_from(name) for one in self.modules for name in names) or (
            bool(names) and not self.has_code
        )

    @property
    def readable(self) -> bool:
        """Whether any program text is there: trees may come without it."""
        return bool(self.modules)

    def module(self, path: str | None) -> Module | None:
        """The file's reading, None when it says nothing."""
        return next((one for one in self.modules if one.path == path), None)


def project(tree: Tree) -> Project:
    """Read the folder once."""
    declared, code = dependencies(tree), modules(tree)
    framework, declaration = framework_of(declared, code) or (None, None)
    return Project(
        tree=tree, dependencies=declared, modules=code, framework=framework, declaration=declaration
    )


def app_object(whole: Project, *, path: str = "", name: str = "") -> AppObject | None:
    """The object a server should import: one of the framework, in the most entry-like file, by its usual name.

    A path or a name given leaves only the objects there or so called.
    """
    wanted = whole.framework.name if whole.framework else None
    found = [
        one
        for one in app_objects(whole.modules)
        if one.framework.name == wanted
        and _IMPORTABLE.fullmatch(one.path)
        and path in {"", one.path}
        and name in {"", one.name}
    ]
    return min(found, key=_preference, default=None)


def app_objects(code: tuple[Module, ...]) -> Iterator[AppObject]:
    """Every application object: made at module level, made by a function, or made elsewhere and re-exported."""
    made = {
        (module.path, call.target or ""): maker
        for module in code
        for call in module.calls
        if call.function is None and (maker := maker_of(call.name))
    }
    factories = {
        call.function: maker
        for module in code
        for call in module.calls
        if call.function and (maker := maker_of(call.name))
    }
    for module in code:
        yield from _made_here(module, factories)
        yield from _exported(module, made)


def _made_here(module: Module, factories: Mapping[str, Framework]) -> Iterator[AppObject]:
    for call in module.calls:
        maker = maker_of(call.name)
        built = maker or factories.get(call.method)
        if built and call.function is None and call.target:
            yield AppObject(path=module.path, name=call.target, line=call.line, framework=built)
        elif (
            maker
            and call.function
            and re.search(r"app|server|api|create|make|build|get|factory", call.function)
        ):
            yield AppObject(
                path=module.path, name=call.function, line=call.line, framework=maker, factory=True
            )


def _exported(module: Module, made: Mapping[tuple[str, str], Framework]) -> Iterator[AppObject]:
    """`from package import app` in a file named for being the entry."""
    if entry_rank(module.path)[0] and "/" in module.path:
        return
    for name, path in module.names.items():
        origin = next((maker for (file, target), maker in made.items() if _is(path, file, target)), None)
        if origin and (name in _OBJECT_NAMES):
            yield AppObject(path=module.path, name=name, line=module.imports.get(path, 1), framework=origin)


def _is(dotted: str, file: str, target: str) -> bool:
    """Whether a dotted path means the object of a file, as seen from somewhere in the project."""
    package = dotted_name(file)
    return bool(target) and f".{package}.{target}".endswith(f".{dotted.lstrip('.')}")


def dotted_name(path: str) -> str:
    """The module name of a file: `app/main.py` is `app.main`, a package is named by its folder."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _preference(one: AppObject) -> tuple[object, ...]:
    place = _OBJECT_NAMES.index(one.name) if one.name in _OBJECT_NAMES else len(_OBJECT_NAMES)
    return (one.factory, *entry_rank(one.path), place, one.line)


def main_file(whole: Project) -> tuple[str, int | None] | None:
    """The file that is run: a known name, else the only one that guards its main part; with the guard's line."""
    files = set(whole.tree.files)
    named = next((path for path in MAIN_FILES if path in files), None)
    guarded = [
        module
        for module in whole.modules
        if module.main and "/" not in module.path and module.path != "manage.py"
    ]
    if named is None and guarded:
        serving = [module for module in guarded if re.search(r"serv|listen|\.run\(", module.text)]
        chosen = min(
            serving or guarded, key=lambda module: (_looks_like_client(module.path), entry_rank(module.path))
        )
        return chosen.path, chosen.main
    if named is None:
        top = [
            path
            for path in whole.tree.files
            if path.endswith(".py")
            and "/" not in path
            and is_program(path)
            and path not in {"__init__.py", "manage.py"}
        ]
        named = top[0] if len(top) == 1 else None
    module = whole.module(named)
    return (named, module.main if module else None) if named else None


def _looks_like_client(path: str) -> bool:
    return bool(re.search(r"client|util|helper|logger|config|seed|example", path))


def import_root(whole: Project, path: str) -> str:
    """The folder Python must find modules from for this file: its own when it imports siblings by bare name."""
    folder = posixpath.dirname(path)
    module = whole.module(path)
    files = set(whole.tree.files)
    if module and any(name.startswith(f"{folder.partition('/')[0]}.") for name in module.imports):
        return ""
    for name in module.imports if module and folder else ():
        first = name.split(".", 1)[0]
        here = f"{folder}/{first}.py" in files or f"{folder}/{first}/__init__.py" in files
        if first and here and f"{first}.py" not in files and f"{first}/__init__.py" not in files:
            return folder
    return "src" if path.startswith("src/") and "src/__init__.py" not in files and path.count("/") > 1 else ""
