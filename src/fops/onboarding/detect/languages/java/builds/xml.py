"""XML that nobody trusts: no document type, hence no entities; depth limited; every element knows its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

MAX_DEPTH = 100  # deeper than any POM, far below Python's recursion limit


@dataclass(slots=True, kw_only=True)
class Element:
    """One element: its name without namespace prefix, its own text, its 1-based line, its children."""

    tag: str
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def all(self, *path: str) -> Iterator[Element]:
        """Every element at the path of names below this one."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.tag == path[0]:
                yield from child.all(*path[1:])

    def first(self, *path: str) -> Element | None:
        """The first element at the path, None when absent."""
        return next(self.all(*path), None)

    def anywhere(self, *tags: str) -> Iterator[Element]:
        """Every element of one of the names, at any depth, in document order."""
        for child in self.children:
            if child.tag in tags:
                yield child
            yield from child.anywhere(*tags)


class _RefusedError(Exception):
    """A document type or too deep nesting."""


def parse(text: str) -> Element | None:
    """The root element; None when the text is not well-formed, has a document type, or nests past MAX_DEPTH."""
    builder = _Builder()
    try:
        builder.parser.Parse(text.encode("utf-8", "replace"), True)  # noqa: FBT003 - expat's signature: the final chunk
    except (expat.ExpatError, ValueError, _RefusedError):
        return None
    return next(iter(builder.top.children), None)


class _Builder:
    """Receives expat's events and grows the tree."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.top = Element(tag="", line=1)
        self._open = [self.top]

    def _start(self, name: str, _attributes: object) -> None:
        if len(self._open) > MAX_DEPTH:
            raise _RefusedError
        element = Element(tag=name.rpartition(":")[2], line=self.parser.CurrentLineNumber)
        self._open[-1].children.append(element)
        self._open.append(element)

    def _text(self, text: str) -> None:
        self._open[-1].text += text

    def _end(self, _name: str) -> None:
        element = self._open.pop()
        element.text = element.text.strip()

    def _refuse(self, *_declaration: object) -> None:
        raise _RefusedError
