"""kubernetes-validate: whole Kubernetes objects against the API's schemas, strict: unknown fields are findings.

The version is the oldest one that still gets fixes, so that what passes here is known to newer clusters as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from fops.kernel.errors import OutsideFailed
from fops.kernel.process import Result
from fops.onboarding.verify.bundle import File
from fops.onboarding.verify.finding import Finding
from fops.onboarding.verify.manifests import holds, objects
from fops.onboarding.verify.tools.tool import Tool, own_path

VERSION = "1.35"

_WRONG = re.compile(
    r"ERROR (?P<file>\S+) did not validate for resource (?P<object>\S+) against version \S+: (?P<path>[^:]*): (?P<says>.*)"
)
_UNREADABLE = re.compile(
    r"(?:ERROR|WARN) (?P<file>\S+) (?P<says>could not be validated: .*|Couldn't find schema .*)"
)
_PASSED = re.compile(r"INFO \S+ passed for resource ")


def _words(program: Path, files: Sequence[str]) -> Sequence[str | Path]:
    return [program, "--strict", "-k", VERSION, *files]


def _read(result: Result, files: Sequence[File]) -> Iterator[Finding]:
    known = {file.place: file for file in files}
    for line in result.text.splitlines():
        if wrong := _WRONG.match(line):
            path = own_path(wrong["file"])
            says = f"{wrong['object']} {wrong['path']}: {wrong['says']}"
            yield Finding(path, says, _line(known.get(path), wrong["object"], wrong["path"]))
        elif unreadable := _UNREADABLE.match(line):
            yield Finding(own_path(unreadable["file"]), unreadable["says"])
        elif not _PASSED.match(line):
            raise OutsideFailed(f"said {line!r}")


def _line(file: File | None, name: str, path: str) -> int | None:
    for item in objects(file) if file else ():
        if f"{item.kind.lower()}/{item.name}" == name:
            return item.line(path)
    return None


KUBERNETES_SCHEMA = Tool(
    check="kubernetes-schema",
    program="kubernetes-validate",
    takes=holds(),
    words=_words,
    read=_read,
    judged=frozenset({0, 1, 2, 3}),  # a mask: 1 wrong, 2 not even an object
)
