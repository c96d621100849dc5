"""kubectl's Kustomize: every root builds, so patches find what they patch. Offline, and without any cluster.

kubectl is not part of the `verify` extra: where it is absent the row says `skipped`, and our own rule
`kustomization-complete` still follows the paths. A root that names a remote resource is not built: that would fetch it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from fops.kernel.process import Result
from fops.onboarding.verify.bundle import File, dig, is_kustomization, items
from fops.onboarding.verify.finding import Finding
from fops.onboarding.verify.tools.tool import Tool


def _takes(file: File) -> bool:
    return is_kustomization(file) and not any(_remote(str(name)) for name in _named(file))


def _named(file: File) -> Iterator[object]:
    for document in file.documents:
        for field in ("resources", "components", "crds"):
            yield from items(dig(document, field))


def _remote(name: str) -> bool:
    return any(mark in name for mark in ("://", "@", "?", ".com/", ".org/"))


def _words(program: Path, files: Sequence[str]) -> Sequence[str | Path]:
    return [program, "kustomize", *(str(PurePosixPath(file).parent) for file in files)]


def _read(result: Result, files: Sequence[File]) -> Iterator[Finding]:
    if result.exit_code:
        yield Finding(files[0].place, result.error_text.strip().removeprefix("error: "))


KUSTOMIZE = Tool(
    check="kustomize-build",
    program="kubectl",
    takes=_takes,
    words=_words,
    read=_read,
    one_by_one=True,
    absent="skipped",
    hint="kubectl is not installed: the Kustomize roots were not built",
)
