"""Every action is one of the checked table, at exactly its commit, with inputs it takes.

Pass: `uses: actions/checkout@<the table's SHA> # v7.0.1`. Fail: `@v7`, another SHA, an action the table does not have, an
input it does not take, or a comment that tells of another release.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fops.kernel.errors import NotFound
from fops.onboarding.generate.pipeline.pins import find_pin, unknown_inputs
from fops.onboarding.verify.bundle import Bundle, File, dig, is_workflow, mapping, numbered
from fops.onboarding.verify.finding import Finding, Rule

_COMMENT = re.compile(r"uses:\s*(?P<action>[^\s@]+)@\S+\s+#\s*(?P<tag>\S+)")


def steps(file: File) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every step of a workflow with its path in the document."""
    for document in file.documents if is_workflow(file) else ():
        for name, job in mapping(dig(document, "jobs")).items():
            yield from ((f"jobs.{name}.steps.{index}", step) for index, step in numbered(dig(job, "steps")))


def _find(bundle: Bundle) -> Iterator[Finding]:
    for file in bundle.files:
        for path, step in steps(file):
            if "uses" in step:
                yield from (Finding(file.path, says, file.line(f"{path}.uses")) for says in _faults(step))
        for number, line in file.lines() if is_workflow(file) else ():
            yield from _comment(file, number, line)


def _faults(step: Mapping[str, Any]) -> Iterator[str]:
    action, _, commit = str(step["uses"]).partition("@")
    try:
        pin = find_pin(action)
    except NotFound:
        yield f"action {action} is not in the table of checked actions"
        return
    if commit != pin.sha:
        yield f"action {action} is at {commit or 'no commit'}, the table says {pin.sha}"
    for name in unknown_inputs(action, mapping(step.get("with"))):
        yield f"action {action} takes no input {name}"


def _comment(file: File, number: int, line: str) -> Iterator[Finding]:
    said = _COMMENT.search(line)
    if said is None:
        return
    try:
        tag = find_pin(said["action"]).tag
    except NotFound:
        return
    if said["tag"] != tag:
        yield Finding(file.path, f"the comment says {said['tag']}, the commit is {tag}", number)


RULE = Rule("actions-pinned", is_workflow, _find)
