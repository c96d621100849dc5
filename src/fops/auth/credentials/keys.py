"""The keys that sign: from the settings, or from a file of the data directory that is made once."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from fops.auth.settings import LEAST_KEY_BYTES
from fops.kernel.errors import StorageFailed, UsageError
from fops.kernel.settings import Secret

FILE = "signing-keys"
"""Where in the data directory the keys lie, one a line, mode 0600: the first signs."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key and the name by which a token says that it was signed with it."""

    id: str
    secret: bytes = field(repr=False)


class Keys:
    """The keys in use, the one that signs first. Raises UsageError for one that is too short."""

    def __init__(self, given: Sequence[Secret]) -> None:
        texts = [one.reveal().encode() for one in given]
        if not texts or any(len(text) < LEAST_KEY_BYTES for text in texts):
            raise UsageError(
                f"a key of SECRET_KEY or {FILE} has less than {LEAST_KEY_BYTES} bytes",
                hint='python -c "import secrets; print(secrets.token_urlsafe(48))" prints a good one for SECRET_KEY',
            )
        self._keys = {key.id: key for key in map(_key, texts)}

    @property
    def signing(self) -> Key:
        """The key that signs now."""
        return next(iter(self._keys.values()))

    def named(self, identifier: str) -> Key | None:
        """The key of a name, if tokens it signed are still believed."""
        return self._keys.get(identifier)

    def derive(self, purpose: str, text: str) -> tuple[bytes, ...]:
        """32 bytes for a text that only who has the keys can know, by each key, the signing one first."""
        return tuple(
            hmac.digest(key.secret, f"{purpose}\0{text}".encode(), "sha256") for key in self._keys.values()
        )


def keys_of(given: Sequence[Secret], home: Path, *, sqlite: bool) -> Keys:
    """The keys of the settings, else of the data directory. Raises UsageError where neither can be, StorageFailed."""
    if given:
        return Keys(given)
    if not sqlite:
        raise UsageError(
            "SECRET_KEY is not set, and a database that several nodes share needs the same key on each",
            hint='python -c "import secrets; print(secrets.token_urlsafe(48))" prints a good one',
        )
    return Keys([Secret(line) for line in _kept(home / FILE).split()])


def _kept(path: Path) -> str:
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write_once(path)
        if path.stat().st_mode & 0o077:
            raise UsageError(
                f"{path} can be read by others", hint=f"chmod 600 {path}; then rotate the key in it"
            )
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise StorageFailed(
            f"{path}: {error.strerror}", hint="set FOPS_HOME to a folder you may write"
        ) from error


def _write_once(path: Path) -> None:
    """A new key whole under its name, but for another process having been first: then that one's."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{secrets.token_urlsafe(48)}\n")
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        Path(temporary).unlink()


def _key(secret: bytes) -> Key:
    return Key(hashlib.sha256(b"fops key id\0" + secret).hexdigest()[:16], secret)
