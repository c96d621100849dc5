"""A repository that somebody asks the server for is cloned from where its address was checked to lead, or not at all."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from factories.git_server import git_server
from factories.peers import answer, peer
from factories.repositories import API, bare, repository
from fops.bootstrap.guards import may_fetch
from fops.bootstrap.server import ServerSettings
from fops.kernel.context import RequestContext
from fops.kernel.errors import FopsError, LimitExceeded, NotAllowed, Unreachable, UnsafeInput
from fops.kernel.reach import Reach
from fops.onboarding.fetch import fetch
from fops.onboarding.fetch.address import locate
from fops.onboarding.fetch.outside import way_to

CALLER = RequestContext(actor="user:ada", door="api", request_id="req-for-tests")
OPEN = ServerSettings(auth_mode="on")


@pytest.fixture
def server(tmp_path: Path):
    root = tmp_path / "served"
    (root / "acme").mkdir(parents=True)
    bare(root / "acme" / "shop.git", repository(tmp_path / "shop", API))
    with git_server(root) as address:
        yield address


def test_a_loopback_server_is_not_asked_for_others(server):
    for host in ("127.0.0.1", "localhost", "127.1", "2130706433", "[::ffff:127.0.0.1]"):
        with (
            pytest.raises(UnsafeInput),
            fetch(f"{server.replace('127.0.0.1', host)}/acme/shop.git", reach=Reach.PUBLIC),
        ):
            pass


def test_a_host_that_the_operator_allowed_is_cloned_from(server):
    with fetch(f"{server}/acme/shop.git", reach=Reach.PUBLIC.allowing("127.0.0.0/8")) as fetched:
        assert fetched.tree.files == tuple(sorted(API))
    with fetch(
        f"{server.replace('127.0.0.1', 'localhost')}/acme/shop", reach=Reach.PUBLIC.allowing("localhost")
    ) as fetched:
        assert fetched.source.name == "shop"


def test_git_connects_to_the_checked_address_whatever_the_name_means_later(server):
    port = server.rpartition(":")[2]
    url, way = way_to(f"http://rebinds.example:{port}/acme/shop.git", Reach.PUBLIC.allowing("rebinds.example"),
                      resolve=lambda *_: ["127.0.0.1"])  # fmt: skip
    assert f"http.curloptResolve=rebinds.example:{port}:127.0.0.1" in way.config
    config = [word for value in way.config for word in ("-c", value)]
    listed = subprocess.run(["git", *config, "ls-remote", url], capture_output=True, text=True, check=True)
    assert "refs/heads/main" in listed.stdout


def test_a_redirect_of_a_git_server_is_judged(server):
    moved = answer(status="301 Moved", Location=f"{server}/acme/shop.git/info/refs?service=git-upload-pack")
    inward = answer(status="302 Found", Location="http://169.254.169.254/latest/meta-data/")
    round_and_round = answer(status="302 Found", Location="/")
    for given, raised in ((inward, UnsafeInput), (round_and_round, LimitExceeded)):
        with peer(given) as outside, pytest.raises(raised):
            _cloned(outside.url("127.0.0.1", "/acme/shop.git"))
    with peer(moved) as outside, fetch(outside.url(path="/old/name.git"), reach=_reach()) as fetched:
        assert fetched.tree.files == tuple(sorted(API))


def test_git_itself_follows_no_redirect():
    refs = answer(
        b"001e# service=git-upload-pack\n", Content_Type="application/x-git-upload-pack-advertisement"
    )
    with peer(answer(b"secret")) as inside:
        later = answer(status="302 Found", Location=inside.url())
        with peer(refs, later) as turncoat, pytest.raises(FopsError):
            _cloned(turncoat.url(path="/acme/shop.git"))
        assert inside.asked == []


def test_ssh_connects_to_the_checked_address_and_knows_the_server_by_its_name():
    for url in ("git@forge.example:acme/shop.git", "ssh://git@forge.example/acme/shop.git"):
        same, way = way_to(url, Reach.PUBLIC, resolve=lambda *_: ["93.184.216.34"])
        assert same == url
        assert "HostName=93.184.216.34" in way.variables["GIT_SSH_COMMAND"]
        assert "HostKeyAlias=forge.example" in way.variables["GIT_SSH_COMMAND"]
        with pytest.raises(UnsafeInput):
            way_to(url, Reach.PUBLIC, resolve=lambda *_: ["10.0.0.4"])
    with pytest.raises(UnsafeInput):
        way_to("ssh://git@$(touch${IFS}x)/acme/shop.git", Reach.PUBLIC, resolve=lambda *_: ["93.184.216.34"])


def test_an_address_that_the_operators_git_rewrites_goes_where_that_says(server, tmp_path, monkeypatch):
    config = tmp_path / "gitconfig"
    config.write_text(f'[url "{server}/"]\n\tinsteadOf = https://forge.example/\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    with fetch("https://forge.example/acme/shop.git", reach=Reach.PUBLIC) as fetched:
        assert fetched.tree.files == tuple(sorted(API))


def test_a_path_in_the_clothes_of_an_address_is_a_path(tmp_path):
    folder = repository(tmp_path / "inside", API)
    for spelled in (
        folder,
        folder.as_uri(),
        f"file://localhost{folder}",
        folder.as_uri().replace("inside", "%69nside"),
    ):
        with pytest.raises(NotAllowed, match="path on the server"):
            may_fetch(OPEN, CALLER, locate(str(spelled)))
    roots = ServerSettings(auth_mode="on", allowed_roots=(tmp_path,))
    assert not may_fetch(roots, CALLER, locate(folder.as_uri())).everything
    with pytest.raises(NotAllowed):
        may_fetch(
            ServerSettings(auth_mode="on", allowed_roots=(tmp_path / "else",)),
            CALLER,
            locate(folder.as_uri()),
        )


def test_who_uses_this_machine_reaches_what_it_reaches():
    from dataclasses import replace

    assert may_fetch(ServerSettings(auth_mode="off"), CALLER, "http://10.0.0.1/x").everything
    assert may_fetch(OPEN, replace(CALLER, door="cli"), "http://10.0.0.1/x").everything
    assert not may_fetch(OPEN, CALLER, "http://10.0.0.1/x").everything


def test_a_host_without_an_address_is_unreachable():
    def unknown(*_):
        raise OSError("Name or service not known")

    with pytest.raises(Unreachable, match="has no address"):
        way_to("https://nowhere.example/acme/shop.git", Reach.PUBLIC, resolve=unknown)


def _reach():
    return Reach.PUBLIC.allowing("127.0.0.1")


def _cloned(url):
    with fetch(url, reach=_reach()):
        raise AssertionError
