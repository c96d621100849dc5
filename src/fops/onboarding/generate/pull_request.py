"""The text of the pull request: summary, evidence, checks, what to confirm, what to do by hand, how to undo."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fops.onboarding.generate.handover.runbook import settings_of
from fops.onboarding.generate.render import render
from fops.onboarding.model import (
    Artifact,
    Check,
    Conflict,
    Fact,
    OnboardingPlan,
    ServicePlan,
    Target,
    seen_from_top,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the text tells of, besides the plan."""

    artifacts: tuple[Artifact, ...]
    checks: tuple[Check, ...]
    conflicts: tuple[Conflict, ...]
    notes: tuple[str, ...]
    edited: tuple[str, ...]
    branch: str
    plan_digest: str


def title(plan: OnboardingPlan) -> str:
    """One line, at most 72 characters where the name allows."""
    return f"Deploy {plan.name} to {_PLACES[plan.target]} with F-Ops"


_PLACES = {Target.K8S: "Kubernetes", Target.SERVERLESS: "AWS Lambda", Target.STATIC: "static hosting"}


def pull_request(plan: OnboardingPlan, story: Story) -> str:
    """The Markdown text; every string of the repository in it is shown, never obeyed."""
    artifact = render(
        "proposal/pull_request.md.j2",
        path="PULL_REQUEST.md",
        reason="The text a reviewer reads.",
        title=title(plan),
        summary=_summary(plan),
        plan=plan,
        source=plan.source,
        artifacts=story.artifacts,
        evidence=_evidence(plan),
        conflicts=[_conflict(conflict) for conflict in story.conflicts],
        assumptions=[one.as_json() | {"shown": _shown(one.value)} for one in plan.assumptions],
        by_hand=by_hand(plan),
        checks=_by_check(story.checks),
        counts=counted(story.checks),
        notes=story.notes,
        edited=story.edited,
        branch=story.branch,
        plan_digest=story.plan_digest,
    )
    return artifact.text


def by_hand(plan: OnboardingPlan) -> list[str]:
    """What nobody but the owner can do: secrets, settings of the forge, domain names."""
    lines = [f"{setting.kind} {setting.name}: {setting.meaning}" for setting in settings_of(plan)]
    for service in plan.services:
        lines += [
            f"secret value {variable.name} of {service.name}, in every environment"
            for variable in service.secrets
        ]
        if service.release_command and not service.releases_on(plan.target):
            lines.append(
                f"release command of {service.name}, before each deployment: {service.release_command}"
            )
    if plan.target is Target.K8S and any(service.port for service in plan.services):
        lines.append("host names of the ingresses, which are placeholders below example.com")
    lines.append(f"protection rules of the environment {plan.production}, so that a person approves")
    return lines


def counted(checks: Iterable[Check]) -> str:
    """`84 pass, 2 findings, 3 could-not-run`, worst last."""
    counts = Counter(check.status for check in checks)
    return ", ".join(
        f"{counts[status]} {status}"
        for status in ("pass", "waived", "skipped", "could-not-run", "findings")
        if counts[status]
    )


def _summary(plan: OnboardingPlan) -> str:
    parts = [
        f"{service.name} ({_made_of(service.language, service.framework)}{f', port {service.port}' if service.port else ''})"
        for service in plan.services
    ]
    return f"This makes {', '.join(parts)} deployable to {_PLACES[plan.target]}."


def _made_of(language: str, framework: str | None) -> str:
    return f"{language}, {framework}" if framework else language


def _evidence(plan: OnboardingPlan) -> list[dict[str, Any]]:
    return [
        {
            "service": service.name,
            "name": name,
            "value": _shown(fact.value),
            "file": fact.file,
            "place": _place(service, fact),
            "rule": fact.rule,
            "percent": round(fact.confidence * 100),
        }
        for service in plan.services
        for name, fact in service.evidence.items()
    ]


def _place(service: ServicePlan, fact: Fact) -> str:
    path = seen_from_top(service.path, fact.file or "")
    return f"{path}:{fact.line}" if fact.line else path


def _conflict(conflict: Conflict) -> dict[str, str]:
    taken, other = conflict.taken, conflict.other
    return {
        "app": conflict.app,
        "fact": conflict.fact,
        "taken": f"{_shown(taken.value)} ({taken.file}:{taken.line})",
        "other": f"{other.file}:{other.line} = {_shown(other.value)}",
        "answer": f"--set {conflict.fact}=…",
    }


def _by_check(checks: Iterable[Check]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for check in checks:
        row = rows.setdefault(check.check, {"check": check.check, "passed": 0, "others": []})
        if check.status == "pass":
            row["passed"] += 1
        else:
            row["others"].append(check)
    return sorted(rows.values(), key=lambda row: (not row["others"], row["check"]))


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}…"


def commit_message(made: OnboardingPlan, digest: str) -> str:
    """The message of the commit that a proposal is."""
    names = ", ".join(service.name for service in made.services)
    return f"{title(made)}\n\nGenerated by F-Ops {made.fops_version} for {names}, from the plan\n{digest}.\n`fops why FILE:LINE` explains every line.\n"
