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

    `answers` are by fact, or by `SERVICE.fact`; `provider` None lets the settings decide by the address. With `ask`, a run whose plan leaves questions open that no earlier run
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
    provider: str | None = None


MayFetch = Callable[[RequestContext, Path | str], Reach]
ProviderOf = Callable[[Path | str], str]


def workflows(
    onboarding: Onboarding, clock: Clock, may_fetch: MayFetch, provider_of: ProviderOf
) -> tuple[Workflow, ...]:
    """The workflows over this feature.

    `may_fetch` says how far a caller's place may lead, or raises NotAllowed; `provider_of` a place is who makes its
    change requests where the caller does not say.
    """

    def request(ctx: RequestContext, asked: OnboardRepo) -> Request:
        said = _request(asked, clock.now().date())
        place = place_of(said)
        return replace(said, reach=may_fetch(ctx, place), provider=asked.provider or provider_of(place))

    def propose(operation: Operation, asked: OnboardRepo) -> Json:
        return onboarding.onboard(operation, request(operation.ctx, asked)).as_json()

    def compare(operation: Operation, asked: OnboardRepo) -> Json:
        compared = replace(request(operation.ctx, asked), check=True, ask=False)
        return onboarding.onboard(operation, compared).as_json()

    def subject(ctx: RequestContext, asked: OnboardRepo) -> str:
        meant = request(ctx, asked)
        onboarding.proposing(meant.provider)
        return str(place_of(meant))

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
