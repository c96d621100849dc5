"""The nouns of a backup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fops.kernel.errors import FormatError

SCHEMA = "fops.backup/v1"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file for a backup: its place there, and where its first `size` bytes are; a folder has no source."""

    name: str
    source: Path | bytes | None
    size: int = 0
    mode: int = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds: `tables` with their rows, `digests` of all members but this one."""

    made_at: str
    program: str
    database: str
    revision: str
    tables: Mapping[str, int]
    digests: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        return {"schema": SCHEMA, **asdict(self)}


def read_manifest(document: Any, where: Path) -> Manifest:
    """Raises FormatError for what is no manifest of a version we know."""
    if not isinstance(document, dict) or document.pop("schema", None) != SCHEMA:
        raise FormatError(f"{where} is no backup of a version that this program knows ({SCHEMA})")
    try:
        found = Manifest(**document)
    except TypeError as error:
        raise FormatError(f"{where}: {MANIFEST} is not as {SCHEMA} says: {error}") from error
    if not (isinstance(found.tables, dict) and isinstance(found.digests, dict)):
        raise FormatError(f"{where}: {MANIFEST} is not as {SCHEMA} says")
    return found
