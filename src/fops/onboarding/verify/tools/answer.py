"""Reading what a tool answered."""

from __future__ import annotations

from typing import Any

from fops.kernel.errors import FormatError
from fops.kernel.formats import load_json
from fops.kernel.process import Result


def read_list(result: Result) -> list[Any]:
    """Standard output as a JSON list. Raises FormatError for anything else: silence is no pass."""
    answer = load_json(result.text, name="the answer")
    if not isinstance(answer, list):
        raise FormatError("the answer is no JSON list")
    return answer


def read_object(result: Result, *, holding: str) -> dict[str, Any]:
    """Standard output as a JSON object with a list under that member. Raises FormatError for anything else."""
    answer = load_json(result.text, name="the answer")
    if not isinstance(answer, dict) or not isinstance(answer.get(holding), list):
        raise FormatError(f"the answer has no list {holding!r}")
    return answer
