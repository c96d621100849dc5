"""Frameworks and backing services by the packages that bring them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fops.onboarding.detect.languages.python.code.source import Module, entry_rank
from fops.onboarding.detect.languages.python.manifests.dependencies import Dependencies
from fops.onboarding.detect.languages.python.manifests.requirements import Dependency
from fops.onboarding.model import LIKELY, STRONG, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A web framework: the packages that mean it, what its application objects are made by, and where it listens.

    `interface` is how a server runs it: `wsgi`, `asgi`, or `own` where the framework starts itself. `port` is the
    documented default of its own server. `server` is the server its package depends on.
    """

    name: str
    packages: tuple[str, ...]
    modules: tuple[str, ...]
    makers: tuple[str, ...] = ()
    interface: str = "own"
    port: int | None = None
    server: str | None = None


FRAMEWORKS: tuple[Framework, ...] = (
    Framework(
        name="django",
        packages=("django", "djangorestframework", "django-ninja", "wagtail", "django-cms"),
        modules=("django",),
        makers=("django.core.wsgi.get_wsgi_application", "django.core.asgi.get_asgi_application"),
        interface="wsgi",
        port=8000,
    ),
    Framework(
        name="functions-framework",
        packages=("functions-framework",),
        modules=("functions_framework",),
        port=8080,
    ),
    Framework(name="streamlit", packages=("streamlit",), modules=("streamlit",), port=8501),
    Framework(name="chainlit", packages=("chainlit",), modules=("chainlit",), port=8000),
    Framework(name="reflex", packages=("reflex",), modules=("reflex",), makers=("reflex.App",), port=3000),
    Framework(name="nicegui", packages=("nicegui",), modules=("nicegui",), port=8080),
    Framework(name="panel", packages=("panel",), modules=("panel",), port=5006),
    Framework(
        name="dash", packages=("dash",), modules=("dash",), makers=("dash.Dash",), interface="wsgi", port=8050
    ),
    Framework(
        name="fasthtml",
        packages=("python-fasthtml",),
        modules=("fasthtml",),
        makers=(
            "fasthtml.common.FastHTML",
            "fasthtml.common.fast_app",
            "fasthtml.FastHTML",
            "fasthtml.fastapp.fast_app",
        ),
        interface="asgi",
        port=5001,
        server="uvicorn",
    ),
    Framework(
        name="litestar",
        packages=("litestar", "starlite"),
        modules=("litestar", "starlite"),
        makers=("litestar.Litestar", "starlite.Starlite", "litestar.app.Litestar"),
        interface="asgi",
        port=8000,
    ),
    Framework(
        name="sanic",
        packages=("sanic",),
        modules=("sanic",),
        makers=("sanic.Sanic", "sanic.app.Sanic"),
        port=8000,
    ),
    Framework(
        name="quart",
        packages=("quart",),
        modules=("quart",),
        makers=("quart.Quart",),
        interface="asgi",
        port=5000,
        server="hypercorn",
    ),
    Framework(name="robyn", packages=("robyn",), modules=("robyn",), makers=("robyn.Robyn",), port=8080),
    Framework(
        name="blacksheep",
        packages=("blacksheep",),
        modules=("blacksheep",),
        makers=("blacksheep.Application",),
        interface="asgi",
    ),
    Framework(
        name="fastapi",
        packages=("fastapi", "fastapi-slim"),
        modules=("fastapi",),
        makers=("fastapi.FastAPI", "fastapi.applications.FastAPI"),
        interface="asgi",
        port=8000,
    ),
    Framework(name="gradio", packages=("gradio",), modules=("gradio",), port=7860),
    Framework(
        name="flask",
        packages=(
            "flask",
            "apiflask",
            "connexion",
            "eve",
            "flask-openapi3",
            "flask-restful",
            "flask-restx",
            "flask-appbuilder",
        ),
        modules=("flask", "apiflask", "connexion", "eve", "flask_openapi3"),
        makers=(
            "flask.Flask",
            "flask.app.Flask",
            "apiflask.APIFlask",
            "connexion.FlaskApp",
            "connexion.App",
            "eve.Eve",
            "flask_openapi3.OpenAPI",
        ),
        interface="wsgi",
        port=5000,
    ),
    Framework(
        name="starlette",
        packages=("starlette",),
        modules=("starlette",),
        makers=("starlette.applications.Starlette",),
        interface="asgi",
        port=8000,
    ),
    Framework(
        name="falcon",
        packages=("falcon",),
        modules=("falcon",),
        makers=("falcon.App", "falcon.API"),
        interface="wsgi",
        port=8000,
    ),
    Framework(
        name="falcon", packages=(), modules=(), makers=("falcon.asgi.App",), interface="asgi", port=8000
    ),
    Framework(
        name="bottle",
        packages=("bottle",),
        modules=("bottle",),
        makers=("bottle.Bottle", "bottle.default_app", "bottle.app"),
        interface="wsgi",
        port=8080,
    ),
    Framework(name="google-adk", packages=("google-adk",), modules=("google.adk",), port=8000),
    Framework(name="pyramid", packages=("pyramid",), modules=("pyramid",), port=6543),
    Framework(name="cherrypy", packages=("cherrypy",), modules=("cherrypy",), port=8080),
    Framework(
        name="aiohttp", packages=(), modules=("aiohttp.web",), makers=("aiohttp.web.Application",), port=8080
    ),
    Framework(
        name="tornado",
        packages=("tornado",),
        modules=("tornado.web",),
        makers=("tornado.web.Application",),
        port=8888,
    ),
)
"""Those built on another stand before it, because it comes with them. Ports: each project's own documentation."""

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


def framework_of(
    dependencies: Dependencies, modules: tuple[Module, ...]
) -> tuple[Framework, Dependency | None] | None:
    """The framework of the most entry-like file that imports one; those declared count first. With the declaration.

    Where no file imports a declared one (or none can be read), the first declared is taken.
    """
    declared = {
        one.name: dependency for one in FRAMEWORKS if (dependency := dependencies.find(*one.packages))
    }
    ranked = sorted(modules, key=lambda module: entry_rank(module.path))
    imported = [
        one
        for module in ranked
        for one in FRAMEWORKS
        if any(module.imports_from(name) for name in one.modules)
    ]
    by_name = [one for one in FRAMEWORKS if one.name in declared]
    found = next((one for one in imported if one.name in declared), None) or next(
        iter(by_name or imported), None
    )
    return (found, declared.get(found.name)) if found else None


def maker_of(name: str) -> Framework | None:
    """The framework whose application objects a call of this name makes."""
    return next((one for one in FRAMEWORKS if name in one.makers), None)


def framework_fact(framework: Framework, dependency: Dependency | None, modules: tuple[Module, ...]) -> Fact:
    """The fact `framework`, resting on the declaration, else on the import."""
    if dependency:
        rule = "python.framework.dependency"
        return Fact(
            name="framework",
            value=framework.name,
            rule=rule,
            confidence=STRONG,
            file=dependency.file,
            line=dependency.line,
        )
    places = (
        (module.path, line)
        for module in modules
        for name in framework.modules
        if (line := module.imports_from(name))
    )
    file, line = next(places, (None, None))
    return Fact(
        name="framework",
        value=framework.name,
        rule="python.framework.import",
        confidence=LIKELY,
        file=file,
        line=line,
    )


def services(dependencies: Dependencies, modules: tuple[Module, ...]) -> Iterator[Fact]:
    """The fact `services`: by client packages, extras, and the addresses and engines that stand in the code."""
    found: dict[str, tuple[str, int | None]] = {}
    for one in dependencies.every:
        for service in _services_of(one) if one.group != "dev" else ():
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


def _in_code(modules: tuple[Module, ...]) -> Iterator[tuple[str, tuple[str, int | None]]]:
    for module in modules:
        for service, marks in _MARKS:
            at = next((position for mark in marks if (position := module.text.find(mark)) >= 0), -1)
            start = module.text.rfind("\n", 0, at) + 1
            if at >= 0 and not module.text[start:at].lstrip().startswith("#"):
                yield service, (module.path, module.text.count("\n", 0, at) + 1)
