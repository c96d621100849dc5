"""Adapter of the Tree port: one commit of a repository, read without a checkout."""

from __future__ import annotations

from typing import Self

from fops.kernel.git import BlobReader, Repository, list_files
from fops.onboarding.fetch.tree import MAX_FILE, MAX_FILES, FolderView, decode, is_left_out


class GitTree:
    """The files of a commit. `close` it (or use `with`): one git process serves the reads.

    Raises LimitExceeded past `max_files` files.
    """

    def __init__(self, repository: Repository, commit: str, *, max_files: int = MAX_FILES) -> None:
        entries = [
            entry
            for entry in list_files(repository, commit, max_files=max_files)
            if not is_left_out(entry.path)
        ]
        self._entries = {entry.path: entry for entry in entries if entry.is_file}
        self._texts: dict[str, str | None] = {}
        self._reader = BlobReader(repository)
        self.files = tuple(sorted(self._entries))
        self.links = tuple(sorted(entry.path for entry in entries if not entry.is_file))

    def read(self, path: str) -> str | None:
        """The text, None when absent, not fetched, binary or larger than MAX_FILE."""
        if path not in self._texts:
            self._texts[path] = self._load(path)
        return self._texts[path]

    def size(self, path: str) -> int | None:
        """Bytes of the file, None when absent or not fetched."""
        entry = self._entries.get(path)
        return entry.size if entry else None

    def below(self, folder: str) -> GitTree | FolderView:
        """The view of a folder."""
        return self if folder in {".", ""} else FolderView(self, folder)

    def close(self) -> None:
        """End the reading git."""
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _load(self, path: str) -> str | None:
        size = self.size(path)
        if size is None or size > MAX_FILE:
            return None
        data = self._reader.read(self._entries[path].object_id)
        return None if data is None else decode(data)
