"""What a run was told: kept, recalled where the next says nothing, and junk in its place left out."""

from __future__ import annotations

from typing import Any

import pytest

from fops.onboarding.model import Target
from fops.onboarding.plan import Options, flags, kept, recalled

TOLD = Options(
    environments=("qa", "live"),
    auto_detect=False,
    path="apps/api",
    sets={"port": "9000", "start_command": "python -m shop"},
)


def test_what_was_told_comes_back_where_nothing_is_said() -> None:
    back = recalled(Options(), target="serverless", answers=kept(TOLD))
    assert (back.environments, back.auto_detect, back.path, back.sets) == (
        ("qa", "live"),
        False,
        "apps/api",
        {"port": "9000", "start_command": "python -m shop"},
    )
    assert back.target is Target.SERVERLESS


def test_what_is_said_now_wins() -> None:
    now = Options(
        target=Target.K8S, environments=("prod",), auto_detect=True, path="web", sets={"port": "80"}
    )
    back = recalled(now, target="serverless", answers=kept(TOLD))
    assert (back.target, back.environments, back.auto_detect, back.path) == (
        Target.K8S,
        ("prod",),
        True,
        "web",
    )
    assert back.sets == {"port": "80", "start_command": "python -m shop"}


def test_the_defaults_need_no_keeping() -> None:
    assert kept(Options()) == kept(Options(environments=("staging", "prod"), auto_detect=True)) == {}


def test_the_flags_that_nobody_typed_now_are_named() -> None:
    back = recalled(Options(sets={"port": "80"}), target="k8s", answers=kept(TOLD))
    assert list(flags(back, Options(sets={"port": "80"}))) == [
        "--env qa",
        "--env live",
        "--no-auto-detect",
        "--path apps/api",
        "--set 'start_command=python -m shop'",
    ]
    assert list(flags(Options(), Options())) == []


@pytest.mark.parametrize(
    "junk",
    [
        {"set": ["port"], "environments": "qa", "path": 3, "auto_detect": "no"},
        {"set": {"port": 9}, "environments": [], "path": None},
        {"more": 1},
    ],
)
def test_answers_of_another_shape_are_left_out(junk: dict[str, Any]) -> None:
    assert recalled(Options(), target="mainframe", answers=junk) == Options()
