"""cfn-lint: CloudFormation and SAM templates, against the schemas it ships. Warnings count as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from fops.kernel.process import Result
from fops.onboarding.verify.bundle import File, is_template
from fops.onboarding.verify.finding import Finding
from fops.onboarding.verify.tools.answer import read_list
from fops.onboarding.verify.tools.tool import Tool, own_path


def _words(program: Path, files: Sequence[str]) -> Sequence[str | Path]:
    return [program, "--format", "json", "--", *files]


def _read(result: Result, _files: Sequence[File]) -> Iterator[Finding]:
    for item in read_list(result):
        line = item["Location"]["Start"]["LineNumber"]
        yield Finding(own_path(item["Filename"]), f"{item['Rule']['Id']} {item['Message']}", line)


CFN_LINT = Tool(
    check="cfn-lint",
    program="cfn-lint",
    takes=is_template,
    words=_words,
    read=_read,
    judged=frozenset({0, 2, 4, 6, 8, 10, 12, 14}),  # a mask: 2 errors, 4 warnings, 8 informational
    timeout=120.0,  # 4 s of CPU on a quiet machine
)
