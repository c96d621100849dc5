"""What onboarding offers to every door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from pydantic import Field

from fops.actions.model import Parameters
from fops.actions.operations import Json, Operation, Workflow
from fops.kernel.clock import Clock
from fops.kernel.context import RequestContext
from fops.kernel.reach import Reach
from fops.onboarding.model import Target
from fops.onboarding.onboard import Onboarding, Request, place_of
from fops.onboarding.plan import Options


class OnboardRepo(Parameters):
    """`onboard.repo` and `onboard.check`; what is None is taken from an earlier run, else from detection or custom.

    `answers` are by fact, or by `SERVICE.fact`. With `ask`, a run whose plan leaves questions open that no earlier run
    left open ends with status `questions` before anything is generated: ask again with answers.
    """

    what: str
    target: Target | None = Field(default=None, strict=False)
    environments: tuple[str, ...] | None = Field(default=None, strict=False)
    auto_detect: bool | None = None
    ref: str | None = None
    path: str | None = None
    answers: Mapping[str, str] = Field(default_factory=dict, strict=False)
    output: str | None = None
    forget: bool = False
    ask: bool = False


MayFetch = Callable[[RequestContext, Path | str], Reach]


def workflows(onboarding: Onboarding, clock: Clock, may_fetch: MayFetch) -> tuple[Workflow, ...]:
    """The workflows over this feature; `may_fetch` says how far a caller's place may lead, or raises NotAllowed."""

    def within_reach(ctx: RequestContext, asked: OnboardRepo) -> Request:
        request = _request(asked, clock.now().date())
        return replace(request, reach=may_fetch(ctx, place_of(request)))

    def propose(operation: Operation, asked: OnboardRepo) -> Json:
        return onboarding.onboard(operation, within_reach(operation.ctx, asked)).as_json()

    def compare(operation: Operation, asked: OnboardRepo) -> Json:
        request = replace(within_reach(operation.ctx, asked), check=True, ask=False)
        return onboarding.onboard(operation, request).as_json()

    def subject(ctx: RequestContext, asked: OnboardRepo) -> str:
        place = place_of(_request(asked, clock.now().date()))
        may_fetch(ctx, place)
        return str(place)

    return (
        Workflow(name="onboard.repo", summary="from a repository to a verified change request", permission="onboard.propose",
                 parameters=OnboardRepo, subject=subject, run=propose),
        Workflow(name="onboard.check", summary="what an onboarding would change", permission="onboard.read",
                 parameters=OnboardRepo, subject=subject, run=compare),
    )  # fmt: skip


def _request(asked: OnboardRepo, today: date) -> Request:
    options = Options(target=asked.target, environments=asked.environments, auto_detect=asked.auto_detect,
                      path=asked.path, sets=asked.answers, today=today)  # fmt: skip
    return Request(what=asked.what, options=options, ref=asked.ref, output=Path(asked.output) if asked.output else None,
                   forget=asked.forget, ask=asked.ask)  # fmt: skip
