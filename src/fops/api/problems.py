"""Every error as `application/problem+json` (RFC 9457), from the one tree the command line uses too."""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from fops.kernel.errors import FopsError, Transient, UsageError
from fops.kernel.redaction import redact_text

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """An error: `code` is stable, `hint` says what to do, `request_id` finds it in the logs."""

    model_config = ConfigDict(extra="forbid")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    hint: str = ""
    request_id: str
    errors: list[dict[str, Any]] = Field(default_factory=list, description="What is wrong with which field.")


def install(app: FastAPI) -> None:
    """Let the application answer every error in this shape."""
    app.add_exception_handler(FopsError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _mistake)


def problem(
    request: Request,
    *,
    status: int,
    code: str,
    detail: str,
    hint: str = "",
    errors: list[dict[str, Any]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer for an error."""
    shown = Problem(title=_title(status), status=status, detail=redact_text(detail), code=code, hint=redact_text(hint),
                    request_id=request.state.request_id, errors=errors or [])  # fmt: skip
    content = shown.model_dump(exclude=set() if errors else {"errors"})
    return JSONResponse(content, status_code=status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def of_error(request: Request, error: FopsError) -> JSONResponse:
    """The answer for an error of the tree."""
    wait = error.retry_after if isinstance(error, Transient) else None
    headers = {} if wait is None else {"Retry-After": str(max(1, math.ceil(wait)))}
    return problem(request, status=error.http_status, code=error.code, detail=error.message, hint=error.hint, headers=headers)  # fmt: skip


def of_any(request: Request, error: FopsError | HTTPException) -> JSONResponse:
    """The answer for an error outside of any route."""
    return of_error(request, error) if isinstance(error, FopsError) else _of_http(request, error)


async def _known(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, FopsError)  # noqa: S101 - registered for this class alone
    return of_error(request, error)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    wrong = [{"field": ".".join(map(str, one["loc"])), "message": one["msg"]} for one in error.errors()]
    first = f"{wrong[0]['field']}: {wrong[0]['message']}" if wrong else "the request is not as documented"
    return problem(request, status=422, code=UsageError.code, detail=first, hint="/docs shows what is expected", errors=wrong)  # fmt: skip


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    return _of_http(request, error)


def _of_http(request: Request, error: HTTPException) -> JSONResponse:
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
    return problem(
        request, status=error.status_code, code=code, detail=str(error.detail), headers=error.headers
    )


async def _mistake(request: Request, _error: Exception) -> JSONResponse:
    # Answered outside of everything else, so what every answer carries is added here.
    headers = {"X-Request-ID": request.state.request_id, "Cache-Control": "no-store"}
    return problem(request, status=500, code=FopsError.code, detail="this is a mistake in F-Ops",
                   hint="the log has it under this request's id", headers=headers)  # fmt: skip


def _title(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Client Closed Request"
