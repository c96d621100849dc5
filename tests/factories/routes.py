"""Every route of an application, and requests made from what its document says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from fops.api.documents import PERMISSION


@dataclass(frozen=True)
class Route:
    """One method of one path; `permission` None where none is declared."""

    method: str
    path: str
    permission: str | None
    parameters: tuple[str, ...]
    body: dict[str, Any] | None

    def requests(self, values: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any] | None]]:
        """Paths and bodies: each value in each place of the path and in each text of the documented body."""
        paths = {self._filled(value) for value in values} if "{" in self.path else {self.path}
        bodies: list[dict[str, Any] | None] = [None if self.body is None else {}]
        for name, example in (self.body or {}).items():
            if isinstance(example, str):
                bodies += [{**(self.body or {}), name: value} for value in values]
        for path in sorted(paths):
            yield from ((path, body) for body in bodies)
        for name in self.parameters:
            yield from ((f"{path}?{name}={value}", bodies[0]) for path in sorted(paths) for value in values)

    def _filled(self, value: str) -> str:
        parts = (value if part.startswith("{") else part for part in self.path.split("/"))
        return "/".join(parts)


def routes(app: FastAPI) -> list[tuple[str, Any]]:
    """Every route of an application with its path, however its routers are nested."""
    return [(one.path or "", one.original_route) for one in iter_route_contexts(app.routes)]


def api_routes(app: FastAPI, *, without: tuple[str, ...] = ("/api/v1",)) -> list[Route]:
    """The application's own routes, one a method."""
    paths = app.openapi()["paths"]
    found = []
    for path, route in routes(app):
        if not isinstance(route, APIRoute) or path.startswith(without):
            continue
        for method in sorted(route.methods):
            told = paths.get(path, {}).get(method.lower(), {})
            query = [
                one["name"]
                for one in told.get("parameters", ())
                if one["in"] == "query" and one["schema"].get("type") != "boolean"
            ]
            permission = (route.openapi_extra or {}).get(PERMISSION)
            found.append(Route(method, path, permission, tuple(query), _example(told)))
    return found


def _example(told: dict[str, Any]) -> dict[str, Any] | None:
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    examples = content.get("schema", {}).get("examples") or content.get("examples") or [{}]
    return dict(examples[0])
