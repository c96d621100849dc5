"""zizmor: the security of GitHub Actions workflows, without asking the network.

Strict collection, since it would otherwise leave out a workflow it cannot read, and that would look like a pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fops.kernel.process import Result
from fops.onboarding.verify.bundle import File, is_workflow
from fops.onboarding.verify.finding import Finding
from fops.onboarding.verify.tools.answer import read_list
from fops.onboarding.verify.tools.tool import Tool, own_path

_SEVERITIES = frozenset(range(10, 15))  # the exit code tells the highest severity found


def _words(program: Path, files: Sequence[str]) -> Sequence[str | Path]:
    options = ("--offline", "--no-progress", "--no-config", "--strict-collection", "--format", "json-v1")
    return [program, *options, *files]


def _read(result: Result, _files: Sequence[File]) -> Iterator[Finding]:
    for item in read_list(result):
        if not item["ignored"]:
            yield _finding(item)


def _finding(item: dict[str, Any]) -> Finding:
    place = next(place for place in item["locations"] if place["symbolic"]["kind"] == "Primary")
    path = place["symbolic"]["key"]["Local"]["verbatim_path"]
    line = place["concrete"]["location"]["start_point"]["row"] + 1  # rows are counted from 0
    return Finding(own_path(path), f"{item['ident']} {item['desc']}: {place['symbolic']['annotation']}", line)


ZIZMOR = Tool(
    check="zizmor",
    program="zizmor",
    takes=is_workflow,
    words=_words,
    read=_read,
    judged=frozenset({0}) | _SEVERITIES,
)
