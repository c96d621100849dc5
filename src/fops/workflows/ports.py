"""What the engine needs: the work from the room above, and a durable queue below. Hops are named `OPERATION.NUMBER`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

Json = Mapping[str, Any]


class Shift(Protocol):
    """What a hop may ask of the worker that carries it out."""

    @property
    def worker(self) -> str:
        """The worker's id, unique to one launch of one process."""

    def holds(self, connection: Any) -> bool:
        """Whether this worker may still take hops, asked within the caller's own transaction."""

    def must_stop(self) -> bool:
        """Whether a hop should let go at its next good moment, to be taken up by another worker."""


class Work(Protocol):
    """The work behind hops, whose rows are the truth. Nothing here raises but FopsError."""

    def queued(self) -> Sequence[str]:
        """Hops that wait to be taken, oldest first."""

    def unended(self) -> Sequence[str]:
        """Hops that wait or are being carried out."""

    def act(self, hop: str, shift: Shift) -> Json:
        """Load and act: how it ended, as JSON for `record`; an empty one when it was not this worker's to take."""

    def record(self, hop: str, outcome: Json) -> None:
        """Keep how it ended, unless another worker has taken over."""

    def again(self, hop: str) -> None:
        """Queue a hop anew under the next number, unless it has ended or moved on."""


class Durable(Protocol):
    """A queue of hops that outlives the process. Contract suite: tests/contract/test_durable_queues.py.

    Raises StorageFailed where its storage does not answer.
    """

    def launch(self, shift: Shift, work: Work, *, concurrency: int) -> None:
        """Carry out hops, at most `concurrency` at a time, until `close`."""

    def enqueue(self, hop: str) -> None:
        """Have a hop carried out once; a hop known already stays as it is."""

    def lost(self, hops: Collection[str]) -> Sequence[str]:
        """Those of these hops that it does not know, or holds for ended."""

    def recover(self, living: Collection[str]) -> None:
        """Queue again what workers had begun that are not among the living."""

    def forget(self, *, ended_before: datetime) -> None:
        """Drop what it keeps of hops that ended before a time."""

    def close(self) -> None:
        """Take nothing more and let go of the storage."""
