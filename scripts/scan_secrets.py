"""Scan every tracked file for secrets, offline. Exit 1 names file and line."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

from detect_secrets import SecretsCollection
from detect_secrets.settings import transient_settings

# Entropy plug-ins take hashes and SHAs for secrets, and this project is full of both; the one for logins in addresses
# takes templates of connection strings for logins.
PLUGINS = [
    {"name": name}
    for name in (
        "AWSKeyDetector", "ArtifactoryDetector", "AzureStorageKeyDetector", "DiscordBotTokenDetector",
        "GitHubTokenDetector", "GitLabTokenDetector", "JwtTokenDetector", "MailchimpDetector", "NpmDetector", "OpenAIDetector",
        "PrivateKeyDetector", "PypiTokenDetector", "SendGridDetector", "SlackDetector", "StripeDetector", "TwilioKeyDetector",
    )
]  # fmt: skip
ALLOWED = ("tests/", "docs/")  # obviously fake secrets are input of tests and shown in docs


def scan(path: str) -> list[str]:
    """The findings of one file."""
    with transient_settings({"plugins_used": PLUGINS, "filters_used": []}):
        secrets = SecretsCollection()
        secrets.scan_file(path)
        return [f"{path}:{secret.line_number}: {secret.type}" for _, secret in secrets]


def main() -> int:
    """Scan what git tracks."""
    listing = subprocess.run(["git", "ls-files", "-z"], capture_output=True, check=True).stdout.decode()
    paths = [path for path in listing.split("\0") if path and not path.startswith(ALLOWED)]
    with ProcessPoolExecutor(2) as pool:
        findings = [finding for found in pool.map(scan, paths, chunksize=20) for finding in found]
    print("\n".join(findings) or f"no secrets in {len(paths)} files")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
