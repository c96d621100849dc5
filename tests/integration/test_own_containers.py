"""F-Ops' own image and composed services: checked by its own verification, and by what they promise."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from factories.own_containers import COMPOSE, DOCKERFILE, ROOT, SERVICES, command, instruction
from factories.plans import a_plan
from fops.kernel.formats import load_yaml
from fops.onboarding.model import Artifact
from fops.onboarding.plan.releases import image_tag
from fops.onboarding.verify import verify
from fops.onboarding.verify.dockerfile import base_images

OURS = {name: service for name, service in SERVICES.items() if "build" in service}
FILES = [
    "Dockerfile",
    ".dockerignore",
    "docker-compose.yml",
    ".github/workflows/pipeline.yml",
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "ops").rglob("*")) if path.is_file()),
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "scripts").rglob("*.sh"))),
]
KEYS = ROOT / "ops" / "compose" / "make_keys.py"


@pytest.mark.verify
def test_our_own_container_files_pass_our_own_checks():
    own = [Artifact(path=path, text=(ROOT / path).read_text(), reason="", template="") for path in FILES]
    checks = verify(a_plan(existing=frozenset(FILES)), own)
    assert [check for check in checks if check.status == "findings"] == []
    passed = {(check.artifact, check.check) for check in checks if check.status == "pass"}
    assert {
        ("Dockerfile", "hadolint"),
        ("docker-compose.yml", "compose-schema"),
        (".github/workflows/pipeline.yml", "zizmor"),
        (".github/workflows/pipeline.yml", "actionlint"),
    } <= passed


def test_the_images_are_those_of_our_own_release_table():
    assert {image for image, _ in base_images(DOCKERFILE)} == {f"python:{image_tag('python', '3.13')}-slim"}
    assert SERVICES["postgres"]["image"] == f"postgres:{image_tag('postgresql', '17')}-alpine"


def test_the_vector_server_is_the_one_that_the_client_library_is_tested_with():
    assert SERVICES["chroma"]["image"] == "chromadb/chroma:1.5.9"


def test_the_image_is_made_of_locked_wheels_and_of_nothing_else_in_the_folder():
    for installed in re.findall(r"pip(?: --python \S+)? install (.*)", DOCKERFILE.replace("\\\n", " ")):
        assert "--no-deps" in installed
        assert "--no-index" in installed or "--require-hashes" in installed
    copied = re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", DOCKERFILE)
    named = {path for line in copied for path in line.split()}
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[1] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_program_runs_without_root_and_its_door_wants_sign_in():
    assert instruction("USER") == "10001:10001"
    assert "FOPS_AUTH_MODE=on" in instruction("ENV")
    assert command() == SERVICES["api"]["command"]
    assert SERVICES["api"]["environment"]["FOPS_AUTH_MODE"] == "on"


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_contained(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert not service.get("privileged")
    assert "healthcheck" in service or name in OURS
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_only_the_programs_meet_the_stores():
    near = {name for name, service in SERVICES.items() if "data" in service.get("networks", ())}
    assert COMPOSE["networks"]["data"] == {"internal": True}
    assert near == {"api", "worker", "postgres", "chroma"}


def test_a_copied_example_of_the_settings_is_enough():
    """No secret stands in a file, and no variable must be set: what is secret is made by `keys`."""
    text = (ROOT / "docker-compose.yml").read_text()
    assert [found for found in re.findall(r"\$\{(\w+)([^}]*)}", text) if not found[1].startswith(":-")] == []
    assert re.findall(r"(?im)^\s*\w*(?:password|secret_key|token)\w*:\s*(?!/)\S", text) == []
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


def test_what_is_mounted_from_the_repository_is_in_it():
    mounted = [
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if volume.startswith("./")
    ]
    assert mounted
    assert [path for path in mounted if not (ROOT / path).exists()] == []
    named = {
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if not volume.startswith("./")
    }
    assert named == set(COMPOSE["volumes"])


def test_prometheus_asks_the_api_with_the_token_that_keys_leaves_for_it():
    text = (ROOT / "ops/prometheus/prometheus.yml").read_text()
    (fops,) = load_yaml(text, name="prometheus.yml")["scrape_configs"]
    assert fops["authorization"]["credentials_file"] == "/run/keys/metrics"
    assert "keys:/run/keys:ro" in SERVICES["prometheus"]["volumes"]
    assert fops["static_configs"] == [{"targets": ["api:8000", "worker:9464"]}]
    assert SERVICES["api"]["environment"]["ALLOWED_HOSTS"].endswith(",api")


def make_keys(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(KEYS), str(folder / "keys"), str(folder / "config/fops/config.toml")],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def made(folder: Path) -> tuple[str, dict[str, str]]:
    config = (folder / "config/fops/config.toml").read_text()
    return (folder / "keys/postgres").read_text(), tomllib.loads(config)


def test_secrets_are_made_once_and_for_their_owner_alone(tmp_path):
    done = make_keys(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    password, config = made(tmp_path)
    assert config["DATABASE_URL"] == f"postgresql://fops:{password}@postgres:5432/fops"
    assert config["METRICS_TOKEN"] == (tmp_path / "keys/metrics").read_text()
    assert min(len(secret) for secret in (password, *config.values())) >= 40
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*") if path.is_file()}
    assert modes == {"postgres": 0o600, "metrics": 0o644, "config.toml": 0o600}
    assert make_keys(tmp_path).returncode == 0
    assert made(tmp_path) == (password, config)


def test_a_password_of_ones_own_is_taken_and_not_silently_changed_later(tmp_path):
    assert make_keys(tmp_path, POSTGRES_PASSWORD="obviously/fake@1").returncode == 0
    password, config = made(tmp_path)
    assert password == "obviously/fake@1"
    assert "fops:obviously%2Ffake%401@postgres" in config["DATABASE_URL"]
    changed = make_keys(tmp_path, POSTGRES_PASSWORD="obviously-fake-2")
    assert changed.returncode == 1
    assert "error: POSTGRES_PASSWORD is not the one" in changed.stderr
    assert made(tmp_path) == (password, config)


def test_what_keys_leaves_is_what_every_command_in_there_reads(tmp_path):
    make_keys(tmp_path)
    shown = subprocess.run(
        [sys.executable, "-m", "fops", "config", "show", "--origin", "--json"],
        env={"PATH": os.environ["PATH"], "FOPS_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")},
        capture_output=True, text=True, check=True, cwd=tmp_path,
    ).stdout  # fmt: skip
    assert "config/fops/config.toml" in shown
    assert made(tmp_path)[0] not in shown
