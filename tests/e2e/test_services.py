"""`fops service` as a person uses it, from a repository that was onboarded to the reason of each fact."""

from __future__ import annotations

import json
import subprocess

from factories.catalog import SERVICE_FILE
from factories.commands import Fops, error_of
from factories.repositories import SITE, repository


def test_an_onboarded_service_is_explained_down_to_the_repository_s_own_lines(tmp_path):
    fops, site = Fops(tmp_path), repository(tmp_path / "site", SITE)
    branch = json.loads(fops("onboard", "repo", site, "--json").stdout)["branch"]
    subprocess.run(["git", "-C", str(site), "checkout", "-q", branch], check=True)
    added = fops("service", "add", site, "--team", "core", "--json")
    assert added.returncode == 0, added.stderr
    (service,) = json.loads(added.stdout)["services"]
    explained = json.loads(fops("why", service["id"], "--json").stdout)
    language = next(one for one in explained["rests_on"] if one["says"].startswith("language = "))
    assert language["location"]["file"] == "fops.yaml"
    (line,) = language["rests_on"]
    assert line["kind"] == "generated line"
    assert [one["rule"] for one in line["rests_on"] if one["kind"] == "fact"]


def test_a_folder_and_a_file_name_the_same_service(tmp_path):
    fops = Fops(tmp_path)
    shop = repository(tmp_path / "shop", {"deploy/fops.yaml": SERVICE_FILE, "fops.yaml": SERVICE_FILE})
    first = fops("service", "add", ".", cwd=shop)
    assert first.stdout.splitlines()[0].startswith("service shop-api: added (svc_")
    assert "file: fops.yaml → deploy/fops.yaml" in fops("service", "add", "deploy/fops.yaml", cwd=shop).stdout
    listed = fops("service", "list").stdout.splitlines()
    assert [line.split("\t")[:4] for line in listed] == [
        ["shop-api", "core", "python", "staging → prod"],
        ["shop-web", "pages", "node", "staging → prod"],
    ]
    assert "port         8000  [deploy/fops.yaml:8]" in fops("service", "show", "shop-api").stdout


def test_a_dry_run_adds_nothing(tmp_path):
    fops = Fops(tmp_path)
    planned = fops("--dry-run", "service", "add", "--name", "pay", "--env", "live")
    assert planned.stdout == "service pay: new, in live\n"
    assert json.loads(fops("service", "list", "--json").stdout) == {"services": []}
    assert fops("audit", "list").stdout == ""


def test_what_cannot_be_added_says_what_to_do(tmp_path):
    fops = Fops(tmp_path)
    assert "fops onboard repo" in error_of(fops("service", "add", tmp_path), 1)
    assert "fops service add ." in error_of(fops("service", "add"), 2)
    assert "--env goes with --name" in error_of(fops("service", "add", ".", "--env", "live"), 2)
    (tmp_path / "fops.yaml").write_bytes(b"\xff\xfe\x00")
    assert "no UTF-8 text" in error_of(fops("service", "add", "fops.yaml"), 1)
    assert "fops service list" in error_of(fops("service", "show", "nobody"), 1)
