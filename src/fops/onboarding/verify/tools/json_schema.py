"""check-jsonschema: workflows and Compose files against the published schemas it ships."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from fops.kernel.process import Result
from fops.onboarding.verify.bundle import File, is_compose, is_workflow
from fops.onboarding.verify.finding import Finding
from fops.onboarding.verify.tools.answer import read_object
from fops.onboarding.verify.tools.tool import Tool, own_path


def _words(schema: str, program: Path, files: Sequence[str]) -> Sequence[str | Path]:
    return [program, "-o", "json", "--color", "never", "--builtin-schema", schema, *files]


def _read(result: Result, files: Sequence[File]) -> Iterator[Finding]:
    texts = {file.place: file for file in files}
    answer = read_object(result, holding="errors")
    for item in answer["errors"]:
        path = own_path(item["filename"])
        place = item.get("best_deep_match") or item
        line = texts[path].line(_dotted(place["path"])) if path in texts else None
        yield Finding(path, f"{place['path']} {place['message']}", line)
    for item in answer.get("parse_errors", ()):
        yield Finding(own_path(item["filename"]), item["message"])


def _dotted(path: str) -> str:
    """`$.jobs['a-b'].steps[3]` as `jobs.a-b.steps.3`."""
    return re.sub(r"\['?([^]']*)'?\]", r".\1", path.removeprefix("$")).removeprefix(".")


def _tool(check: str, schema: str, takes: Callable[[File], bool]) -> Tool:
    return Tool(
        check=check, program="check-jsonschema", takes=takes, words=partial(_words, schema), read=_read
    )


WORKFLOW_SCHEMA = _tool("workflow-schema", "vendor.github-workflows", is_workflow)
COMPOSE_SCHEMA = _tool("compose-schema", "vendor.compose-spec", is_compose)
