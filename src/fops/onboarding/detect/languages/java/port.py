"""Where a Java program listens when nothing else is told: configuration, then code, then the framework's default."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fops.onboarding.detect.evidence import Hit
from fops.onboarding.detect.languages.code import code_hits, names_own_port
from fops.onboarding.detect.languages.java.builds.module import Module
from fops.onboarding.detect.languages.java.config import default_of
from fops.onboarding.detect.languages.tool_versions import Pin
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, WEAK, Fact
from fops.onboarding.ports import Tree

KEYS = {
    "spring-boot": ("server.port",),
    "quarkus": ("quarkus.http.port",),
    "micronaut": ("micronaut.server.port",),
    "ktor": ("ktor.deployment.port",),
    "helidon": ("server.port",),
}
"""The setting that holds the port, from each framework's reference."""

DEFAULTS = {
    "spring-boot": (8080, r"starter-(?:web|webflux|webmvc|jersey|graphql|web-services|data-rest|undertow|jetty|tomcat|gateway|hateoas)\b|eureka-server|config-server"),
    "quarkus": (8080, r"quarkus"),
    "micronaut": (8080, r"micronaut-http-server|io\.micronaut\.(?:minimal\.)?application"),
    "dropwizard": (8080, r"dropwizard"),
    "sparkjava": (4567, r"spark-core"),
    "javalin": (8080, r"javalin"),
}  # fmt: skip
"""The documented default, and the dependency without which the framework opens no port."""

CODE = (
    ("environment-default", r"getOrDefault\(\s*\"(?P<name>\w*PORT)\"\s*,\s*\"(?P<port>\d{2,5})\"", STRONG),
    (
        "environment-default",
        r"getenv\(\s*\"(?P<name>\w*PORT)\"\s*\)[^;{}]{0,160}?(?:orElse\(|:|\?:)\s*\"?(?P<port>\d{2,5})\b",
        STRONG,
    ),
    (
        "environment-default",
        r"getenv\(\s*\"(?P<name>\w*PORT)\"\s*\)\s*;[^{}\"]{0,120}?\?[^;{}\"]{0,80}?:\s*(?P<port>\d{2,5})\s*;",
        STRONG,
    ),
    (
        "environment-default",
        r"(?:getenv|\.get)\(\s*\"(?P<name>\w*PORT)\"\s*\)\s*\)?\s*;[^\"]{0,120}?\breturn\s+(?P<port>\d{2,5})\s*;",
        STRONG,
    ),
    ("property-default", r"getProperty\(\s*\"(?P<name>[\w.]*port)\"\s*,\s*\"(?P<port>\d{2,5})\"", STRONG),
    (
        "property-default",
        r"@ConfigProperty\([^)]{0,200}?\"(?P<name>[\w.]*port)\"[^)]{0,200}?defaultValue\s*=\s*\"(?P<port>\d{2,5})\"",
        LIKELY,
    ),
    ("property-set", r"\"server\.port\"\s*,\s*\"?(?P<port>\d{2,5})\b", STRONG),
    (
        "server-call",
        r"\bembeddedServer\(\s*(?:\w+\s*,\s*|[^;{}]{0,160}?\bport\s*=\s*)(?P<port>\d{2,5})\b",
        STRONG,
    ),
    (
        "server-call",
        r"\b(?:new\s+)?(?:InetSocketAddress|ServerSocket)\(\s*(?:\"[^\"]*\"\s*,\s*)?(?P<port>\d{2,5})\b",
        STRONG,
    ),
    (
        "server-call",
        r"\b(?:new\s+Server|forPort|addHttpListener|Spark\.port|(?<![\w.])port|\.port|setPort)\(\s*(?P<port>\d{2,5})\b",
        STRONG,
    ),
    ("server-call", r"\.(?:listen|start)\(\s*(?:\"[^\"]*\"\s*,\s*)?(?P<port>\d{4,5})\b", STRONG),
    (
        "assignment",
        r"\b(?P<name>[A-Za-z_]\w*)\s*(?::\s*\w+\s*)?=\s*(?:Integer\.(?:parseInt|valueOf)\(\s*)?\"?(?P<port>\d{2,5})\b",
        LIKELY,
    ),
)
"""JDK, Jetty, Undertow, gRPC, Ktor, Spark, Javalin and Vert.x, from their own documentation."""


def port(
    tree: Tree, paths: tuple[str, ...], *, module: Module, framework: str | None, settings: Mapping[str, Pin]
) -> Iterator[Fact]:
    """Candidates, the surest first; in the code a weaker rule speaks only where no stronger one does."""
    yield from _configured(settings, KEYS.get(framework or "", ("server.port",)))
    found = [fact for rule in CODE if (fact := in_code(tree, paths, rule))]
    best = max((fact.confidence for fact in found), default=WEAK)
    yield from (fact for fact in found if fact.confidence >= best)
    yield from _default(module, framework)


def in_code(tree: Tree, paths: tuple[str, ...], rule: tuple[str, str, float]) -> Fact | None:
    """The first place where a rule of CODE finds the program's own port."""
    name, pattern, confidence = rule
    hit = next((hit for hit in code_hits(tree, re.compile(pattern), paths) if _own(hit)), None)
    return (
        _fact(name, int(hit.match["port"]), Pin(value="", file=hit.file, line=hit.line), confidence)
        if hit
        else None
    )


def _configured(settings: Mapping[str, Pin], keys: tuple[str, ...]) -> Iterator[Fact]:
    for pin in (settings[key] for key in keys if key in settings):
        value = default_of(pin.value)
        if value is None:
            yield _fact("environment-only", 8080, pin, WEAK)
        elif value.isdigit() and 0 < int(value) < 65536:
            yield _fact("configuration", int(value), pin, CERTAIN)


def _own(hit: Hit) -> bool:
    name = hit.match.groupdict().get("name")
    return 0 < int(hit.match["port"]) < 65536 and (name is None or names_own_port(name))


def _default(module: Module, framework: str | None) -> Iterator[Fact]:
    value, needed = DEFAULTS.get(framework or "", (0, "$^"))
    pin = next((pin for pin in (*module.dependencies, *module.plugins) if re.search(needed, pin.value)), None)
    if pin:
        yield _fact("framework-default", value, pin, WEAK)


def _fact(rule: str, value: int, pin: Pin, confidence: float) -> Fact:
    return Fact(
        name="port",
        value=value,
        rule=f"java.port.{rule}",
        confidence=confidence,
        file=pin.file,
        line=pin.line,
    )
