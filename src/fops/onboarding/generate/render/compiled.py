"""Compiled templates, kept as Python keeps its modules: compiling them anew is a sixth of a whole onboarding."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import BytecodeCache
    from jinja2.bccache import Bucket


def compiled_templates(folder: Path = Path(__file__).parent / "__pycache__") -> BytecodeCache | None:
    """A cache in a folder, this package's own `__pycache__`; None where Python may not write bytecode either.

    Entries carry the checksum of their template, so a changed one is compiled again. A folder that cannot be written
    (an image, another user's installation) costs time and nothing else.
    """
    if sys.dont_write_bytecode:
        return None
    from jinja2 import FileSystemBytecodeCache  # noqa: PLC0415 - as the environment

    class CompiledTemplates(FileSystemBytecodeCache):
        def dump_bytecode(self, bucket: Bucket) -> None:
            with suppress(OSError):
                super().dump_bytecode(bucket)

    with suppress(OSError):
        folder.mkdir(exist_ok=True)
    return CompiledTemplates(str(folder), "template-%s.cache")
