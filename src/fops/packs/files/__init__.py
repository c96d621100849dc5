"""The files pack: write generated files below a folder.

Must not know: other packs, onboarding. Map: write.py  the action `files.write`
"""

from __future__ import annotations

from fops.actions.model import Pack, PackSettings


def load(_settings: PackSettings) -> Pack:
    """The pack."""
    from fops.packs.files.write import WRITE  # noqa: PLC0415 - packs load when first used

    return Pack(name="files", summary="files below a folder", actions=(WRITE,))
