"""One more line: under the lock it gets its place in the chain, and on the disk it is before we answer."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fops.audit.days import (
    FOLDER_MODE,
    day_name,
    held,
    opened,
    remember,
    remembered,
    sync_folder,
    write_whole,
)
from fops.audit.line import compose, seal
from fops.audit.model import GENESIS, AuditEntry, Link, link_of
from fops.audit.tail import mend
from fops.kernel.clock import Clock, isoformat

_AT_THE_END = os.O_WRONLY | os.O_APPEND | os.O_CREAT
_MAX_EXACT = 2**53  # canonical JSON holds no larger integer, no infinity and no NaN


def append(folder: Path, draft: AuditEntry, *, clock: Clock) -> AuditEntry:
    """Write the draft as the next line, with its place, time and seal filled in.

    Raises OSError: then do not act (when only the wait for the disk failed, the line may stand all the same).
    The wait for the disk lies outside the lock, so that many writers share one wait. The head is recorded only
    afterwards: it never names a line that a power cut could take back.
    """
    folder.parent.mkdir(
        mode=FOLDER_MODE, parents=True, exist_ok=True
    )  # the data directory, where this is its first file
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    with contextlib.ExitStack() as files:
        with held(folder) as head:
            entry = _placed(draft, _end_of_chain(folder, head), clock)
            day = files.enter_context(opened(folder / day_name(entry.timestamp), _AT_THE_END))
            if write_whole(day, compose(entry)) == 0:
                sync_folder(folder)
        os.fsync(day)
    with held(folder) as head:
        if entry.seq > (remembered(head) or GENESIS).seq:
            remember(head, link_of(entry))
    return entry


def recordable(value: Any) -> Any:
    """A JSON value for anything: what JSON cannot hold becomes text, so that no outcome is lost for an odd value."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and abs(value) <= _MAX_EXACT:
        return value
    if isinstance(value, Mapping):
        return {recordable(str(key)): recordable(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [recordable(item) for item in value]
    return recordable(str(value))


def _end_of_chain(folder: Path, head: int) -> Link:
    """The last line; but the recorded head when lines behind it are gone: the gap must stay visible for ever."""
    last = mend(folder)
    written, known = link_of(last) if last else GENESIS, remembered(head) or GENESIS
    return known if known.seq >= written.seq else written


def _placed(draft: AuditEntry, before: Link, clock: Clock) -> AuditEntry:
    moment = max(before.timestamp, isoformat(clock.now()))  # a clock set back must not reorder the trail
    return seal(dataclasses.replace(draft, seq=before.seq + 1, prev=before.hash, timestamp=moment))
