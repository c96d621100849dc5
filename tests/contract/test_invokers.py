"""One suite for every `Invoker`: the one in this process, and the one behind a running server."""

from __future__ import annotations

import json

import pytest

from factories.actions import a_context
from factories.catalog import REPOSITORY, SERVICE_FILE
from factories.repositories import SITE, repository
from factories.server import a_server, a_signed_in_server
from fops.bootstrap import open_app
from fops.bootstrap.settings import Settings
from fops.client import HttpInvoker
from fops.client.invoke import at_socket
from fops.client.login import Bearing, Logins, at_url
from fops.kernel.errors import NotDeployable, NotFound, UsageError


@pytest.fixture(params=["process", "server", "signed in"])
def invoker(request, tmp_path, database_url):
    """An invoker, and the list of steps it tells."""
    heard = []
    if request.param == "process":
        flags = {"FOPS_HOME": str(tmp_path / "fops"), "DATABASE_URL": database_url}
        house = open_app(Settings(flags=flags), listener=heard.append)
        yield house.invoker, heard
        house.close(seconds=10)
        return
    if request.param == "signed in":
        with a_signed_in_server(
            {"ALLOWED_ROOTS": str(tmp_path), "DATABASE_URL": database_url, "SECRET_KEY": "k" * 40}
        ) as found:
            login = Logins(found.away.home).read()
            with at_url(login.url, Bearing(Logins(found.away.home), login)) as client:
                yield HttpInvoker(client, heard.append), heard
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


def test_a_dry_run_tells_its_steps_and_leaves_nothing(invoker, tmp_path):
    invoke, heard = invoker
    done = invoke.invoke(
        a_context(dry_run=True), "onboard.repo", {"what": str(repository(tmp_path / "site", SITE))}
    )
    assert done["status"] == "planned"
    finished = [one.step for one in heard if one.status == "succeeded"]
    assert finished[:4] == ["fetch", "detect", "plan", "generate"]
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


def test_our_own_records_are_changed_here_and_there_and_a_dry_run_changes_none(invoker):
    invoke, _ = invoker
    told = {"text": SERVICE_FILE, "repository": REPOSITORY}
    planned = invoke.invoke(a_context(dry_run=True), "service.add", told)
    assert planned["changes"][0] == "service shop-api: new, in staging, prod"
    assert invoke.invoke(a_context(), "service.list", {})["services"] == []
    added = invoke.invoke(a_context(), "service.add", told)
    assert [one["status"] for one in added["services"]] == ["added", "added"]
    shown = invoke.invoke(a_context(), "service.show", {"service": "shop-web"})
    assert (shown["team"], shown["from"]["team"]) == ("pages", {"file": "fops.yaml", "line": 19})
    (name,) = [one["name"] for one in added["services"] if one["id"] == shown["id"]]
    assert invoke.invoke(a_context(), "why", {"subject": shown["id"]})["says"].startswith(
        f"{name} of team pages"
    )


def test_a_dry_run_that_fails_does_so_alike_and_its_failed_step_is_told(invoker, tmp_path):
    invoke, heard = invoker
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotDeployable) as caught:
        invoke.invoke(a_context(dry_run=True), "onboard.repo", {"what": str(tmp_path / "empty")})
    assert type(caught.value) is NotDeployable
    assert heard[-1].status == "failed"
    with pytest.raises(UsageError):
        invoke.invoke(a_context(dry_run=True), "onboard.repo", {"wat": "x"})


def test_the_trail_is_exported_byte_for_byte(invoker):
    invoke, _ = invoker
    for number in range(101):  # more than one piece
        invoke.invoke(a_context(), "service.add", {"service": {"name": f"s{number}"}, "team": "core"})
    exported = b"".join(invoke.stream(a_context(), "audit.export", {}))
    assert exported.count(b"service.add") == 202  # signing in is in the trail too
    first = json.loads(exported.splitlines()[0])
    assert first == dict(invoke.invoke(a_context(), "audit.show", {"id": first["id"]}))
    later = b"".join(invoke.stream(a_context(), "audit.export", {"since": "2100-01-01T00:00:00Z"}))
    assert later == b""


def test_what_is_no_stream_and_what_is_one_are_told_apart(invoker):
    invoke, _ = invoker
    with pytest.raises(UsageError, match="no stream"):
        list(invoke.stream(a_context(), "audit.verify", {}))
    with pytest.raises(UsageError, match="more than one document"):
        invoke.invoke(a_context(), "audit.export", {})
    with pytest.raises(UsageError):
        list(invoke.stream(a_context(), "audit.export", {"since": "yesterday"}))
