"""The framework and the backing services, from the build's dependencies and plugins."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.detect.languages.java.builds.module import Module
from fops.onboarding.detect.languages.tool_versions import Pin
from fops.onboarding.model import STRONG, Fact

FRAMEWORKS = (
    (r"^org\.springframework\.boot(?:$|[:.])|^org\.springframework\.cloud:", "spring-boot"),
    (r"^io\.quarkus(?:$|[:.])", "quarkus"),
    (r"^io\.micronaut(?:$|[:.])", "micronaut"),
    (r"^io\.dropwizard(?:$|[:.])", "dropwizard"),
    (r"^io\.ktor(?::ktor-server|$|\.plugin)", "ktor"),
    (r"^io\.javalin:", "javalin"),
    (r"^io\.helidon\.", "helidon"),
    (r"^com\.sparkjava:", "sparkjava"),
    (r"^io\.vertx(?:$|[:.])", "vertx"),
    (r"^com\.typesafe\.akka:akka-http|^org\.apache\.pekko:pekko-http", "akka"),
    (r"^com\.typesafe\.play:", "play"),
)
"""By group id or plugin id; a framework goes before the toolkit it may stand on."""

SERVICES = (
    (r":postgresql$|r2dbc-postgresql$|jdbc-postgresql|reactive-pg-client|vertx-pg-client", "postgres"),
    (
        r":mysql-connector|:mariadb-java-client|r2dbc-m(?:ysql|ariadb)|jdbc-m(?:ysql|ariadb)|mysql-client$",
        "mysql",
    ),
    (r"data-redis|:jedis$|:lettuce-core$|:redisson|redis-client|redis-lettuce", "redis"),
    (
        r"data-mongodb|:mongodb?-driver|:mongo-java-driver|mongodb-(?:client|panache)|mongo-(?:reactive|sync)$|mongo-client$",
        "mongodb",
    ),
    (
        r"starter-amqp|:amqp-client$|spring-rabbit|messaging-rabbitmq|micronaut-rabbitmq|rabbitmq-client$",
        "rabbitmq",
    ),
    (r":spymemcached$|:xmemcached$|simple-spring-memcached", "memcached"),
    (
        r"data-elasticsearch|:elasticsearch-java$|:elasticsearch-rest|:opensearch-(?:java|rest)|quarkus-elasticsearch",
        "elasticsearch",
    ),
    (
        r"spring-kafka|:kafka-(?:clients|streams)$|messaging-kafka|micronaut-kafka|quarkus-kafka|stream-(?:binder-)?kafka|vertx-kafka",
        "kafka",
    ),
    (r":mssql-jdbc$|r2dbc-mssql|jdbc-mssql|reactive-mssql", "mssql"),
)
"""By artifact: drivers and starters, from each project's own documentation."""


def framework(modules: tuple[Module, ...]) -> Fact | None:
    """The framework of the first module that has one."""
    for module in modules:
        found = next(_known(FRAMEWORKS, (*module.dependencies, *module.plugins)), None)
        if found:
            return _fact("framework", found[0], found[1])
    return None


def services(modules: tuple[Module, ...]) -> Fact | None:
    """Every service that a driver of any module speaks to."""
    pins = tuple(pin for module in modules for pin in module.dependencies)
    known = dict(reversed(list(_known(SERVICES, pins))))
    return _fact("services", sorted(known), known[min(known)]) if known else None


def _known(table: tuple[tuple[str, str], ...], pins: tuple[Pin, ...]) -> Iterator[tuple[str, Pin]]:
    return ((value, pin) for pattern, value in table for pin in pins if re.search(pattern, pin.value))


def _fact(name: str, value: object, pin: Pin) -> Fact:
    return Fact(
        name=name,
        value=value,
        rule=f"java.{name}.dependency",
        confidence=STRONG,
        file=pin.file,
        line=pin.line,
    )
