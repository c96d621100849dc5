"""A repository held in memory, taken through detection and planning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from factories.plans import a_source
from fops.onboarding.detect import detect
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import Source
from fops.onboarding.plan import Options, Planned, plan

Planning = Callable[..., Planned]


def planned(files: Mapping[str, str], source: Source | None = None, **options: Any) -> Planned:
    tree = MemoryTree(files)
    return plan(source or a_source(), tree, detect(tree), Options(**options))


@pytest.fixture(name="planned")
def _planned() -> Planning:
    return planned


FASTAPI = {
    "requirements.txt": "fastapi\nuvicorn\n",
    ".python-version": "3.13\n",
    "app/__init__.py": "",
    "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/healthz')\ndef healthz():\n    return {}\n",
    "Procfile": "web: uvicorn app.main:app --host 0.0.0.0 --port 8000\n",
}
EXPRESS = '{"name": "%s", "scripts": {"start": "node server.js"}, "dependencies": {"express": "^5.0.0"}, "engines": {"node": "24"}}'
SERVER = "const app = require('express')();\napp.listen(%d);\n"


@pytest.fixture
def fastapi() -> dict[str, str]:
    return dict(FASTAPI)


@pytest.fixture
def site() -> dict[str, str]:
    return {"index.html": "<!doctype html><title>Acme</title>"}


@pytest.fixture
def monorepo() -> dict[str, str]:
    """Two Express servers on one port, held together by a top that starts nothing itself."""
    return {
        "package.json": '{"name": "shop", "private": true, "workspaces": ["apps/*"], "scripts": {"start": "turbo start"}}',
        "package-lock.json": '{"lockfileVersion": 3}',
        "apps/web/package.json": EXPRESS % "@acme/web",
        "apps/web/server.js": SERVER % 3000,
        "apps/api/package.json": EXPRESS % "@acme/api",
        "apps/api/server.js": SERVER % 3000,
    }
