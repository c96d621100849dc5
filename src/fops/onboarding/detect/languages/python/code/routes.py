"""Paths the program answers on that operators ask for: health and metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.detect.languages.python.code.source import Call, Module
from fops.onboarding.model import STRONG, WEAK, Fact

_HEALTH = re.compile(
    r"/(?:api/|v\d/|api/v\d/)?_?(?:health(?:z|check|-check|_check|/live|/ready)?|livez?|liveness|readyz?|readiness|ping|status|heartbeat|alive)/?\Z"
)
_ROUTES = frozenset({
    "get", "route", "api_route", "add_route", "add_api_route", "add_url_rule", "add_get", "head", "Route", "path", "re_path", "url", "page",
})  # fmt: skip
_INCLUDES = frozenset({"include_router", "register_blueprint", "mount", "Mount", "add_resource", "register"})
_DJANGO = frozenset({"path", "re_path", "url"})
_PREFERRED = ("healthz", "health", "livez", "ready", "ping", "status")
_EXPORTERS = (
    ("prometheus_fastapi_instrumentator", "expose"), ("prometheus_flask_exporter", "PrometheusMetrics"), ("prometheus_flask_exporter", "init_app"),
)  # fmt: skip
"""Libraries that serve `/metrics` by themselves, and the call that makes them do it."""


def health(code: tuple[Module, ...], *, framework: str | None) -> Iterator[Fact]:
    """The fact `health_path`: a route seen in the code, the best known name first, or one the framework always has."""
    found = [
        (path, module, call)
        for module in code
        for call in module.calls
        if (path := _path(module, call, code)) and _HEALTH.match(path)
    ]
    if found:
        path, module, call = min(found, key=lambda one: (_place(one[0]), len(one[0])))
        yield Fact(
            name="health_path",
            value=path,
            rule="python.health.route",
            confidence=STRONG,
            file=module.path,
            line=call.line,
        )
    elif framework == "streamlit":
        yield Fact(
            name="health_path", value="/_stcore/health", rule="python.health.streamlit", confidence=WEAK
        )


def metrics(code: tuple[Module, ...]) -> Iterator[Fact]:
    """The fact `metrics_path` of a program that exports Prometheus metrics on its own port."""
    for module in code:
        for call in module.calls:
            path = _exported(module, call)
            if path:
                yield Fact(
                    name="metrics_path",
                    value=path,
                    rule="python.metrics.route",
                    confidence=STRONG,
                    file=module.path,
                    line=call.line,
                )
                return


def _path(module: Module, call: Call, code: tuple[Module, ...]) -> str | None:
    first = call.args[0] if call.args else call.keywords.get("path")
    if call.method not in _ROUTES or not isinstance(first, str) or "<" in first or "{" in first:
        return None
    if call.method in _DJANGO:
        path = re.sub(r"[\^$]|\\Z|\?$", "", first)
        return f"/{path.lstrip('/')}" if _is_root_urls(module, code) else None
    prefix = _prefix(module, call, code)
    return None if prefix is None or not first.startswith("/") else f"{prefix}{first}"


def _is_root_urls(module: Module, code: tuple[Module, ...]) -> bool:
    """Django includes other `urls` modules below a prefix; the root one is named in the settings, or holds the admin."""
    dotted = module.path.removesuffix(".py").replace("/", ".")
    return "admin.site.urls" in module.text or any(
        re.search(rf"ROOT_URLCONF\s*=\s*[\"']{re.escape(dotted)}[\"']", one.text) for one in code
    )


def _prefix(module: Module, call: Call, code: tuple[Module, ...]) -> str | None:
    """What stands before a route's path: a router's own prefix; None when it is included below one that is not known."""
    receiver = call.name.rpartition(".")[0]
    made = next(
        (
            one
            for one in module.calls
            if one.target == receiver and one.method in {"APIRouter", "Blueprint", "Router"}
        ),
        None,
    )
    if made is None:
        return ""
    included = [one for other in code for one in other.calls if one.method in _INCLUDES]
    if any(one.keywords.get("prefix", one.keywords.get("url_prefix", "")) != "" for one in included):
        return None
    own = made.keywords.get("prefix", made.keywords.get("url_prefix", ""))
    return own if isinstance(own, str) else None


def _place(path: str) -> int:
    return next((place for place, name in enumerate(_PREFERRED) if name in path), len(_PREFERRED))


def _exported(module: Module, call: Call) -> str | None:
    if any(module.imports_from(library) and call.method == method for library, method in _EXPORTERS):
        given = call.keywords.get("endpoint", call.keywords.get("path"))
        return given if isinstance(given, str) and given.startswith("/") else "/metrics"
    first = call.args[0] if call.args else None
    if call.method in {"path", "re_path", "include"} and "django_prometheus" in module.text:
        return "/metrics"
    exports = (
        "prometheus_client" in module.text
        or "starlette_exporter" in module.text
        or "aioprometheus" in module.text
    )
    routed = (
        call.method in _ROUTES | {"mount", "Mount"}
        and isinstance(first, str)
        and re.search(r"metrics/?\Z", first)
    )
    return str(first) if exports and routed else None
