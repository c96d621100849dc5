"""What Gradle calls the archive with everything inside that Shadow, or Ktor by Shadow, makes.

Shadow's documentation: base name, version and the classifier `all`, each of which the task's block may set; Ktor's
`fatJar { archiveFileName }` sets it whole. A part that a script computes is `*`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPENS = re.compile(r"\b(?:shadowJar|fatJar|ShadowJar)\b[^\n{]{0,60}\{")
_LONGEST = 4000  # characters of one block
_UNKNOWN = "*"


def whole_archive(text: str, *, name: str, version: str) -> str:
    """The file's name without extension; name and version are the project's, `*` where not known, empty for none."""
    blocks = "\n".join(_blocks(text))
    words = {"name": name, "version": version}
    file = _setting(blocks, "archiveFileName", words)
    if file is not None:
        return file.removesuffix(".jar") or _UNKNOWN
    base = (
        _setting(blocks, "archiveBaseName", words) or _setting(text, "archives(?:Base)?Name", words) or name
    )
    told = _setting(blocks, "archiveVersion", words)
    classifier = _setting(blocks, "archiveClassifier", words)
    parts = (base, version if told is None else told, "all" if classifier is None else classifier)
    return "-".join(part for part in parts if part)


def without_whole(text: str) -> str:
    """The script without what it says of that archive."""
    for block in _blocks(text):
        text = text.replace(block, "")
    return text


def _blocks(text: str) -> Iterator[str]:
    for opening in _OPENS.finditer(text):
        depth = 1
        for place in range(opening.end(), min(len(text), opening.end() + _LONGEST)):
            depth += {"{": 1, "}": -1}.get(text[place], 0)
            if not depth:
                yield text[opening.end() : place]
                break


def _setting(text: str, key: str, words: dict[str, str]) -> str | None:
    """The value a property is set to, empty for null, None where it is not set."""
    found = re.search(
        rf"\b{key}\s*(?:\.(?:set|convention)\s*\(|=|\s)\s*(?P<value>['\"][^'\"\n]*['\"]|[\w.]+)", text
    )
    if found is None:
        return None
    value = found["value"]
    if value == "null":
        return ""
    if value[0] in "'\"":
        filled = re.sub(
            r"\$\{?(?:rootProject\.|project\.)?(name|version)\b\}?", lambda one: words[one[1]], value[1:-1]
        )
        return _UNKNOWN if "$" in filled else filled
    return words.get(value.rpartition(".")[2], _UNKNOWN)
