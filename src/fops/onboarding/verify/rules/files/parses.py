"""Every file parses as what its name says, and no key stands twice.

Pass: `port: 8000`. Fail: `port: 8000` and further down `port: 9000` in the same mapping: one of them is lost unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from fops.onboarding.verify.bundle import Bundle, File
from fops.onboarding.verify.finding import Finding, Rule

_LINE = re.compile(r"\bline (\d+)")


def _takes(file: File) -> bool:
    return PurePosixPath(file.place).suffix in {".json", ".yaml", ".yml", ".toml"}


def _find(bundle: Bundle) -> Iterator[Finding]:
    for file in bundle.files:
        if file.error:
            lines = _LINE.findall(file.error)
            yield Finding(file.path, file.error, int(lines[-1]) if lines else None)


RULE = Rule("parses", _takes, _find)
