"""What the OpenAPI document says: answers that every route may give, and what JSON of the house looks like."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from fops.api.problems import MEDIA_TYPE, Problem

_REASONS = {
    400: "This is no request to this server.",
    403: "Not permitted, or refused by policy.",
    404: "There is no such thing.",
    409: "Held by somebody else, or too much waits already; `Retry-After` says when to come back.",
    408: "The body did not arrive in time.",
    413: "Larger than allowed.",
    415: "The body is in an encoding, or of a type that is not read.",
    422: "The words of the request are wrong, or what it names cannot be deployed.",
    429: "Asked more often than is allowed; `Retry-After` says when to come back.",
    431: "The headers are larger, or more, than allowed.",
    502: "An outside system answered with a failure.",
    503: "An outside system did not answer, or this server is busy.",
    507: "The data directory cannot be read or written.",
}

WORK = (403, 404, 409, 422, 502, 507)
"""How what starts an operation may fail."""
EVERYWHERE = (400, 429, 431, 503)
"""How the guards in front of every route may answer."""
WITH_BODY = (408, 413, 415, 422)
"""And those of bodies."""

Responses = dict[int | str, dict[str, Any]]


def failures(*statuses: int) -> Responses:
    """The problems that a route may answer with."""
    return {status: {"description": _REASONS[status], "content": {MEDIA_TYPE: _problem(status)}} for status in statuses}  # fmt: skip


def answer(example: Any, *, status: int = 200, description: str = "Done.") -> Responses:
    """A JSON answer, by its example."""
    return {status: {"description": description, "content": {"application/json": {"example": example}}}}


def with_problems(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The document of an application, with the one shape of errors in place of the framework's own."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        for foreign in ("HTTPValidationError", "ValidationError"):
            schemas.pop(foreign, None)
        for route in (one for path in document["paths"].values() for one in path.values()):
            answers = route["responses"]
            if "application/json" in answers.get("422", {}).get("content", {}):
                answers["422"] = failures(422)[422]
            for status, said in failures(*EVERYWHERE, *(WITH_BODY if "requestBody" in route else ())).items():
                answers.setdefault(str(status), said)
        return document

    return openapi


def _problem(status: int) -> dict[str, Any]:
    example = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": "usage",
               "detail": "what is wrong, with the value", "hint": "what to do about it", "request_id": "req_01jx0000000000000000000000"}  # fmt: skip
    return {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
