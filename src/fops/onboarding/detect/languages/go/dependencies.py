"""The web framework and the backing services, from what go.mod requires directly, else from what the code imports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fops.onboarding.detect.evidence import find
from fops.onboarding.detect.languages.code import code_hits
from fops.onboarding.detect.languages.database_file import LITERAL, database_file, first
from fops.onboarding.detect.languages.go.packages import Project
from fops.onboarding.detect.languages.tool_versions import Pin
from fops.onboarding.model import STRONG, Fact
from fops.onboarding.ports import Tree

FRAMEWORKS = {
    "github.com/gin-gonic/gin": "gin",
    "github.com/labstack/echo": "echo",
    "github.com/gofiber/fiber": "fiber",
    "github.com/go-chi/chi": "chi",
    "github.com/gorilla/mux": "gorilla-mux",
    "github.com/valyala/fasthttp": "fasthttp",
}
"""Module paths without their major version; a router beats the server library that it may stand on."""

SERVICES = {
    "github.com/lib/pq": "postgres",
    "github.com/jackc/pgx": "postgres",
    "github.com/go-pg/pg": "postgres",
    "github.com/uptrace/bun/driver/pgdriver": "postgres",
    "gorm.io/driver/postgres": "postgres",
    "github.com/go-sql-driver/mysql": "mysql",
    "gorm.io/driver/mysql": "mysql",
    "github.com/redis/go-redis": "redis",
    "github.com/go-redis/redis": "redis",
    "github.com/gomodule/redigo": "redis",
    "github.com/redis/rueidis": "redis",
    "github.com/hibiken/asynq": "redis",
    "go.mongodb.org/mongo-driver": "mongodb",
    "github.com/rabbitmq/amqp091-go": "rabbitmq",
    "github.com/streadway/amqp": "rabbitmq",
    "github.com/bradfitz/gomemcache": "memcached",
    "github.com/elastic/go-elasticsearch": "elasticsearch",
    "github.com/olivere/elastic": "elasticsearch",
    "github.com/segmentio/kafka-go": "kafka",
    "github.com/IBM/sarama": "kafka",
    "github.com/Shopify/sarama": "kafka",
    "github.com/confluentinc/confluent-kafka-go": "kafka",
    "github.com/twmb/franz-go": "kafka",
    "github.com/microsoft/go-mssqldb": "mssql",
    "github.com/denisenkom/go-mssqldb": "mssql",
    "gorm.io/driver/sqlserver": "mssql",
}
"""Drivers by their module paths, from each project's own documentation."""

EMBEDDED = (
    "github.com/mattn/go-sqlite3", "modernc.org/sqlite", "github.com/glebarez/sqlite", "github.com/glebarez/go-sqlite",
    "github.com/ncruces/go-sqlite3", "zombiezen.com/go/sqlite", "gorm.io/driver/sqlite", "go.etcd.io/bbolt", "github.com/boltdb/bolt",
)  # fmt: skip
"""Drivers that keep data in a file of the program's own, from each project's documentation."""


def database(tree: Tree, project: Project, files: tuple[str, ...]) -> Iterator[Fact]:
    """The fact `database_file`: what the code names, where a driver can open it."""
    if any(f"{pin.value}/".startswith(f"{path}/") for pin in _used(tree, project) for path in EMBEDDED):
        yield from first(database_file("go", hit) for hit in code_hits(tree, LITERAL, files))


def dependencies(tree: Tree, project: Project) -> Iterator[Fact]:
    """The facts `framework` and `services`."""
    used = tuple(_used(tree, project))
    framework = next(iter(_known(FRAMEWORKS, used)), None)
    if framework:
        yield _fact("framework", framework[0], framework[1])
    services = dict(reversed(_known(SERVICES, used)))
    if services:
        yield _fact("services", sorted(services), services[min(services)])


def _used(tree: Tree, project: Project) -> Iterator[Pin]:
    required = [pin for module in project.modules for pin in module.requires]
    yield from required
    for name in () if required else sorted(project.imports):
        if "." in name.partition("/")[0]:
            yield _import(tree, project, name)


def _import(tree: Tree, project: Project, name: str) -> Pin:
    files = (
        path for package in project.packages.values() if name in package.imports for path in package.files
    )
    hit = find(tree, re.compile(f'"{re.escape(name)}"'), files)
    return Pin(value=name, file=hit.file if hit else "go.mod", line=hit.line if hit else None)


def _known(table: Mapping[str, str], used: tuple[Pin, ...]) -> list[tuple[str, Pin]]:
    """What the table knows of the used modules, in the table's order."""
    return [
        (value, pin)
        for path, value in table.items()
        for pin in used
        if f"{pin.value}/".startswith(f"{path}/")
    ]


def _fact(name: str, value: object, pin: Pin) -> Fact:
    return Fact(
        name=name, value=value, rule=f"go.{name}.dependency", confidence=STRONG, file=pin.file, line=pin.line
    )
