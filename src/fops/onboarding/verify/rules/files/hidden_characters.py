"""No character that a reviewer cannot see: control characters, or marks that turn the reading direction.

Pass: any visible text, tabs and line ends. Fail: U+202E in a comment, which shows a reviewer other code than runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.verify.bundle import Bundle
from fops.onboarding.verify.finding import Finding, Rule

_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def _find(bundle: Bundle) -> Iterator[Finding]:
    for file in bundle.files:
        for number, line in file.lines():
            if hidden := _HIDDEN.search(line):
                yield Finding(file.path, f"hidden character U+{ord(hidden[0]):04X}", number)


RULE = Rule("no-hidden-characters", lambda _file: True, _find)
