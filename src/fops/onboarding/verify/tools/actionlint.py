"""actionlint: GitHub Actions workflows, with shellcheck for their `run` steps where that is installed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from fops.kernel.process import Result
from fops.onboarding.verify.bundle import File, is_workflow
from fops.onboarding.verify.finding import Finding
from fops.onboarding.verify.tools.answer import read_list
from fops.onboarding.verify.tools.tool import Tool, own_path


def _words(program: Path, files: Sequence[str]) -> Sequence[str | Path]:
    return [program, "-no-color", "-pyflakes=", "-format", "{{json .}}", *files]


def _read(result: Result, _files: Sequence[File]) -> Iterator[Finding]:
    for item in read_list(result):
        yield Finding(own_path(item["filepath"]), f"{item['kind']} {item['message']}", item["line"])


ACTIONLINT = Tool(check="actionlint", program="actionlint", takes=is_workflow, words=_words, read=_read)
