"""The `.dockerignore` of a build context: no history, no secrets, nothing the image does not need."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from fops.onboarding.generate.render import because, render
from fops.onboarding.model import Artifact, ServicePlan

_LEFT_OUT: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "python": (
        "**/__pycache__", "**/*.pyc", ".venv", "venv", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox", "tests", ".env.*",
    ),
    "node": (
        "**/node_modules", "**/.next", "**/.nuxt", "**/.turbo", "**/coverage", "**/npm-debug.log*",
        "**/__tests__", "**/*.test.js", "**/*.test.ts", "**/*.test.tsx", "**/*.spec.js", "**/*.spec.ts", ".env.*.local",
    ),
    "go": ("**/*_test.go", "**/testdata", ".env.*"),
    "java": ("**/target", "**/.gradle", "**/.idea", "**/src/test", ".env.*"),
    "static": (".env.*",),
})  # fmt: skip


def artifact(context: str, services: Sequence[ServicePlan], *, others: Iterable[str] = ()) -> Artifact:
    """The ignore file for the services built from one context; `others` are the contexts that others are built from."""
    prefix = "" if context == "." else f"{context}/"
    return render(
        "container/dockerignore.j2",
        path=f"{prefix}.dockerignore",
        reason="Keeps history, local secrets and build leftovers out of the images, and their builds fast.",
        facts=[f"{service.name}:language" for service in services],
        because=because(services[0]),
        patterns=(*_patterns(services), *_below(context, others)),
    )


def _patterns(services: Iterable[ServicePlan]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pattern for service in services for pattern in _LEFT_OUT[service.language]))


def _below(context: str, others: Iterable[str]) -> Iterator[str]:
    """The folders of other services: a site would serve their programs to its visitors."""
    folders = (posixpath.relpath(other, context) for other in others)
    return (folder for folder in folders if not folder.startswith("."))
