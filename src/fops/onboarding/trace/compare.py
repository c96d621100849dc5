"""Again: what a new run would change against what stands there, without overwriting a person's work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fops.onboarding.model import Artifact
from fops.onboarding.trace.lock import PATH, Lock, text_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a run would do.

    `to_write` holds new and outdated files; `edited` are generated files a person changed, never overwritten; `gone`
    were generated once and are no longer part of the plan.
    """

    to_write: tuple[Artifact, ...]
    edited: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write; edits by a person are no reason to."""
        return not self.to_write


NONE = Difference(to_write=(), edited=(), gone=())


def compare(artifacts: Iterable[Artifact], lock: Lock, current: Callable[[str], str | None]) -> Difference:
    """Artifacts against the current texts (`current(path)`, None when absent).

    A file that differs from the artifact and from its lock entry was edited; one a person deleted was too, and one
    that stands there without an entry was never ours.
    """
    to_write, edited, paths = [], [], set()
    for artifact in artifacts:
        paths.add(artifact.path)
        text = current(artifact.path)
        if text == artifact.text:
            continue
        if _is_persons(artifact, lock, text):
            edited.append(artifact.path)
        else:
            to_write.append(artifact)
    gone = tuple(
        path for path in lock.files if path not in paths and path != PATH and current(path) is not None
    )
    return Difference(to_write=tuple(to_write), edited=tuple(edited), gone=gone)


def _is_persons(artifact: Artifact, lock: Lock, text: str | None) -> bool:
    if artifact.path == PATH:
        return False
    known = lock.digest(artifact.path)
    if known is None:
        return text is not None
    return text is None or text_digest(text) != known
