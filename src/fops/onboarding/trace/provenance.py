"""How onboarding describes its nouns: nodes kept in the database, and files explained by their lock."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fops.kernel.context import RequestContext
from fops.kernel.errors import NotFound
from fops.kernel.ids import new_id
from fops.kernel.words import several, shown
from fops.onboarding.model import Artifact, Check, OnboardingPlan, ServicePlan, seen_from_top
from fops.onboarding.plan import answers
from fops.onboarding.trace import lock as locks
from fops.provenance.model import Description, Location, Node

Linked = tuple[Node, tuple[str, ...]]
_DECIDES_DEFAULTS = ("framework", "language")  # a documented default belongs to one of these


def nodes_of(
    plan: OnboardingPlan,
    artifacts: Sequence[Artifact],
    checks: Sequence[Check],
    *,
    digest: str,
    made: Mapping[str, Any],
) -> Iterator[Linked]:
    """The nodes of one run: facts, plan, artifacts, checks, proposal — each with the ids it rests on.

    `made` names the proposal, its operation and its audit entries. The plan's id is its digest.
    """
    facts = {
        f"{service.name}:{name}": new_id("fct") for service in plan.services for name in service.evidence
    }
    files = {artifact.path: new_id("art") for artifact in artifacts}
    judged = [new_id("chk") for _ in checks]
    for service in plan.services:
        yield from _fact_nodes(service, facts, operation=made["operation"])
    yield Node(id=digest, kind="plan", says=_plan_says(plan)), tuple(facts.values())
    for artifact in artifacts:
        reasons = (facts[name] for name in artifact.facts if name in facts)
        yield _artifact_node(files[artifact.path], artifact), (digest, *reasons)
    for check_id, check in zip(judged, checks, strict=True):
        yield _check_node(check_id, check), tuple(files[path] for path in (check.artifact,) if path in files)
    below = (made["operation"], *made["audit"], digest, *files.values(), *judged)
    yield Node(id=made["proposal"], kind="proposal", says=_proposal_says(made)), below


def _fact_nodes(service: ServicePlan, ids: Mapping[str, str], *, operation: str) -> Iterator[Linked]:
    for name, fact in service.evidence.items():
        place = Location(file=seen_from_top(service.path, fact.file), line=fact.line) if fact.file else None
        says = f"{service.name}: {fact.name} = {shown(fact.value)}"
        below = tuple(
            ids[f"{service.name}:{other}"]
            for other in _decides(fact.name, fact.file, fact.rule)
            if other in service.evidence
        )
        if fact.rule == answers.RULE:  # a person said so: the operation names who
            below = (operation,)
        yield (
            Node(id=ids[f"{service.name}:{name}"], kind="fact", says=says, location=place, rule=fact.rule),
            below,
        )


def _decides(name: str, file: str | None, rule: str) -> tuple[str, ...]:
    """The facts that a value without a file of its own rests on: a default is its framework's, or its language's."""
    if file or rule == answers.RULE or name == "language":
        return ()
    return tuple(other for other in _DECIDES_DEFAULTS if other != name)


def _artifact_node(identifier: str, artifact: Artifact) -> Node:
    place, rule = Location(file=artifact.path), f"template {artifact.template}"
    return Node(id=identifier, kind="artifact", says=artifact.reason, location=place, rule=rule)


def _check_node(identifier: str, check: Check) -> Node:
    says = f"{check.check}: {check.status}" + (f" ({check.detail})" if check.detail else "")
    return Node(
        id=identifier, kind="check", says=says, location=Location(file=check.artifact), rule=check.check
    )


def _proposal_says(made: Mapping[str, Any]) -> str:
    if "branch" in made:
        return f"branch {made['branch']} at {made['commit'][:12]}"
    return f"files written to {made.get('folder')}"


def _plan_says(plan: OnboardingPlan) -> str:
    services, environments = (
        ", ".join(names) for names in ([one.name for one in plan.services], plan.environments)
    )
    return f"{plan.target.value} for {services} in {environments}, by rules {plan.rules_version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A generated file as a finder knows it: the lock that lists it, and its path and text below that lock's folder.

    `source` names the repository where the path alone does not tell, None where it does.
    """

    lock: locks.Lock
    path: str
    text: str | None
    source: str | None = None


class GeneratedFiles:
    """Describes `FILE` and `FILE:LINE` by the lock that came with the file; works in any clone, without a database.

    Each finder gives the file of a path, None where it knows none. `asked_in(ctx, plan digest)` gives the operation
    in which a person answered.
    """

    def __init__(
        self,
        finders: Iterable[Callable[[RequestContext, str], Found | None]],
        asked_in: Callable[[RequestContext, str], str | None] = lambda _ctx, _digest: None,
    ) -> None:
        self._finders = tuple(finders)
        self._asked_in = asked_in

    def describe(self, ctx: RequestContext, subject: str) -> Description | None:
        """The file or line, its template, and the facts with their own file and line. Raises NotFound for no line of it."""
        path, line = split_line(subject)
        found = next((found for finder in self._finders if (found := finder(ctx, path))), None)
        if found is None:
            return None
        asked = any(fact.get("rule") == answers.RULE for fact in found.lock.facts.values())
        operation = self._asked_in(ctx, found.lock.plan_digest) if asked else None
        return describe_file(found, line, operation=operation)


def split_line(subject: str) -> tuple[str, int | None]:
    """`Dockerfile:12` as path and line; the line is None where none is named."""
    head, mark, tail = subject.rpartition(":")
    return (head, int(tail)) if mark and tail.isdecimal() else (subject, None)


def lock_on_disk(_ctx: RequestContext, path: str) -> Found | None:
    """The file by the lock in the nearest `.fops/` above it on this disk, if that lists it."""
    place = Path(path).absolute()
    for folder in place.parents:
        file = folder / locks.PATH
        if os.path.isfile(file):  # noqa: PTH113 - a subject may be longer than a path can be: False, no error
            lock = locks.parse(file.read_text(encoding="utf-8", errors="replace"))
            relative = place.relative_to(folder).as_posix()
            return Found(lock=lock, path=relative, text=_text(place)) if relative in lock.files else None
    return None


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8", errors="surrogateescape") if path.is_file() else None


def describe_file(found: Found, line: int | None, *, operation: str | None = None) -> Description:
    """A generated file, or one line of it, resting on the facts its lock names; answers rest on their operation.

    A line without facts of its own rests on the file as a whole. Raises NotFound for a line that the file does not have.
    """
    if line is None:
        return _whole(found, operation)
    _check_line(found, line)
    facts = found.lock.files[found.path].get("lines", {}).get(str(line), ())
    says = _lines(found)[line - 1].strip() + _reservations(found)
    if facts:
        below = (*(_fact(found.lock, name, operation=operation) for name in facts), _plan(found.lock))
    else:
        says += " (the template's line, with no fact of its own; the whole file rests on what follows)"
        below = (_whole(found, operation),)
    place = Location(file=found.path, line=line)
    node = Node(id=str(place), kind="generated line", says=says, location=place, rule=_rule(found, line))
    return Description(node=node, rests_on=below)


def _whole(found: Found, operation: str | None) -> Description:
    entry = found.lock.files[found.path]
    node = Node(
        id=found.path,
        kind="generated file",
        says=str(entry.get("reason", "")) + _reservations(found),
        location=Location(file=found.path),
        rule=_rule(found, None),
    )
    below = (_fact(found.lock, name, operation=operation) for name in entry.get("facts", ()))
    return Description(node=node, rests_on=(*below, _plan(found.lock)))


def _plan(lock: locks.Lock) -> Description:
    says, place = "the plan it was generated from", Location(file=locks.PLAN_PATH)
    return Description(node=Node(id=lock.plan_digest, kind="plan", says=says, location=place))


def _check_line(found: Found, line: int) -> None:
    length = len(_lines(found))
    if not 1 <= line <= length:
        raise NotFound(
            f"{found.path} has no line {line}",
            hint=f"it has {several(length, 'line')}; without :{line}, the whole file is explained",
        )


def _lines(found: Found) -> list[str]:
    """The file's lines; where it is gone from this disk, empty ones, as many as it had."""
    if found.text is None:
        return ["" for _ in str(found.lock.files[found.path].get("template_lines", "")).split(",")]
    return found.text.removesuffix("\n").split("\n") if found.text else []


def _reservations(found: Found) -> str:
    """What a reader has to know beside the facts."""
    says = f" (as generated for {found.source})" if found.source else ""
    if found.text is not None and locks.text_digest(found.text) != found.lock.digest(found.path):
        says += " (the file was edited since it was generated: lines may have moved)"
    return says


def _rule(found: Found, line: int | None) -> str:
    template = f"template {found.lock.files[found.path].get('template', '')}"
    number = found.lock.template_line(found.path, line) if line else ""
    return f"{template}:{number}" if number else template


def _fact(lock: locks.Lock, name: str, *, operation: str | None) -> Description:
    fact = lock.facts.get(name, {})
    service, _, bare = name.rpartition(":")
    file, rule = fact.get("file"), str(fact.get("rule", ""))
    place = (
        Location(file=seen_from_top(str(fact.get("app", ".")), file), line=fact.get("line")) if file else None
    )
    node = Node(id=name, kind="fact", says=f"{name} = {shown(fact.get('value'))}", location=place, rule=rule)
    if rule == answers.RULE:
        return Description(node=node, rests_on=(operation or _answer(bare),))
    others = (f"{service}:{other}" for other in _decides(bare, file, rule))
    return Description(
        node=node,
        rests_on=tuple(_fact(lock, other, operation=operation) for other in others if other in lock.facts),
    )


def _answer(fact: str) -> Description:
    says = "a person's answer; the audit trail where the proposal was made says whose"
    return Description(node=Node(id=f"--set {fact}", kind="answer", says=says))
