"""The examples' images, built by a real engine and started as their Deployments say: user, read-only root, no privilege.

The base images are stand-ins of Debian's programs (scripts/testbed/docker.sh), so no registry of images is needed; the
registries of packages are.
"""

from __future__ import annotations

import http.client
import re
import shlex
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from factories.commands import Fops
from factories.engine import Engine
from factories.repositories import branches, git, repository
from fops.kernel.formats import load_yaml

ROOT = Path(__file__).parents[2]
GIVEN = {
    "DATABASE_URL": "postgresql://app:tests@postgres:5432/app",
    "REDIS_URL": "redis://redis:6379/0",
}

pytestmark = pytest.mark.images


def onboarded(tmp_path: Path, example: str) -> Path:
    """A new repository with the example, its onboarding branch checked out."""
    path = tmp_path / example
    shutil.copytree(ROOT / "examples" / example, path)
    repository(path, {})
    done = Fops(tmp_path / "fops-root")("onboard", "repo", path, "--target", "k8s")
    assert done.returncode == 0, done.stderr
    (branch,) = set(branches(path)) - {"main"}
    git("checkout", "--quiet", branch, cwd=path)
    return path


def stores(path: Path) -> dict[str, dict[str, Any]]:
    """What compose starts beside the programs."""
    services = load_yaml((path / "compose.yaml").read_text(), name="compose.yaml")["services"]
    return {name: service for name, service in services.items() if "image" in service}


def bases(path: Path) -> list[str]:
    """The images that the Dockerfile builds on, and those of the stores."""
    named = re.findall(r"(?m)^FROM (\S+)", (path / "Dockerfile").read_text())
    return [image for image in named if image != "scratch"] + [
        store["image"] for store in stores(path).values()
    ]


def start_store(engine: Engine, network: str, name: str, store: dict[str, Any]) -> None:
    """PostgreSQL or Redis as compose has it, once, until its health check is content."""
    if engine("ps", "--quiet", "--filter", f"network={network}", "--filter", f"ancestor={store['image']}"):
        return
    words = ["run", "--detach", "--network", network, "--network-alias", name]
    for key, value in store.get("environment", {}).items():
        words += ["--env", f"{key}={re.sub(r'^[$]{.*}$', 'tests', value)}"]
    kind, *check = store["healthcheck"]["test"]
    words += ["--health-cmd", check[0] if kind == "CMD-SHELL" else shlex.join(check)]
    words += ["--health-interval", "1s", "--health-retries", "60"]
    identity = engine(*words, store["image"])
    while (health := engine("inspect", "--format", "{{.State.Health.Status}}", identity)) == "starting":
        assert engine.left() > 1
        time.sleep(0.5)
    assert health == "healthy", engine("logs", identity)


def started(engine: Engine, network: str, image: str, deployment: Path) -> tuple[str, dict[str, Any]]:
    """The container of a Deployment, and its description: its own user, mounts, variables and nothing more."""
    pod = load_yaml(deployment.read_text(), name=deployment.name)["spec"]["template"]["spec"]
    container, security = pod["containers"][0], pod["securityContext"]
    user = security["runAsUser"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    words = [
        "run",
        "--detach",
        "--network",
        network,
        "--user",
        f"{user}:{security['runAsGroup']}",
        "--read-only",
    ]
    words += ["--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    for mount in container["volumeMounts"]:
        words += ["--tmpfs", f"{mount['mountPath']}:uid={user}"]
    for variable in container.get("env", ()):
        words += ["--env", f"{variable['name']}={GIVEN[variable['name']]}"]
    for port in container.get("ports", ()):
        words += ["--publish", f"127.0.0.1::{port['containerPort']}"]
    command = container.get("command", [])
    words += ["--entrypoint", command[0]] if command else []
    return engine(*words, image, *command[1:]), container


def answer(engine: Engine, identity: str, container: dict[str, Any]) -> int | None:
    """The status of the readiness probe as soon as there is one; a program without a port gets a moment to fail."""
    if "ports" not in container:
        time.sleep(3)
        return None
    port = int(engine("port", identity, str(container["ports"][0]["containerPort"])).rpartition(":")[2])
    for _ in range(100):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
        try:
            connection.request("GET", container["readinessProbe"]["httpGet"]["path"])
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            time.sleep(0.3)
        finally:
            connection.close()
    return None


def test_the_images_of_the_examples_build_and_answer_as_their_deployments_start_them(
    engine, network, tmp_path
):
    seen = {}
    for example in ("01-fastapi-postgres-redis", "02-vite-spa", "03-go-monorepo"):
        path = onboarded(tmp_path, example)
        engine.script("base", *bases(path))
        for name, store in stores(path).items():
            start_store(engine, network, name, store)
        image = f"fops-testbed/{example}"
        engine("build", "--quiet", "--tag", image, path)
        for deployment in sorted(path.glob("deploy/k8s/base/*/deployment*.yaml")):
            identity, container = started(engine, network, image, deployment)
            status = answer(engine, identity, container)
            running = engine("inspect", "--format", "{{.State.Running}}", identity)
            seen[f"{example} {container['name']}"] = (status, running)
            assert running == "true", engine("logs", identity)

    assert seen == {
        "01-fastapi-postgres-redis web": (200, "true"),
        "02-vite-spa web": (200, "true"),
        "03-go-monorepo worker": (None, "true"),
        "03-go-monorepo api": (200, "true"),
    }
