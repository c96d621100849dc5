"""Settings of the github pack."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from fops.kernel.settings import Secret, setting


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username or parts.query:
        raise ValueError("an address such as https://api.github.com is needed")
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ValueError("the token would travel in clear text: https:// is needed")
    return text.rstrip("/")


@dataclass(frozen=True, slots=True)
class GithubSettings:
    """Which GitHub, and in whose name."""

    github_token: Secret | None = setting(
        "GITHUB_TOKEN",
        default=None,
        read=Secret,
        doc="Token that pull requests are opened with. A fine-grained one needs contents, pull requests and workflows, each read and write. Default: none; proposals are then made on this machine.",
    )
    github_api_url: str = setting(
        "GITHUB_API_URL",
        default="https://api.github.com",
        read=_address,
        doc="Address of GitHub's REST API; https://HOST/api/v3 for an Enterprise Server. The token goes to this address alone. Default: https://api.github.com.",
    )
