"""No credential in any file: only references to where it is kept.

Pass: `secretKeyRef`, `${{ secrets.TOKEN }}`, `"$POSTGRES_PASSWORD"`. Fail: a token of a known shape, a private key, an
URL with a password, or a long random value assigned to `…_TOKEN`. A throw-away password in Compose (the name of the
service, say) is none: nobody else can reach that database.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from fops.kernel.redaction import TOKENS
from fops.onboarding.verify.bundle import Bundle, File, is_compose, is_document
from fops.onboarding.verify.finding import Finding, Rule

_URL_PASSWORD = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/@:$\"']*:(?P<value>[^\s/@$<{\"']+)@", re.IGNORECASE)
_ASSIGNED = re.compile(
    r"(?i)(?:password|passwd|secret|token|api_?key|access_?key|private_?key)[\"']?\s*[=:]\s*[\"']?(?P<value>[A-Za-z0-9+/=_-]{20,})"
)
_RANDOM = 3.5  # bits per character; words of people and names of things stay below, generated keys are above


def _find(bundle: Bundle) -> Iterator[Finding]:
    for file in bundle.files:
        for match in _credentials(file):
            line = file.text.count("\n", 0, match.start()) + 1
            yield Finding(file.path, "this looks like a credential; keep only a reference to it", line)


def _credentials(file: File) -> Iterator[re.Match[str]]:
    for pattern in TOKENS:
        yield from pattern.finditer(file.text)
    if not is_compose(file) and not is_document(file):
        yield from _URL_PASSWORD.finditer(file.text)
    yield from (match for match in _ASSIGNED.finditer(file.text) if _looks_random(match["value"]))


def _looks_random(value: str) -> bool:
    mixed = any(sign.isdigit() for sign in value) and any(sign.isalpha() for sign in value)
    counts = Counter(value).values()
    entropy = -sum(count / len(value) * math.log2(count / len(value)) for count in counts)
    return mixed and entropy > _RANDOM


RULE = Rule("no-secrets", lambda _file: True, _find)
