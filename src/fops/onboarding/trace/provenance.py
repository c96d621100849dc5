"""How onboarding describes its nouns: nodes kept in the database, and files explained by their lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from fops.kernel.context import RequestContext
from fops.kernel.ids import new_id
from fops.onboarding.model import RULES_VERSION, Artifact, Check, Fact, OnboardingPlan, ServicePlan
from fops.onboarding.trace import lock as locks
from fops.provenance.model import Description, Location, Node


def nodes_of(
    plan: OnboardingPlan,
    artifacts: Iterable[Artifact],
    checks: Iterable[Check],
    digest: str,
    made: Mapping[str, Any],
    audit_ids: Iterable[str],
) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """The nodes of one run, lowest first: facts, plan, artifacts, checks, proposal — each with what it rests on."""
    facts = {
        f"{service.name}:{name}": (new_id("fct"), service, fact)
        for service in plan.services
        for name, fact in service.evidence.items()
    }
    for fact_id, service, fact in facts.values():
        yield _fact_node(fact_id, service, fact), ()
    plan_id = digest
    yield (
        Node(id=plan_id, kind="plan", says=_plan_says(plan)),
        tuple(fact_id for fact_id, _, _ in facts.values()),
    )
    artifact_ids = {}
    for artifact in artifacts:
        artifact_ids[artifact.path] = new_id("art")
        reasons = tuple(facts[name][0] for name in artifact.facts if name in facts)
        place = Location(file=artifact.path)
        yield (
            Node(
                id=artifact_ids[artifact.path],
                kind="artifact",
                says=artifact.reason,
                location=place,
                rule=f"template {artifact.template}",
            ),
            (plan_id, *reasons),
        )
    check_ids = []
    for check in checks:
        check_ids.append(new_id("chk"))
        says = f"{check.check}: {check.status}" + (f" — {check.detail}" if check.detail else "")
        below = (artifact_ids[check.artifact],) if check.artifact in artifact_ids else ()
        yield (
            Node(
                id=check_ids[-1],
                kind="check",
                says=says,
                location=Location(file=check.artifact),
                rule=check.check,
            ),
            below,
        )
    says = (
        f"branch {made['branch']} at {made['commit'][:12]}"
        if "branch" in made
        else f"files written to {made.get('folder')}"
    )
    yield (
        Node(id=made["proposal"], kind="proposal", says=says),
        (made["operation"], *audit_ids, plan_id, *artifact_ids.values(), *check_ids),
    )


def _fact_node(fact_id: str, service: ServicePlan, fact: Fact) -> Node:
    place = Location(file=f"{service.prefix}{fact.file}", line=fact.line) if fact.file else None
    return Node(
        id=fact_id,
        kind="fact",
        says=f"{service.name}: {fact.name} = {fact.value}",
        location=place,
        rule=fact.rule,
    )


def _plan_says(plan: OnboardingPlan) -> str:
    return f"{plan.target.value} for {', '.join(service.name for service in plan.services)} in {', '.join(plan.environments)}, by rules {RULES_VERSION}"


class GeneratedFiles:
    """Describes `FILE` and `FILE:LINE` by the lock that came with the file; works in any clone, without a database.

    `lock_above(path)` gives the folder that holds `.fops/` above a path, with the lock and a reader of files below
    it; None where there is none.
    """

    def __init__(
        self,
        finders: Iterable[
            Callable[[RequestContext, str], tuple[locks.Lock, str, Callable[[str], str | None]] | None]
        ],
    ) -> None:
        self._finders = tuple(finders)

    def describe(self, ctx: RequestContext, subject: str) -> Description | None:
        """The file or line, its template, and the facts with their own file and line."""
        path, line = split_line(subject)
        for finder in self._finders:
            if found := finder(ctx, path):
                lock, relative, read = found
                return describe_file(lock, relative, line, text=read(relative))
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


def describe_file(lock: locks.Lock, path: str, line: int | None, *, text: str | None) -> Description:
    """A generated file, or one line of it, resting on the facts its lock names."""
    entry = lock.files[path]
    edited = text is not None and locks.text_digest(text) != lock.digest(path)
    facts = entry.get("lines", {}).get(str(line)) if line else None
    says = str(entry.get("reason", "")) if line is None else _line_says(text, line)
    if edited:
        says += " (the file was edited since it was generated: lines may have moved)"
    below = [_fact(lock, name) for name in (facts or entry.get("facts", ()))]
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


def _fact(lock: locks.Lock, name: str) -> Description:
    fact = lock.facts.get(name, {})
    file, prefix = fact.get("file"), str(fact.get("app", "."))
    place = (
        Location(file=file if prefix == "." else f"{prefix}/{file}", line=fact.get("line")) if file else None
    )
    return Description(
        node=Node(
            id=name, kind="fact", says=f"{name} = {fact.get('value')}", location=place, rule=fact.get("rule")
        )
    )
