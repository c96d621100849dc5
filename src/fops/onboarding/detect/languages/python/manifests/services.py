"""Backing services: by client packages, and by the addresses and engines that stand in the code."""

from __future__ import annotations

from collections.abc import Iterator

from fops.onboarding.detect.languages.python.code.source import Module
from fops.onboarding.detect.languages.python.manifests.dependencies import Dependencies
from fops.onboarding.detect.languages.python.manifests.requirements import Dependency, Group
from fops.onboarding.model import STRONG, Fact

SERVICES: dict[str, tuple[str, ...]] = {
    "postgres": (
        "psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "psycopg2cffi", "asyncpg", "aiopg", "pg8000", "postgres", "pgvector",
        "langchain-postgres",
    ),
    "mysql": ("pymysql", "mysqlclient", "mysql-connector-python", "mysql-connector", "mysql-python", "aiomysql", "asyncmy"),
    "redis": ("redis", "aioredis", "hiredis", "django-redis", "channels-redis", "rq", "arq", "redis-om", "fakeredis", "walrus", "coredis"),
    "mongodb": ("pymongo", "motor", "mongoengine", "beanie", "odmantic", "djongo", "flask-pymongo", "flask-mongoengine"),
    "rabbitmq": ("pika", "aio-pika", "amqp", "aiormq", "nameko"),
    "memcached": ("pymemcache", "python-memcached", "pylibmc", "aiomcache", "bmemcached", "python-binary-memcached", "django-pylibmc"),
    "elasticsearch": ("elasticsearch", "elasticsearch-dsl", "opensearch-py", "django-elasticsearch-dsl", "elasticsearch7", "elasticsearch8"),
    "kafka": ("kafka-python", "kafka-python-ng", "confluent-kafka", "aiokafka", "faust", "faust-streaming", "pykafka"),
    "mssql": ("pymssql", "mssql-django", "django-mssql-backend", "django-pyodbc-azure"),
}  # fmt: skip
"""Client packages by the service they talk to, from each project's own documentation."""

_EXTRAS = {"redis": "redis", "kafka": "kafka", "mongodb": "mongodb", "postgres": "postgres", "postgresql": "postgres", "mysql": "mysql",
           "elasticsearch": "elasticsearch", "memcache": "memcached", "pymemcache": "memcached", "asyncpg": "postgres",
           "postgresql-asyncpg": "postgres", "postgresql-psycopg": "postgres", "rabbitmq": "rabbitmq", "binary": ""}  # fmt: skip
"""Extras such as `celery[redis]`, `sqlalchemy[asyncpg]`, `dramatiq[rabbitmq]`."""


_MARKS = (
    (
        "postgres",
        (
            "django.db.backends.postgresql",
            "django.contrib.gis.db.backends.postgis",
            "postgresql://",
            "postgres://",
            "postgresql+",
        ),
    ),
    ("mysql", ("django.db.backends.mysql", "mysql://", "mysql+")),
    ("redis", ("redis://",)),
    ("mongodb", ("mongodb://",)),
    ("rabbitmq", ("amqp://",)),
    ("memcached", ("django.core.cache.backends.memcached",)),
    ("mssql", ("mssql+", "mssql://", "for SQL Server", "{SQL Server")),
)
"""Addresses and engines as they stand in settings and code."""


def services(dependencies: Dependencies, modules: tuple[Module, ...]) -> Iterator[Fact]:
    """The fact `services`: by client packages, extras, and the addresses and engines that stand in the code."""
    found: dict[str, tuple[str, int | None]] = {}
    for one in dependencies.every:
        for service in _services_of(one) if one.group is not Group.DEV else ():
            found.setdefault(service, (one.file, one.line))
    for service, place in _in_code(modules):
        found.setdefault(service, place)
    if found:
        file, line = next(iter(found.values()))
        yield Fact(
            name="services",
            value=sorted(found),
            rule="python.services.driver",
            confidence=STRONG,
            file=file,
            line=line,
        )


def _services_of(dependency: Dependency) -> Iterator[str]:
    yield from (service for service, packages in SERVICES.items() if dependency.name in packages)
    yield from (service for extra in sorted(dependency.extras) if (service := _EXTRAS.get(extra)))


def _in_code(modules: tuple[Module, ...]) -> Iterator[tuple[str, tuple[str, int | None]]]:
    for module in modules:
        for service, marks in _MARKS:
            at = next((position for mark in marks if (position := module.text.find(mark)) >= 0), -1)
            start = module.text.rfind("\n", 0, at) + 1
            if at >= 0 and not module.text[start:at].lstrip().startswith("#"):
                yield service, (module.path, module.text.count("\n", 0, at) + 1)
