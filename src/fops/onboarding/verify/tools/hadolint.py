"""hadolint: Dockerfiles, and the shell in them. Default severities: whatever it reports is a finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from fops.kernel.process import Result
from fops.onboarding.verify.bundle import File, is_dockerfile
from fops.onboarding.verify.finding import Finding
from fops.onboarding.verify.tools.answer import read_list
from fops.onboarding.verify.tools.tool import Tool, own_path


def _words(program: Path, files: Sequence[str]) -> Sequence[str | Path]:
    return [program, "--no-color", "-f", "json", *files]


def _read(result: Result, _files: Sequence[File]) -> Iterator[Finding]:
    for item in read_list(result):
        yield Finding(own_path(item["file"]), f"{item['code']} {item['message']}", item["line"])


HADOLINT = Tool(check="hadolint", program="hadolint", takes=is_dockerfile, words=_words, read=_read)
