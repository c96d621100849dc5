from __future__ import annotations

import pytest

from factories.plans import a_plan
from factories.services import SERVICES
from fops.onboarding.generate import container

FILES = {
    "python.Dockerfile": ("uv", "Dockerfile"),
    "conda.Dockerfile": ("conda", "Dockerfile"),
    "node.Dockerfile": ("pnpm", "Dockerfile"),
    "node-static.Dockerfile": ("vite", "Dockerfile"),
    "nginx.conf": ("vite", "nginx.conf"),
    "files.Dockerfile": ("files", "Dockerfile"),
    "go.Dockerfile": ("go", "Dockerfile"),
    "java-source.Dockerfile": ("java sources", "Dockerfile"),
    "java.Dockerfile": ("maven wrapper", "Dockerfile"),
    "dockerignore": ("pip", ".dockerignore"),
}


@pytest.mark.parametrize("name", FILES)
def test_the_container_files_are_the_kept_ones(name, golden):
    service, path = FILES[name]

    text = next(item.text for item in container.artifacts(a_plan(SERVICES[service])) if item.path == path)

    golden(f"container/{name}", text)
