"""`.fops/onboard.lock`: what was generated, from which template, resting on which facts — for re-runs and `fops why`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from fops.kernel.canonical import digest_bytes
from fops.kernel.errors import FopsError
from fops.kernel.formats import load_json
from fops.onboarding.model import Artifact, Assumption, OnboardingPlan
from fops.onboarding.ports import Tree

PATH = ".fops/onboard.lock"
PLAN_PATH = ".fops/plan.json"
SCHEMA = "fops.onboard-lock/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock as read: `files` by path, `facts` by `service:fact`. Empty where there is none.

    `target` and `answers` are what the run was told, in the shape of `fops.onboarding.plan.kept`; `questions` holds
    what was taken by `service:fact` where nobody had answered.
    """

    files: Mapping[str, Mapping[str, Any]]
    facts: Mapping[str, Mapping[str, Any]]
    plan_digest: str = ""
    target: str = ""
    answers: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    questions: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def has_asked(self, question: Assumption) -> bool:
        """Whether this question was open before, with the same value taken."""
        key = _question(question)
        return key in self.questions and self.questions[key] == question.value

    def template_line(self, path: str, line: int) -> str:
        """The line of the template behind a line of a generated file; empty where none is known."""
        lines = str(self.files[path].get("template_lines", "")).split(",")
        return lines[line - 1] if 0 < line <= len(lines) else ""

    def digest(self, path: str) -> str | None:
        """The digest a file had when it was generated, None when it was not."""
        entry = self.files.get(path)
        return None if entry is None else str(entry.get("digest"))


EMPTY = Lock(files={}, facts={})


def write(
    plan: OnboardingPlan,
    artifacts: Iterable[Artifact],
    *,
    plan_digest: str,
    answers: Mapping[str, Any],
    questions: Iterable[Assumption],
) -> str:
    """The text of the lock for these artifacts; `answers` and open `questions` are kept for the next run."""
    document = {
        "schema": SCHEMA,
        "fops": plan.fops_version,
        "rules": plan.rules_version,
        "plan_digest": plan_digest,
        "target": plan.target.value,
        "answers": dict(answers),
        "questions": {_question(one): one.value for one in questions},
        "facts": {
            f"{service.name}:{name}": fact.as_json() | {"app": service.path}
            for service in plan.services
            for name, fact in sorted(service.evidence.items())
        },
        "files": {
            artifact.path: _entry(artifact) for artifact in sorted(artifacts, key=lambda one: one.path)
        },
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _entry(artifact: Artifact) -> dict[str, Any]:
    return {
        "digest": text_digest(artifact.text),
        "template": artifact.template,
        "reason": artifact.reason,
        "facts": list(artifact.facts),
        # the template's line behind each line of the file, in order, empty where none is known: one string stays short
        "template_lines": ",".join(
            str(artifact.template_lines.get(number, "")) for number in range(1, artifact.text.count("\n") + 1)
        ),
        "lines": {str(line): list(names) for line, names in sorted(artifact.lines.items())},
    }


def text_digest(text: str) -> str:
    """The digest of a file's text as committed."""
    return digest_bytes(text.encode("utf-8", "surrogateescape"))


def read(tree: Tree) -> Lock:
    """The lock of a tree; EMPTY when there is none or it is not one of ours."""
    text = tree.read(PATH)
    return EMPTY if text is None else parse(text)


def parse(text: str) -> Lock:
    """The lock of a text; EMPTY for anything that is not one: a visited repository may hold junk."""
    try:
        document = load_json(text, name=PATH)
    except FopsError:
        return EMPTY
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        return EMPTY
    return Lock(
        files=_objects(document.get("files")),
        facts=_objects(document.get("facts")),
        plan_digest=str(document.get("plan_digest", "")),
        target=str(document.get("target", "")),
        answers=_object(document.get("answers")),
        questions=_object(document.get("questions")),
    )


def _question(asked: Assumption) -> str:
    return f"{asked.service}:{asked.fact}"


def _object(value: object) -> dict[str, Any]:
    return {str(name): item for name, item in value.items()} if isinstance(value, dict) else {}


def _objects(value: object) -> dict[str, dict[str, Any]]:
    return {name: item for name, item in _object(value).items() if isinstance(item, dict)}


def generated(lock: Lock) -> frozenset[str]:
    """The files of a tree that are F-Ops' work, edited since or not, with the lock itself."""
    return frozenset({*lock.files, PATH}) if lock.files else frozenset()
