"""shellcheck: shell scripts. No rc file is read; every level counts, down to style."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from fops.kernel.process import Result
from fops.onboarding.verify.bundle import File, is_shell
from fops.onboarding.verify.finding import Finding
from fops.onboarding.verify.tools.answer import read_object
from fops.onboarding.verify.tools.tool import Tool, own_path


def _words(program: Path, files: Sequence[str]) -> Sequence[str | Path]:
    return [program, "--norc", "-f", "json1", *files]


def _read(result: Result, _files: Sequence[File]) -> Iterator[Finding]:
    for item in read_object(result, holding="comments")["comments"]:
        yield Finding(own_path(item["file"]), f"SC{item['code']} {item['message']}", item["line"])


SHELLCHECK = Tool(check="shellcheck", program="shellcheck", takes=is_shell, words=_words, read=_read)
