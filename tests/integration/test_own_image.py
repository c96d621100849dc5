"""F-Ops' own image, built by a real engine and started as docker-compose.yml says: read-only, without root, contained.

The base images are stand-ins of Debian's programs (scripts/testbed/docker.sh): no registry of images is needed. What
has no stand-in (Chroma, Prometheus, Grafana) is not started here; its part of the file is checked against the schema.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from factories.engine import Engine
from factories.own_containers import DOCKERFILE, ROOT, SERVICES, command, health_check
from fops.onboarding.verify.dockerfile import base_images

IMAGE = SERVICES["api"]["image"]
CONTAINED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")  # noqa: S108 - a mount
STARTED_HERE = ("keys", "postgres", "api", "worker")
NOT_YET = re.compile(r".*not part of this version yet|No such command.*")
ATTEMPT = "{ timeout 5 fops serve --host 0.0.0.0; fops worker --help; } 2>&1 || true"

pytestmark = pytest.mark.images


@dataclass(frozen=True)
class Composed:
    """A copy of the repository that Compose works in, as a person has it after `cp .env.example .env`."""

    engine: Engine
    folder: Path

    def __call__(self, *words: str) -> str:
        socket = self.engine.address.removeprefix("unix://")
        mounts = [f"--volume={socket}:/var/run/docker.sock", f"--volume={self.folder}:{self.folder}"]
        name = ["--project-name", self.folder.name]
        return self.engine(
            "run", "--rm", *mounts, f"--workdir={self.folder}", "fops-testbed/compose", *name, *words
        )


@pytest.fixture
def image(engine: Engine) -> str:
    engine.script("base", *(image for image, _ in base_images(DOCKERFILE)))
    engine("build", "--quiet", "--tag", IMAGE, ROOT)
    return IMAGE


@pytest.fixture
def composed(engine: Engine, image: str, tmp_path: Path) -> Iterator[Composed]:
    assert image
    engine.script("base", SERVICES["postgres"]["image"], "fops-testbed/compose")
    shutil.copytree(ROOT / "ops", tmp_path / "ops")
    shutil.copy(ROOT / "docker-compose.yml", tmp_path)
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")
    made = Composed(engine, tmp_path)
    yield made
    made("down", "--volumes", "--timeout", "5")


def test_our_own_image_holds_what_runs_and_no_more(engine, image):
    def said(*words: str) -> str:
        return engine("run", "--rm", *CONTAINED, image, *words)

    assert said("id", "--user", "--real") == "10001"
    assert said("fops", "--version").startswith("fops ")
    missing = {line.split("\t")[0] for line in said("fops", "doctor").splitlines() if "\tmissing\t" in line}
    assert missing == {"kubectl"}
    held = json.loads(engine("image", "inspect", image))[0]["Config"]
    assert held["Cmd"] == command()
    assert held["Healthcheck"]["Test"][1:] == health_check()
    assert said("sh", "-c", "ls -d /src /wheels /opt/* 2>/dev/null || true") == "/opt/fops"


def test_the_composed_services_are_healthy_from_a_copied_example(composed):
    composed("config", "--quiet")
    if found := NOT_YET.search(composed.engine("run", "--rm", *CONTAINED, IMAGE, "sh", "-c", ATTEMPT)):
        pytest.skip(f"composed services need a server with sign-in and a worker: {found[0]}")
    composed("up", "--no-build", "--detach", "--wait", *STARTED_HERE[1:])
    states = [json.loads(line) for line in composed("ps", "--all", "--format", "json").splitlines()]
    seen = {one["Service"]: (one["State"], one["ExitCode"]) for one in states}
    assert seen == {"keys": ("exited", 0)} | dict.fromkeys(STARTED_HERE[1:], ("running", 0))

    ready = composed(
        "exec",
        "-T",
        "api",
        "python",
        "-Ic",
        "import urllib.request as r; print(r.urlopen('http://api:8000/health/ready').status)",
    )
    assert ready == "200"
    tables = composed(
        "exec", "-T", "postgres", "sh", "-c",
        'PGPASSWORD=$(cat /run/keys/postgres) psql --host 127.0.0.1 --username fops --tuples-only --command "\\dt"',
    )  # fmt: skip
    assert "alembic_version" in tables
    composed("stop")
    states = [json.loads(line) for line in composed("ps", "--all", "--format", "json").splitlines()]
    assert {one["Service"]: one["ExitCode"] for one in states} == dict.fromkeys(STARTED_HERE, 0)
