"""`/docs`: the OpenAPI document as a page that needs no script and no other server."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from fops.api.documents import needs
from fops.api.routing import RoomRouter
from fops.auth.permissions import PUBLIC

router = RoomRouter(include_in_schema=False)

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2128;background:#fff}"
    "h2{margin-top:2.5rem;border-bottom:1px solid #d0d7de}summary{cursor:pointer;padding:.3rem 0}"
    "code,pre{font:14px/1.45 ui-monospace,monospace}pre{background:#f6f8fa;padding:.8rem;overflow:auto}"
    "td,th{text-align:left;padding:.15rem 1rem .15rem 0;vertical-align:top}.m{font-weight:700;display:inline-block;min-width:4.5rem}"
    "@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}pre{background:#161b22}a{color:#58a6ff}}"
)
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_DIGEST}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


@router.get("/docs", openapi_extra=needs(PUBLIC))
async def docs(request: Request) -> HTMLResponse:
    """Every route with its parameters, an example, and what it answers."""
    document = request.app.openapi()
    body = "".join(_page(document))
    head = f"<meta charset=utf-8><meta name=viewport content='width=device-width'><title>{escape(document['info']['title'])}</title>"
    html = (
        f"<!doctype html><html lang=en><head>{head}<style>{_STYLE}</style></head><body>{body}</body></html>"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY})


def _page(document: dict[str, Any]) -> Iterator[str]:
    info = document["info"]
    yield f"<h1>{escape(info['title'])}</h1><p>{escape(info['description'])}, version {escape(info['version'])}. "
    yield "The same for programs: <a href=openapi.json>openapi.json</a>.</p>"
    for tag in document.get("tags", ()):
        routes = [
            (path, method, route)
            for path, methods in document["paths"].items()
            for method, route in methods.items()
            if tag["name"] in route.get("tags", ())
        ]
        if routes:
            yield f"<h2>{escape(tag['name'])}</h2><p>{escape(tag['description'])}</p>"
            for path, method, route in routes:
                yield from _route(path, method, route)


def _route(path: str, method: str, route: dict[str, Any]) -> Iterator[str]:
    about = escape(route.get("description", ""))
    yield f"<details><summary><code><span class=m>{method.upper()}</span> {escape(path)}</code></summary><p>{about}</p>"
    parameters = route.get("parameters", ())
    if parameters:
        rows = (f"<tr><td><code>{escape(one['name'])}</code><td>{one['in']}<td>{escape(one.get('description', ''))}"
                for one in parameters)  # fmt: skip
        yield f"<table>{''.join(rows)}</table>"
    asked = route.get("requestBody", {}).get("content", {}).get("application/json", {})
    yield from _example("Body", asked.get("schema", {}).get("examples", [None])[0] or asked.get("example"))
    for status, answer in route["responses"].items():
        yield f"<p><b>{escape(status)}</b> {escape(answer.get('description', ''))}</p>"
        if status.startswith("2"):
            yield from _example("", answer.get("content", {}).get("application/json", {}).get("example"))
    yield "</details>"


def _example(title: str, value: Any) -> Iterator[str]:
    if value is not None:
        shown = escape(json.dumps(value, indent=2, ensure_ascii=False))
        yield f"{f'<p>{title}</p>' if title else ''}<pre>{shown}</pre>"
