"""The github pack: change requests as pull requests, through GitHub's REST API.

Must not know: other packs, onboarding. Map: settings.py  token and address      address.py   whose repository it is
create.py   `github.create_pr`           listing.py  what became of our branches  git_data.py  trees, commits, refs
connection.py  one origin, one token     failures.py  what an answer means   body.py  the text, ours and people's
limits.py   whether it takes the token
"""

from __future__ import annotations

from fops.actions.model import Pack, PackSettings


def load(settings: PackSettings) -> Pack:
    """The pack; nothing is asked of GitHub before an action is."""
    from fops.packs.github.create import create_pr  # noqa: PLC0415 - packs load when first used
    from fops.packs.github.listing import list_change_requests  # noqa: PLC0415 - as above
    from fops.packs.github.settings import GithubSettings  # noqa: PLC0415 - as above

    chosen = settings.group(GithubSettings)
    return Pack(
        name="github",
        summary="pull requests on GitHub",
        actions=(create_pr(chosen), list_change_requests(chosen)),
    )
