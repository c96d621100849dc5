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
