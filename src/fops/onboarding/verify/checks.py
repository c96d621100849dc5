"""The verification step: our own rules and the tools of the `verify` extra over one plan's artifacts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from fops.onboarding.model import Artifact, Check, OnboardingPlan
from fops.onboarding.verify.bundle import Bundle
from fops.onboarding.verify.finding import Rule, verdicts
from fops.onboarding.verify.rules import RULES
from fops.onboarding.verify.tools import TOOLS
from fops.onboarding.verify.tools.tool import run_all, skip_all


def verify(
    plan: OnboardingPlan, artifacts: Iterable[Artifact], *, tools: bool = True, folder: Path | None = None
) -> tuple[Check, ...]:
    """One Check per artifact and rule or tool that judges it: by path, then in the order of the registries.

    Tools read copies in a private folder below `folder` (the system's temporary folder when None), which is removed
    again; with `tools=False` their rows say `skipped`. Nothing of an artifact is executed.
    Raises UnsafeInput for an artifact whose path would leave that folder.
    """
    bundle = Bundle.of(plan, artifacts)
    checks = [check for rule in RULES for check in _apply(rule, bundle)]
    checks += run_all(TOOLS, bundle, folder=folder) if tools else skip_all(TOOLS, bundle)
    return tuple(sorted(checks, key=lambda check: check.artifact))


def _apply(rule: Rule, bundle: Bundle) -> Iterator[Check]:
    judged = (file.path for file in bundle.files if rule.takes(file))
    return verdicts(rule.check, judged, rule.find(bundle))
