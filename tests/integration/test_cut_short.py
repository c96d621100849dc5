"""An onboarding killed at every point of its proposal, and carried out again: one branch, one proposal, a trail without gaps."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from factories.actions import a_context
from factories.commands import Fops
from factories.cut import POINTS
from factories.repositories import SITE, branches, folder, git, repository
from fops.bootstrap import App, open_app
from fops.bootstrap.settings import Settings
from fops.events.store import since
from fops.onboarding.store import newest

CUTS = [point for point in POINTS if point != "none"]


@pytest.fixture
def house(tmp_path: Path):
    made = open_app(Settings(flags={"FOPS_HOME": str(tmp_path / "fops")}))
    yield made
    made.close(seconds=1)


def _carry_out(house: App, point: str) -> int:
    env = os.environ | {"FOPS_HOME": str(house.home), "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([Fops(house.home.parent / "bare").words()[0], "-m", "factories.cut", point], env=env, capture_output=True, text=True, check=False, timeout=120)  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


@pytest.mark.parametrize(
    ("kind", "point"),
    [("its own repository", point) for point in CUTS]
    + [("a clone", point) for point in CUTS if point.startswith("the branch") or "succeeded" in point],
)
def test_what_is_cut_is_done_once(house, tmp_path, kind, point):
    site = repository(tmp_path / "site", SITE)
    what = str(site) if kind == "its own repository" else f"file://{site}"
    started = house.background.start(a_context(), "onboard.repo", {"what": what})
    assert _carry_out(house, point) == -9
    assert _carry_out(house, "none") == 0
    _whole(house, started, site if kind == "its own repository" else None)


def test_a_plain_folder_is_no_different(house, tmp_path):
    site = folder(tmp_path / "site", SITE)
    started = house.background.start(a_context(), "onboard.repo", {"what": str(site)})
    for point in ("the branch is there", "the folder is in its place", "the proposal is kept"):
        assert _carry_out(house, point) == -9
    assert _carry_out(house, "none") == 0
    _whole(house, started, None)


def test_a_second_proposal_on_the_first_is_put_back_to_it(house, tmp_path):
    site = repository(tmp_path / "site", SITE)
    first = house.background.start(a_context(), "onboard.repo", {"what": str(site)})
    assert _carry_out(house, "none") == 0
    again = {"what": str(site), "environments": ["prod"]}
    second = house.background.start(a_context(), "onboard.repo", again)
    assert _carry_out(house, "the branch is there") == -9
    assert _carry_out(house, "none") == 0
    shown = [house.invoker.invoke(a_context(), "operations.show", {"id": one}) for one in (first, second)]
    made, replaced = (one["result"] for one in shown)
    assert (made["status"], replaced["status"]) == ("proposed", "proposed")
    assert git("rev-list", f"HEAD..{replaced['branch']}", cwd=site).split() == [
        replaced["commit"],
        made["commit"],
    ]


def _whole(house: App, operation: str, site: Path | None) -> None:
    shown = house.invoker.invoke(a_context(), "operations.show", {"id": operation})
    assert shown["status"] == "succeeded", shown
    made = shown["result"]
    assert made["status"] == "proposed"
    place = site or Path(made["repository"])
    assert git("rev-parse", made["branch"], cwd=place).strip() == made["commit"]
    assert [one for one in branches(place) if one.startswith("fops/")] == [made["branch"]]
    assert [path.name for path in (house.home / "proposals").iterdir()] == [made["proposal"]]
    with house.database.read() as connection:
        assert [one.commit for one in newest(connection, a_context())] == [made["commit"]]
        assert [event.kind for _, event in since(connection, a_context(), 0)] == ["onboarding.proposed"]
    assert house.audit.verify().ok
    entries = list(house.audit.query(action="change_request.create"))
    assert Counter(one.outcome for one in entries)["succeeded"] == 1
    begun = {one.id for one in entries if one.outcome == "started"}
    assert begun == {one.details["started"] for one in entries if one.outcome != "started"}
