"""Again: what a new run would change against what stands there, without overwriting a person's work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What stands at one place: its lock, and the text of each path, None where there is none."""

    lock: Lock
    read: Callable[[str], str | None]

    def is_persons(self, artifact: Artifact) -> bool:
        """Whether a person made, changed or deleted what stands where the artifact would, so that it stays."""
        text = self.read(artifact.path)
        if artifact.path == PATH or text == artifact.text:
            return False
        known = self.lock.digest(artifact.path)
        if known is None:
            return text is not None
        return text is None or text_digest(text) != known

    def says_of(self, path: str) -> str:
        """What became of a generated file that a person made theirs."""
        if self.read(path) is None:
            return f"{path} was deleted since it was generated and is not made again"
        return f"{path} was edited since it was generated and stays as it is"


def compare(artifacts: Iterable[Artifact], standing: Side, head: Side | None = None) -> Difference:
    """Artifacts against what stands there; `head` is what an open proposal would be merged into.

    A file that differs from the artifact and from its lock entry was edited, here or there; one a person deleted was
    too, and one that stands without an entry was never ours.
    """
    to_write, edited, paths = [], [], set()
    for artifact in artifacts:
        paths.add(artifact.path)
        if standing.is_persons(artifact) or (head is not None and head.is_persons(artifact)):
            edited.append(artifact.path)
        elif standing.read(artifact.path) != artifact.text:
            to_write.append(artifact)
    gone = tuple(
        path
        for path in standing.lock.files
        if path not in paths and path != PATH and standing.read(path) is not None
    )
    return Difference(to_write=tuple(to_write), edited=tuple(edited), gone=gone)


def whole(
    artifacts: Iterable[Artifact], difference: Difference, standing: Side, head: Side
) -> Iterator[Artifact]:
    """What a commit on `head` needs to hold all that an earlier proposal beside it had, a person's edits included."""
    for artifact in artifacts:
        there = head.read(artifact.path)
        text: str | None = artifact.text
        if artifact.path in difference.edited:
            text = standing.read(artifact.path) if standing.is_persons(artifact) else there
        if text is not None and text != there:
            yield replace(artifact, text=text)
