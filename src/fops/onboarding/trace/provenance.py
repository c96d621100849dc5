"""How onboarding describes its nouns: nodes kept in the database, and files explained by their lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from fops.kernel.context import RequestContext
from fops.kernel.ids import new_id
from fops.kernel.words import shown
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


class GeneratedFiles:
    """Describes `FILE` and `FILE:LINE` by the lock that came with the file; works in any clone, without a database.

    `lock_above(path)` gives the folder that holds `.fops/` above a path, with the lock and a reader of files below
    it; None where there is none. `asked_in(ctx, plan digest)` gives the operation in which a person answered.
    """

    def __init__(
        self,
        finders: Iterable[
            Callable[[RequestContext, str], tuple[locks.Lock, str, Callable[[str], str | None]] | None]
        ],
        asked_in: Callable[[RequestContext, str], str | None] = lambda _ctx, _digest: None,
    ) -> None:
        self._finders = tuple(finders)
        self._asked_in = asked_in

    def describe(self, ctx: RequestContext, subject: str) -> Description | None:
        """The file or line, its template, and the facts with their own file and line."""
        path, line = split_line(subject)
        for finder in self._finders:
            if found := finder(ctx, path):
                lock, relative, read = found
                asked = any(fact.get("rule") == answers.RULE for fact in lock.facts.values())
                operation = self._asked_in(ctx, lock.plan_digest) if asked else None
                return describe_file(lock, relative, line, text=read(relative), operation=operation)
        return None


def split_line(subject: str) -> tuple[str, int | None]:
    """`Dockerfile:12` as path and line; the line is None where none is named."""
    head, mark, tail = subject.rpartition(":")
    return (head, int(tail)) if mark and tail.isdigit() and int(tail) > 0 else (subject, None)


def lock_on_disk(
    _ctx: RequestContext, path: str
) -> tuple[locks.Lock, str, Callable[[str], str | None]] | None:
    """The lock in the nearest `.fops/` above a file on this disk, if it lists the file."""
    place = Path(path).absolute()
    for folder in place.parents:
        file = folder / locks.PATH
        if file.is_file():
            lock = locks.parse(file.read_text(encoding="utf-8", errors="replace"))
            relative = place.relative_to(folder).as_posix()
            return (lock, relative, partial(_text, folder)) if relative in lock.files else None
    return None


def _text(folder: Path, name: str) -> str | None:
    path = folder / name
    return path.read_text(encoding="utf-8", errors="surrogateescape") if path.is_file() else None


def describe_file(
    lock: locks.Lock, path: str, line: int | None, *, text: str | None, operation: str | None = None
) -> Description:
    """A generated file, or one line of it, resting on the facts its lock names; answers rest on their operation."""
    entry = lock.files[path]
    edited = text is not None and locks.text_digest(text) != lock.digest(path)
    facts = entry.get("lines", {}).get(str(line)) if line else None
    says = str(entry.get("reason", "")) if line is None else _line_says(text, line)
    if edited:
        says += " (the file was edited since it was generated: lines may have moved)"
    below = [_fact(lock, name, operation=operation) for name in (facts or entry.get("facts", ()))]
    node = Node(id=path if line is None else f"{path}:{line}", kind="generated file" if line is None else "generated line",
                says=says, location=Location(file=path, line=line), rule=_rule(lock, path, line))  # fmt: skip
    plan = Node(
        id=lock.plan_digest,
        kind="plan",
        says="the plan it was generated from",
        location=Location(file=locks.PLAN_PATH),
    )
    return Description(node=node, rests_on=(*below, Description(node=plan)))


def _rule(lock: locks.Lock, path: str, line: int | None) -> str:
    template, number = lock.files[path].get("template", ""), lock.template_line(path, line) if line else ""
    return f"template {template}:{number}" if number else f"template {template}"


def _line_says(text: str | None, line: int) -> str:
    lines = (text or "").splitlines()
    return lines[line - 1].strip() if line <= len(lines) else "past the end of the file"


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
