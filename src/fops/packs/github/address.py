"""Whose repository an address names. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from fops.kernel.errors import UsageError
from fops.kernel.redaction import redact_text

PUBLIC = "github.com"
_NAMED = re.compile(
    r"(?:(?:https?|ssh|git)://)?(?:[^@/\s]*@)?(?P<host>[A-Za-z0-9.-]+)(?::\d+(?=/))?[:/]/?"
    r"(?P<owner>[A-Za-z0-9][A-Za-z0-9-]{0,38})/(?P<name>[A-Za-z0-9._-]{1,100}?)(?:\.git)?/?"
)


@dataclass(frozen=True, slots=True)
class Repo:
    """A repository on a GitHub."""

    owner: str
    name: str

    @property
    def path(self) -> str:
        """Where the API has it."""
        return f"/repos/{self.owner}/{self.name}"

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


def web_host(api_url: str) -> str:
    """The host whose repositories an API serves: HOST of `HOST/api/v3`, X.ghe.com of `api.X.ghe.com`, else github.com.

    Source: the forms that GitHub documents for Enterprise Server and for data residency. Anything else is a proxy.
    """
    parts = urlsplit(api_url)
    host = parts.hostname or PUBLIC
    if parts.path.rstrip("/").endswith("/api/v3"):
        return host
    return host.removeprefix("api.") if host.startswith("api.") and host.endswith(".ghe.com") else PUBLIC


def repository_at(url: str, api_url: str) -> Repo | None:
    """The repository that an address names on the GitHub behind an API; None for one elsewhere."""
    found = _NAMED.fullmatch(url)
    if found is None or found["host"].lower().removeprefix("www.") != web_host(api_url):
        return None
    return None if found["name"] in {".", ".."} else Repo(found["owner"], found["name"])


def wanted_repository(url: str | None, api_url: str) -> Repo:
    """As `repository_at`. Raises UsageError."""
    repo = repository_at(url or "", api_url)
    if repo is None:
        host = web_host(api_url)
        raise UsageError(
            f"{redact_text(url or 'a folder')} is no repository on {host}",
            hint=f"name it as https://{host}/OWNER/NAME, or use --provider local",
        )
    return repo
