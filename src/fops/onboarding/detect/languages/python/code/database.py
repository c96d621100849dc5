"""The SQLite file that a Python program keeps its data in, by the names that stand in its settings and code."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from fops.onboarding.detect.evidence import Hit
from fops.onboarding.detect.languages.code import before
from fops.onboarding.detect.languages.database_file import LITERAL, database_file, first
from fops.onboarding.detect.languages.python.code.source import Module
from fops.onboarding.model import Fact

_PARTS = re.compile(r"(?P<base>\w+)?\)?\s*[,/]\s*(?P<parts>(?:[\"'][\w.-]+[\"']\s*[,/]\s*)*)$")
_ADDRESS = re.compile(r"sqlite(?:\+\w+)?:///")


def database(modules: tuple[Module, ...], *, in_instance: bool) -> Iterator[Fact]:
    """The fact `database_file`; `in_instance` says that names in addresses are relative to Flask's folder `instance`."""
    if not any("sqlite" in module.text for module in modules):
        return
    yield from first(
        database_file("python", hit, path=_path(hit, in_instance=in_instance), variable=_setting(module, hit))
        for module in sorted(modules, key=lambda one: "sqlite" not in one.text)
        for hit in _hits(module)
    )


def _hits(module: Module) -> Iterator[Hit]:
    for match in LITERAL.finditer(module.text):
        hit = Hit(file=module.path, line=module.text.count("\n", 0, match.start()) + 1, match=match)
        if "#" not in before(hit):
            yield hit


def _path(hit: Hit, *, in_instance: bool) -> str:
    """The path with the folders joined to it; a base that is no `BASE_DIR` is the folder of the file itself."""
    path = hit.match["path"]
    joined = _PARTS.search(before(hit))
    if joined and joined["base"]:
        base = "" if joined["base"].isupper() else posixpath.dirname(hit.file)
        return posixpath.join(base, *re.findall(r"[\w.-]+", joined["parts"]), path)
    direct = _ADDRESS.match(hit.match["scheme"]) and not hit.match["base"]
    return posixpath.join("instance", path) if direct and in_instance else path


def _setting(module: Module, hit: Hit) -> str | None:
    """The variable of a settings class whose field has the file as its default."""
    text = hit.match[0].strip("\"'`")
    return next((read.name for read in module.reads if read.default == text and read.line == hit.line), None)
