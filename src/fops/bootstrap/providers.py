"""Who makes a change request where the caller does not say."""

from __future__ import annotations

from pathlib import Path

from fops.bootstrap.settings import Settings
from fops.packs.github.address import repository_at
from fops.packs.github.settings import GithubSettings


def provider_of(settings: Settings, place: Path | str) -> str:
    """`github` for an address on the GitHub that an operator gave a token for, else `local`."""
    github = settings.group(GithubSettings)
    is_there = isinstance(place, str) and repository_at(place, github.github_api_url) is not None
    return "github" if github.github_token and is_there else "local"


def github_told(settings: Settings) -> str | None:
    """Where GitHub is and that it takes the token, None where none is set. Raises NotAllowed, Unreachable."""
    from fops.packs.github.limits import requests_left  # noqa: PLC0415 - only who looks needs a client

    github = settings.group(GithubSettings)
    if not github.github_token:
        return None
    left = requests_left(github)
    return f"{github.github_api_url} takes the token" + (
        "" if left is None else f"; {left} requests left in this hour"
    )
