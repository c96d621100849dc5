"""One suite for every `Invoker`: the one in this process, and the one behind a running server."""

from __future__ import annotations

import pytest

from factories.actions import a_context
from factories.repositories import SITE, repository
from factories.server import a_server
from fops.bootstrap import open_app
from fops.bootstrap.settings import Settings
from fops.client import HttpInvoker
from fops.client.invoke import at_socket
from fops.kernel.errors import NotDeployable, NotFound, UsageError


@pytest.fixture(params=["process", "server"])
def invoker(request, tmp_path, database_url):
    """An invoker, and the list of steps it tells."""
    heard = []
    if request.param == "process":
        flags = {"FOPS_HOME": str(tmp_path / "fops"), "DATABASE_URL": database_url}
        house = open_app(Settings(flags=flags), listener=heard.append)
        yield house.invoker, heard
        house.close(seconds=10)
        return
    with (
        a_server({"DATABASE_URL": database_url}) as server,
        at_socket(server.fops.home / "server.sock") as client,
    ):
        yield HttpInvoker(client, heard.append), heard


def test_work_is_done_and_its_steps_are_told(invoker, tmp_path):
    invoke, heard = invoker
    done = invoke.invoke(a_context(), "onboard.repo", {"what": str(repository(tmp_path / "site", SITE))})
    assert done["status"] == "proposed"
    finished = [one.step for one in heard if one.status == "succeeded"]
    assert finished == ["fetch", "detect", "plan", "generate", "verify", "propose"]
    assert {one.operation_id for one in heard} == {done["operation"]}
    shown = invoke.invoke(a_context(), "operations.show", {"id": done["operation"]})
    assert (shown["status"], shown["result"]["commit"]) == ("succeeded", done["commit"])


def test_a_dry_run_leaves_nothing(invoker, tmp_path):
    invoke, _ = invoker
    done = invoke.invoke(
        a_context(dry_run=True), "onboard.repo", {"what": str(repository(tmp_path / "site", SITE))}
    )
    assert done["status"] == "planned"
    assert invoke.invoke(a_context(), "operations.list", {})["operations"] == []


def test_errors_are_the_same_here_and_there(invoker, tmp_path):
    invoke, _ = invoker
    (tmp_path / "empty").mkdir()
    for error, name, parameters in (
        (NotDeployable, "onboard.repo", {"what": str(tmp_path / "empty")}),
        (NotFound, "operations.show", {"id": "opn_nobody"}),
        (NotFound, "onboard.rpo", {}),
        (UsageError, "onboard.repo", {"what": str(tmp_path), "environments": ["No Name"]}),
        (UsageError, "onboard.repo", {"wat": "x"}),
    ):
        with pytest.raises(error) as caught:
            invoke.invoke(a_context(), name, parameters)
        assert type(caught.value) is error
        assert caught.value.message
