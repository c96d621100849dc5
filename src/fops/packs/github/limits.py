"""Whether GitHub takes the token, and how much it may still be asked."""

from __future__ import annotations

from fops.kernel.errors import NotFound
from fops.packs.github.connection import Connection
from fops.packs.github.settings import GithubSettings


def requests_left(settings: GithubSettings) -> int | None:
    """Requests left in this hour, None where no limit is kept. Asking costs none. Raises NotAllowed, Unreachable."""
    with Connection(settings) as hub:
        try:
            return int(hub.get("/rate_limit", "GitHub's rate limit")["resources"]["core"]["remaining"])
        except NotFound:  # as an Enterprise Server without limits answers
            return None
