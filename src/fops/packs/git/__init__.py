"""The git pack: change requests as a branch in a local repository, with the text that a person reviews.

Must not know: other packs, onboarding. Map: change_request.py  the action `change_request.create`, provider `local`
"""

from __future__ import annotations

from fops.actions.model import Pack, PackSettings


def load(settings: PackSettings) -> Pack:
    """The pack; proposals go below `proposals` of the data directory."""
    from fops.packs.git.change_request import create_change_request  # noqa: PLC0415 - packs load when first used

    return Pack(
        name="git",
        summary="branches and patches in local repositories",
        actions=(create_change_request(settings.home),),
    )
