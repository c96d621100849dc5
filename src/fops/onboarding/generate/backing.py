"""The backing services we know: how they run on a developer's machine, and how a program is told where they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from fops.onboarding.model import EnvVariable, ServicePlan
from fops.onboarding.plan.releases import IMAGES, image_tag

USER = DATABASE = "app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """One backing service. `kept_in` names the variable of the `.env` file that holds its password, if it has one.

    `release` is the product and line of `eol.json` whose newest patch stands for `{}` in `pattern`; `url` is what a
    program connects with; `prefixes` are how variables about it begin.
    """

    pattern: str
    release: tuple[str, str] | None = None
    port: int
    health: tuple[str, ...]
    url: str
    prefixes: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    data: str | None = None
    kept_in: str | None = None

    @property
    def image(self) -> str:
        """The image by exact version."""
        return self.pattern.format(image_tag(*self.release)) if self.release else self.pattern


def backing(name: str) -> Backing | None:
    """The service by the name detection gives it, None for one that is not known here."""
    return _TABLE.get(name)


def required(variable: str) -> str:
    """A compose reference that stops with a sentence when the variable is not set."""
    return f"${{{variable}:?set {variable} in .env}}"


def local_value(service: ServicePlan, variable: EnvVariable) -> str:
    """What a variable is on a developer's machine: the backing service it names, its default, or a demand to set it."""
    if value := connection(service, variable.name):
        return value
    if variable.default is None or variable.secret:
        return required(variable.name)
    return variable.default.replace("$", "$$")


def points_home(variable: EnvVariable) -> bool:
    """Whether the default is an address of the program's own machine, which means nothing in a cluster."""
    return bool(re.search(r"\b(?:localhost|127\.0\.0\.1)\b|\[::1\]", variable.default or ""))


def _is_about(name: str, variable: str) -> bool:
    known = backing(name)
    return known is not None and any(
        re.match(rf"(?:\w+_)?{prefix}(?:_|$)", variable) for prefix in known.prefixes
    )


def connection(
    service: ServicePlan, variable: str, *, host: str | None = None, secret: str | None = None
) -> str | None:
    """What a variable about one of the service's backing services holds, None for one about something else.

    Without `host` the backing service is reached by its name, without `secret` its password comes from `.env`.
    """
    words = re.sub(r"^PG(?!_)", "PG_", variable.upper())  # libpq's own names have no underscore
    name = next((name for name in service.backing if _is_about(name, words)), None)
    known = backing(name) if name else None
    if name is None or known is None:
        return None
    host = host or name
    password = (secret or required(known.kept_in)) if known.kept_in else ""
    for ending, value in (
        (
            r"(?:URL|URI|DSN|CONNECTION_STRING)",
            _url(service, known, password).replace(f"{name}:{known.port}", f"{host}:{known.port}"),
        ),
        (r"(?:HOST|HOSTNAME|SERVER)", host),
        (r"(?:BROKERS?|BOOTSTRAP_SERVERS|SERVERS|HOSTS|ADDR|ADDRESS|ENDPOINT)", f"{host}:{known.port}"),
        (r"PORT", str(known.port)),
        (r"(?:USER|USERNAME)", USER if password else ""),
        (r"(?:PASSWORD|PASS|PWD)", password),
        (r"(?:NAME|DB|DATABASE)", DATABASE if known.url.endswith(f"/{DATABASE}") else ""),
    ):
        if value and re.search(rf"(?:^|_){ending}$", words):
            return value
    return None


def _url(service: ServicePlan, known: Backing, password: str) -> str:
    if service.language == "java" and known.url.startswith(("postgresql://", "mysql://")):
        return "jdbc:" + known.url.replace(f"{USER}:PASSWORD@", "")
    insecure = (
        "?sslmode=disable" if service.language == "go" and known.url.startswith("postgresql://") else ""
    )
    return known.url.replace("PASSWORD", password) + insecure


_SQL = ("DB", "DATABASE", "SQL", "SQLALCHEMY_DATABASE", "DATASOURCE", "SPRING_DATASOURCE")
_TABLE: Mapping[str, Backing] = MappingProxyType({
    "postgres": Backing(
        pattern="postgres:{}-alpine",
        release=("postgresql", "17"),
        port=5432,
        health=("CMD-SHELL", f"pg_isready --host 127.0.0.1 --username {USER} --dbname {DATABASE}"),
        url=f"postgresql://{USER}:PASSWORD@postgres:5432/{DATABASE}",
        prefixes=("POSTGRES", "POSTGRESQL", "PG", *_SQL),
        environment={"POSTGRES_USER": USER, "POSTGRES_DB": DATABASE, "POSTGRES_PASSWORD": required("POSTGRES_PASSWORD")},
        data="/var/lib/postgresql/data",
        kept_in="POSTGRES_PASSWORD",
    ),
    "mysql": Backing(
        pattern="mysql:{}",
        release=("mysql", "8.4"),
        port=3306,
        health=("CMD-SHELL", "mysqladmin ping --silent --host 127.0.0.1"),
        url=f"mysql://{USER}:PASSWORD@mysql:3306/{DATABASE}",
        prefixes=("MYSQL", "MARIADB", *_SQL),
        environment={
            "MYSQL_USER": USER,
            "MYSQL_DATABASE": DATABASE,
            "MYSQL_PASSWORD": required("MYSQL_PASSWORD"),
            "MYSQL_ROOT_PASSWORD": required("MYSQL_PASSWORD"),
        },
        data="/var/lib/mysql",
        kept_in="MYSQL_PASSWORD",
    ),
    "redis": Backing(
        pattern="redis:{}-alpine",
        release=("redis", "8.2"),
        port=6379,
        health=("CMD", "redis-cli", "ping"),
        url="redis://redis:6379/0",
        prefixes=("REDIS", "CACHE", "CELERY_BROKER", "CELERY_RESULT", "BROKER", "QUEUE"),
        data="/data",
    ),
    "mongodb": Backing(
        pattern="mongo:{}",
        release=("mongodb", "8.0"),
        port=27017,
        health=("CMD", "mongosh", "--quiet", "--eval", "db.adminCommand('ping').ok"),
        url=f"mongodb://mongodb:27017/{DATABASE}",
        prefixes=("MONGO", "MONGODB", "MONGOHQ", "DB", "DATABASE"),
        data="/data/db",
    ),
    "rabbitmq": Backing(
        pattern=IMAGES["rabbitmq"],
        port=5672,
        health=("CMD", "rabbitmq-diagnostics", "--quiet", "ping"),
        url=f"amqp://{USER}:PASSWORD@rabbitmq:5672/",
        prefixes=("RABBITMQ", "RABBIT", "AMQP", "CLOUDAMQP", "CELERY_BROKER", "BROKER", "QUEUE"),
        environment={"RABBITMQ_DEFAULT_USER": USER, "RABBITMQ_DEFAULT_PASS": required("RABBITMQ_PASSWORD")},
        data="/var/lib/rabbitmq",
        kept_in="RABBITMQ_PASSWORD",
    ),
    "memcached": Backing(
        pattern=IMAGES["memcached"],
        port=11211,
        health=("CMD-SHELL", "nc -z 127.0.0.1 11211"),
        url="memcached:11211",
        prefixes=("MEMCACHED", "MEMCACHE", "MEMCACHIER", "CACHE"),
    ),
    "elasticsearch": Backing(
        pattern=IMAGES["elasticsearch"],
        port=9200,
        health=("CMD-SHELL", "curl --silent --fail http://127.0.0.1:9200/_cluster/health"),
        url="http://elasticsearch:9200",
        prefixes=("ELASTICSEARCH", "ELASTIC", "ES", "BONSAI"),
        environment={"discovery.type": "single-node", "xpack.security.enabled": "false", "ES_JAVA_OPTS": "-Xms512m -Xmx512m"},
        data="/usr/share/elasticsearch/data",
    ),
    "kafka": Backing(
        pattern=IMAGES["kafka"],
        port=9092,
        health=("CMD-SHELL", "/opt/kafka/bin/kafka-broker-api-versions.sh --bootstrap-server kafka:9092"),
        url="kafka:9092",
        prefixes=("KAFKA",),
        environment={
            "KAFKA_NODE_ID": "1",
            "KAFKA_PROCESS_ROLES": "broker,controller",
            "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
            "KAFKA_ADVERTISED_LISTENERS": "PLAINTEXT://kafka:9092",
            "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
            "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
            "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        },
    ),
    "mssql": Backing(
        pattern=IMAGES["mssql"],
        port=1433,
        health=(
            "CMD-SHELL",
            '/opt/mssql-tools18/bin/sqlcmd -C -S localhost -U sa -P "$$MSSQL_SA_PASSWORD" -Q "SELECT 1"',
        ),
        url="sqlserver://sa:PASSWORD@mssql:1433",
        prefixes=("MSSQL", "SQLSERVER", *_SQL),
        environment={"ACCEPT_EULA": "Y", "MSSQL_SA_PASSWORD": required("MSSQL_SA_PASSWORD")},
        data="/var/opt/mssql",
        kept_in="MSSQL_SA_PASSWORD",
    ),
})  # fmt: skip
"""By the images' own documentation: environment variables, data folders and health commands."""
