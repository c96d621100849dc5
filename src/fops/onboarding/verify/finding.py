"""What rules and tools say, and what a rule of ours is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING

from fops.kernel.redaction import redact_text
from fops.onboarding.model import Check

if TYPE_CHECKING:
    from fops.onboarding.verify.bundle import Bundle, File

LONGEST = 400  # characters of one finding; schema tools quote whole objects


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in one artifact; `line` is 1-based, None when it is about the whole file."""

    artifact: str
    says: str
    line: int | None = None

    def __str__(self) -> str:
        return self.says if self.line is None else f"{self.line}: {self.says}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of our own. `takes` says which artifacts it judges; those it finds nothing in, pass."""

    check: str
    takes: Callable[[File], bool]
    find: Callable[[Bundle], Iterator[Finding]]


def verdicts(check: str, judged: Iterable[str], findings: Iterable[Finding]) -> Iterator[Check]:
    """One Check per judged artifact, and per artifact something was found in; details are redacted."""
    found: dict[str, list[str]] = {path: [] for path in judged}
    for finding in findings:
        found.setdefault(finding.artifact, []).append(
            shorten(redact_text(str(finding)), LONGEST, placeholder=" …")
        )
    for path, details in found.items():
        detail = "\n".join(dict.fromkeys(details))
        yield Check(artifact=path, check=check, status="findings" if details else "pass", detail=detail)
