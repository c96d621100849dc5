"""What a command prints is the same, whether it works in its own process or through the server of its data directory."""

from __future__ import annotations

import json

import pytest

from factories.catalog import SERVICE_FILE
from factories.repositories import SITE, repository
from factories.server import a_server


@pytest.fixture(scope="module")
def server():
    with a_server() as running:
        yield running


@pytest.fixture(scope="module")
def site(server):
    made = repository(server.fops.root / "site", SITE)
    assert server.fops("onboard", "repo", made).returncode == 0
    (server.fops.root / "fops.yaml").write_text(SERVICE_FILE)
    assert server.fops("service", "add", "fops.yaml").returncode == 0
    return made


def alone(server):
    """The same command line where it finds no server: its socket is out of sight."""
    return {"FOPS_HOME": str(_copy_without_socket(server))}


def _copy_without_socket(server):
    folder = server.fops.root / "alone"
    folder.mkdir(exist_ok=True)
    for one in server.fops.home.iterdir():
        if one.name != "server.sock" and not (folder / one.name).exists():
            (folder / one.name).symlink_to(one)
    return folder


def _id(server, prefix):
    shown = (
        server.fops("service", "list", "--json")
        if prefix == "svc"
        else server.fops("audit", "list", "--json")
    )
    return json.loads(shown.stdout.splitlines()[-1] if prefix == "aud" else shown.stdout)


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "list"),
        ("audit", "list", "--json", "--since", "1d"),
        ("audit", "verify"),
        ("audit", "export"),
        ("audit", "show", "aud_unknown"),
        ("service", "list"),
        ("service", "show", "shop-api"),
        ("service", "show", "nobody"),
        ("why", "svc_unknown"),
        ("why", "Dockerfile:1"),
    ],
)
def test_the_output_is_the_same(server, site, words):
    through, here = (server.fops(*words, cwd=site, env=env) for env in (None, alone(server)))
    assert (through.returncode, through.stdout) == (here.returncode, here.stdout)
    assert through.stderr.replace(str(server.fops.home), "HOME") == here.stderr.replace(
        str(server.fops.root / "alone"), "HOME"
    )


def test_why_of_an_entry_is_the_same(server, site):
    entry = _id(server, "aud")
    service = _id(server, "svc")["services"][0]
    for known in (entry["id"], entry["operation_id"] or service["id"], service["id"]):
        through, here = (server.fops("why", known, cwd=site, env=env) for env in (None, alone(server)))
        assert through.returncode == 0, through.stderr
        assert through.stdout == here.stdout


def test_a_dry_run_shows_its_progress_through_the_server(server, site):
    done = server.fops("--dry-run", "onboard", "repo", site)
    assert done.returncode == 0, done.stderr
    assert "✓ fetch" in done.stderr
    assert "✓ generate" in done.stderr
