"""A front end that a Go program carries inside (`//go:embed web/dist`), where its files are made by a Node build.

Package embed's documentation: patterns are relative to the file's folder, `all:` takes hidden files too, and a pattern
that matches nothing ends the build.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from fops.onboarding.detect.evidence import Hit, find_all, read_json
from fops.onboarding.detect.files.values import nested
from fops.onboarding.detect.languages.go.modules import folder_of
from fops.onboarding.model import CERTAIN, Fact
from fops.onboarding.ports import Tree

_EMBED = re.compile(r"(?m)^//go:embed[ \t]+(?P<patterns>\S.*)$")
_UP_TO_GLOB = re.compile(r"(?:[^*?\[/]+(?:/|$))*")
_MANIFEST = "package.json"


def embedded(tree: Tree, files: Iterable[str]) -> Iterator[Fact]:
    """The fact `embeds`: the folder taken in that is not there yet, and the one whose build makes it."""
    for hit in find_all(tree, _EMBED, files):
        for path in _paths(hit):
            folder = None if _is_there(tree, path) else _maker(tree, path)
            if folder:
                yield Fact(
                    name="embeds",
                    value={"path": path, "built_in": folder},
                    rule="go.embed.front-end",
                    confidence=CERTAIN,
                    file=hit.file,
                    line=hit.line,
                )
                return


def _paths(hit: Hit) -> Iterator[str]:
    """The folders and files of a line's patterns, from the top, each as far as it is no glob."""
    for text in hit.match["patterns"].split():
        pattern = text.strip('"`').removeprefix("all:")
        fixed = _UP_TO_GLOB.match(pattern)
        if fixed and fixed[0]:
            yield posixpath.normpath(posixpath.join(folder_of(hit.file), fixed[0]))


def _is_there(tree: Tree, path: str) -> bool:
    """Whether files lie there; hidden ones such as .gitkeep only hold the place."""
    inside = (file for file in tree.files if file == path or file.startswith(f"{path}/"))
    return any(not posixpath.basename(file).startswith(".") for file in inside)


def _maker(tree: Tree, path: str) -> str | None:
    """The nearest folder above with a build of Node's, else the only one there is."""
    folder = path
    while folder not in {"", "."}:
        folder = posixpath.dirname(folder) or "."
        if _builds(tree, folder):
            return folder
    folders = [
        folder_of(file) for file in tree.files if file.endswith(f"/{_MANIFEST}") and file.count("/") <= 3
    ]
    makers = [folder for folder in folders if _builds(tree, folder)]
    return makers[0] if len(makers) == 1 else None


def _builds(tree: Tree, folder: str) -> bool:
    manifest = read_json(tree, posixpath.normpath(posixpath.join(folder, _MANIFEST)))
    return isinstance(nested(manifest, "scripts", "build"), str)
