"""A parameters file gives what its template asks for, and nothing else.

Pass: every parameter without default is in the file, or given by pipeline or script as `Name=value`.
Fail: a name the template does not have; a parameter without default that nobody gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fops.onboarding.verify.bundle import (
    Bundle,
    File,
    beside,
    dig,
    is_shell,
    is_template,
    is_workflow,
    mapping,
    numbered,
)
from fops.onboarding.verify.finding import Finding, Rule


def _takes(file: File) -> bool:
    return "/parameters/" in file.place and file.place.endswith(".json")


def _find(bundle: Bundle) -> Iterator[Finding]:
    templates = {file.place: file for file in bundle.files if is_template(file)}
    passed = "\n".join(file.text for file in bundle.files if is_workflow(file) or is_shell(file))
    for file in bundle.files:
        if not _takes(file) or file.error:
            continue
        template = templates.get(beside(file, "../template.yaml"))
        if template is None:
            yield Finding(file.path, "there is no template.yaml for these parameters")
            continue
        asked = mapping(dig(template.documents[0], "Parameters"))
        given = _given(file.documents[0])
        for name in sorted(given - set(asked)):
            yield Finding(file.path, f"{template.path} has no parameter {name}", _line(file, name))
        for name in asked:
            if name not in given and dig(asked[name], "Default") is None and f"{name}=" not in passed:
                yield Finding(file.path, f"nobody gives {name}, which has no default")


def _given(document: Any) -> set[str]:
    """The names in any of the shapes the tools read: a list of pairs, `Name=value` texts, or a mapping."""
    if isinstance(document, list):
        pairs = {str(item["ParameterKey"]) for _, item in numbered(document) if "ParameterKey" in item}
        return pairs | {item.partition("=")[0] for item in document if isinstance(item, str)}
    return set(mapping(dig(document, "Parameters") or document))


def _line(file: File, name: str) -> int | None:
    return next((number for number, line in file.lines() if f'"{name}' in line), None)


RULE = Rule("parameters-match", _takes, _find)
