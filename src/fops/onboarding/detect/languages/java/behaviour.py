"""What the program shows outside: health and metrics routes, and the environment it reads."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from itertools import chain

from fops.onboarding.detect.evidence import Hit
from fops.onboarding.detect.languages.code import code_hits, environment
from fops.onboarding.detect.languages.database_file import database_file, first
from fops.onboarding.detect.languages.java.builds.module import Module
from fops.onboarding.detect.languages.java.config import default_of
from fops.onboarding.detect.languages.tool_versions import Pin
from fops.onboarding.model import LIKELY, STRONG, Fact
from fops.onboarding.ports import Tree

_HEALTH = re.compile(
    r"(?:@(?:Get|Path|GetMapping|RequestMapping|WebServlet)\(\s*(?:[^)\"]*=\s*)?\{?\s*|\b(?:get|route|createContext|GET)\(\s*)\"(?P<path>/(?:[\w-]+/)*(?:health(?:z|check)?|livez|liveness|readyz|ping))\""
)
_ENVIRONMENT = (
    re.compile(r"\bgetenv\(\s*\"(?P<name>[A-Z][A-Z0-9_]+)\"\s*\)(?:\s*\?:\s*\"(?P<default>[^\"\n]*)\")?"),
    re.compile(
        r"\bgetenv\(\)\s*\.getOrDefault\(\s*\"(?P<name>[A-Z][A-Z0-9_]+)\"\s*,\s*\"(?P<default>[^\"\n]*)\""
    ),
    re.compile(r"\bgetenv\(\)\s*(?:\.get\(\s*|\[\s*)\"(?P<name>[A-Z][A-Z0-9_]+)\""),
    re.compile(r"@Value\(\s*\"\\?\$\{(?P<name>[A-Z][A-Z0-9_]+)(?::(?P<default>[^\"}]*))?\}\""),
)
_DATABASE = re.compile(
    r"(?P<quote>\")(?:\$\{(?P<variable>[A-Z][A-Z0-9_]*):)?(?P<scheme>jdbc:(?:h2|sqlite|hsqldb:file):(?:file:)?)(?P<base>)"
    r"(?P<path>(?!mem:|tcp:|ssl:|zip:|//)[\w./-]+)(?P<rest>(?:[;?][^\"}\n]*)?)\}?\""
)
_VARIABLE = re.compile(r"\$\{\??\s*(?P<name>[A-Z][A-Z0-9_]+)(?::(?P<default>[^{}]*))?\}")


def behaviour(
    tree: Tree, paths: tuple[str, ...], *, module: Module, settings: Mapping[str, Pin]
) -> Iterator[Fact]:
    """The facts `health_path`, `metrics_path`, `env` and `secrets`."""
    yield from _known_routes(module, settings)
    hit = next(code_hits(tree, _HEALTH, paths), None)
    if hit:
        yield _fact("health_path", hit.match["path"], Pin(value="", file=hit.file, line=hit.line), LIKELY)
    yield from environment(
        "java",
        [
            *_configured(settings),
            *(hit for pattern in _ENVIRONMENT for hit in code_hits(tree, pattern, paths)),
        ],
    )


def database(tree: Tree, paths: tuple[str, ...], settings: Mapping[str, Pin]) -> Iterator[Fact]:
    """The fact `database_file`: what the configuration names, whose key as a variable names another, else the code."""
    yield from first(
        chain(
            (
                database_file("java", hit, variable=hit.match["variable"] or key)
                for hit, key in _addresses(settings)
            ),
            (database_file("java", hit) for hit in code_hits(tree, _DATABASE, paths)),
        )
    )


def _addresses(settings: Mapping[str, Pin]) -> Iterator[tuple[Hit, str]]:
    """The addresses of files in the configuration, with the variable that each key is: `spring.datasource.url` and its like."""
    for key, pin in settings.items():
        match = _DATABASE.search(f'"{pin.value}"') if key.endswith(("url", "jdbc-url")) else None
        if match:
            yield Hit(file=pin.file, line=pin.line or 1, match=match), re.sub(r"\W", "_", key).upper()


def _configured(settings: Mapping[str, Pin]) -> Iterator[Hit]:
    for pin in settings.values():
        yield from (
            Hit(file=pin.file, line=pin.line or 1, match=match) for match in _VARIABLE.finditer(pin.value)
        )


def _known_routes(module: Module, settings: Mapping[str, Pin]) -> Iterator[Fact]:
    """Routes that a library adds by itself, moved by what the configuration sets."""
    actuator, health = (
        module.depends("spring-boot-starter-actuator"),
        module.depends("quarkus-smallrye-health"),
    )
    management, prometheus = (
        module.depends("micronaut-management"),
        module.depends("micrometer-registry-prometheus", "registry-prometheus"),
    )
    if actuator:
        yield from _actuator(actuator, prometheus, settings)
    own_port = _value(settings, "quarkus.management.enabled") == "true"
    if health and not own_port:
        route = _of_quarkus(settings, _value(settings, "quarkus.smallrye-health.root-path") or "health")
        yield _fact("health_path", route, health, STRONG)
    if management and "endpoints.all.port" not in settings:
        base = _value(settings, "endpoints.all.path") or ""
        route = _joined(settings, ("micronaut.server.context-path",), f"{base}/health")
        yield _fact("health_path", route, management, STRONG)
    if prometheus and not actuator and not own_port and "quarkus" in prometheus.value:
        yield _fact("metrics_path", _of_quarkus(settings, "metrics"), prometheus, STRONG)
    if prometheus and "micronaut" in prometheus.value:
        yield _fact("metrics_path", "/prometheus", prometheus, STRONG)


def _of_quarkus(settings: Mapping[str, Pin], path: str) -> str:
    """A route below the path for what is not the application's, that one below the root; one with `/` stands alone."""
    root = _value(settings, "quarkus.http.root-path") or "/"
    base = _value(settings, "quarkus.http.non-application-root-path") or "q"
    return posixpath.join("/", root, base, path)


def _actuator(actuator: Pin, prometheus: Pin | None, settings: Mapping[str, Pin]) -> Iterator[Fact]:
    """On a management port of its own the routes are not the application's, and the servlet path does not count."""
    own_port = "management.server.port" in settings
    context = () if own_port else ("server.servlet.context-path", "spring.webflux.base-path")
    base = _value(settings, "management.endpoints.web.base-path") or "/actuator"
    if not own_port:
        yield _fact("health_path", _joined(settings, context, f"{base}/health"), actuator, STRONG)
    exposed = _value(settings, "management.endpoints.web.exposure.include") or ""
    if prometheus and not own_port and re.search(r"prometheus|\*", exposed):
        yield _fact("metrics_path", _joined(settings, context, f"{base}/prometheus"), prometheus, STRONG)


def _joined(settings: Mapping[str, Pin], prefixes: tuple[str, ...], path: str) -> str:
    prefix = next((value for key in prefixes if (value := _value(settings, key))), "")
    return re.sub(r"/{2,}", "/", f"/{prefix}/{path}")


def _value(settings: Mapping[str, Pin], key: str) -> str | None:
    pin = settings.get(key)
    return default_of(pin.value) if pin else None


def _fact(name: str, value: str, pin: Pin, confidence: float) -> Fact:
    return Fact(
        name=name,
        value=value,
        rule=f"java.route.{name.removesuffix('_path')}",
        confidence=confidence,
        file=pin.file,
        line=pin.line,
    )
