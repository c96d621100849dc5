"""What operations care about: variables the code reads, health and metrics routes, services, programs it calls."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from fops.onboarding.detect.evidence import Hit, find, find_all, matching
from fops.onboarding.detect.languages.code import code_hits, environment
from fops.onboarding.detect.languages.database_file import LITERAL, database_file, first
from fops.onboarding.detect.languages.node.manifest import PATH, Manifest, dependency_line
from fops.onboarding.model import LIKELY, STRONG, Fact
from fops.onboarding.ports import Tree

_ENV = re.compile(
    r"\b(?:process\.env|Bun\.env)(?:\.|\[\s*['\"])(?P<name>[A-Z][A-Z0-9_]+)(?:['\"]\s*\])?(?:\s*(?:\|\||\?\?)\s*['\"](?P<default>[^'\"\n]{0,200})['\"])?"
)
_TAKEN_OUT = re.compile(
    r"\b(?P<name>[A-Z][A-Z0-9_]+)\b(?:\s*:\s*\w+)?(?:\s*=\s*['\"](?P<default>[^'\"\n]{0,200})['\"])?(?=[^{}]{0,200}\}\s*=\s*process\.env\b)"
)
# The address a program listens on where a variable names none: that of its own machine is reached by nobody else's.
_LOCAL = r"['\"](?:localhost|127\.0\.0\.1)['\"]"
_LISTENS_LOCALLY = re.compile(
    r"(?:process\.env(?:\.|\[['\"])(?P<a>(?:SERVER_|APP_|API_|BIND_|LISTEN_)?HOST(?:NAME)?)(?:['\"]\])?\s*(?:\|\||\?\?)\s*"
    r"|\b(?P<b>HOST)\s*(?:=\s*|:\s*\w{1,20}(?:\.\w{1,20}\(\)){0,4}\.default\(\s*))" + _LOCAL
)
_LISTENS = re.compile(r"\.listen\s*\(\s*(?P<given>\{[^{}]{0,300}\}|[^;\n]{0,120})")
_NOT_OURS = re.compile(r"^(?:NODE_ENV|PORT|HOST|HOSTNAME|CI|npm_|HOME|PATH|PWD|TZ|VERCEL|NEXT_RUNTIME|DEBUG)")
# A router's path continues that of its mount, and a client's names another program: neither is our path.
_SERVER = r"(?<![rR]outer)(?<![rR]outes)(?<![rR]oute)(?<!axios)(?<!http)(?<![cC]lient)(?<![rR]equest)"
_HEALTH_PATH = r"['\"`](?P<path>/(?:[\w-]+/)*(?:healthz?|health-?check|livez?|readyz|ready|liveness|_health|ping|status))['\"`]"
_HEALTH = re.compile(_SERVER + r"\.(?:get|all|route|head|use)\s*\(\s*" + _HEALTH_PATH)
_HEALTH_OF_A_TABLE = re.compile(
    r"\bmethod\s*:\s*['\"](?:GET|\*)['\"]\s*,\s*(?:path|url)\s*:\s*" + _HEALTH_PATH
)  # routes as Hapi and Fastify take them: `{ method: 'GET', path: '/health' }`
_NEST_HEALTH = re.compile(r"@Controller\(\s*['\"]/?(?P<path>health[\w-]*)['\"]\s*\)")
_METRICS = re.compile(_SERVER + r"\.(?:get|all|route|use)\s*\(\s*['\"`](?P<path>/(?:[\w-]+/)*metrics)['\"`]")
_PREFIX = re.compile(r"\.setGlobalPrefix\(\s*['\"`]/?(?P<prefix>[\w/-]+?)/?['\"`]\s*[,)]")
_FILE_ROUTES = re.compile(
    r"(?:^|/)(?:app|src/app|pages|src/pages|server/api|server/routes)/(?:api/)?(?P<name>healthz?)(?:/route|/index|\.get)?\.[jt]sx?\Z"
)
SERVICES: dict[str, tuple[str, ...]] = {
    "postgres": ("pg", "postgres", "pg-promise", "@vercel/postgres", "@neondatabase/serverless", "pg-native", "@mikro-orm/postgresql", "slonik"),
    "mysql": ("mysql", "mysql2", "mariadb", "@mikro-orm/mysql", "serverless-mysql"),
    "redis": ("redis", "ioredis", "bull", "bullmq", "bee-queue", "connect-redis", "@redis/client", "@socket.io/redis-adapter", "resque"),
    "mongodb": ("mongodb", "mongoose", "@mikro-orm/mongodb", "connect-mongo", "agenda", "mongojs", "monk"),
    "rabbitmq": ("amqplib", "amqp-connection-manager", "amqp", "rascal", "@golevelup/nestjs-rabbitmq"),
    "kafka": ("kafkajs", "node-rdkafka", "kafka-node", "@confluentinc/kafka-javascript"),
    "memcached": ("memcached", "memjs", "memcache-plus"),
    "elasticsearch": ("@elastic/elasticsearch", "elasticsearch", "@opensearch-project/opensearch"),
    "mssql": ("mssql", "tedious"),
}  # fmt: skip
"""Client packages by the service they talk to, from each project's own documentation."""
_PROGRAMS: dict[str, str] = {
    "fluent-ffmpeg": "ffmpeg", "gm": "graphicsmagick", "imagemagick": "imagemagick", "node-poppler": "poppler-utils",
    "node-tesseract-ocr": "tesseract-ocr", "pg-native": "libpq5", "puppeteer": "chromium", "simple-git": "git",
}  # fmt: skip
"""Packages that call a program or library of the system, by the name of its Debian package."""
_LISTEN_VARIABLES = {"fastify-cli": "FASTIFY_ADDRESS", "@adonisjs/core": "HOST"}
"""Packages that listen where a variable says, from their documentation."""
_JOBS = frozenset({
    "agenda", "amqplib", "bee-queue", "bree", "bull", "bullmq", "cron", "discord.js", "eris", "graphile-worker", "grammy", "kafkajs",
    "node-cron", "node-schedule", "node-telegram-bot-api", "pg-boss", "telegraf", "tmi.js", "whatsapp-web.js", "@temporalio/worker",
})  # fmt: skip
"""Packages of programs that work through jobs, messages or a chat, and need not listen."""
_EMBEDDED = (
    "better-sqlite3", "sqlite3", "sqlite", "@libsql/client", "libsql", "sql.js", "connect-sqlite3", "better-sqlite3-session-store", "@keyv/sqlite",
    "@mikro-orm/sqlite", "@mikro-orm/better-sqlite",
)  # fmt: skip
"""Packages that keep data in a file of the program's own, from each project's documentation."""
_BUILT_IN = re.compile(r"[\"'](?:bun|node):sqlite[\"']")
_PRISMA_SQLITE = re.compile(
    r'datasource\s+\w+\s*\{[^}]*?provider\s*=\s*"sqlite"[^}]*?\burl\s*=\s*(?:env\(\s*"(?P<name>\w+)"|"file:)'
)
_PRISMA = re.compile(
    r'(?m)^[ \t]*provider\s*=\s*"(?P<name>postgresql|postgres|mysql|mongodb|sqlserver|cockroachdb)"'
)
_PROVIDERS = {
    "postgresql": "postgres",
    "postgres": "postgres",
    "mysql": "mysql",
    "mongodb": "mongodb",
    "sqlserver": "mssql",
    "cockroachdb": "postgres",
}


def behaviour(tree: Tree, manifest: Manifest, paths: Sequence[str]) -> Iterator[Fact]:
    """The facts `env`, `health_path` and `metrics_path`."""
    unpacking = [path for path in paths if "} = process.env" in (tree.read(path) or "")]
    hits = chain(code_hits(tree, _ENV, paths), code_hits(tree, _TAKEN_OUT, unpacking))
    yield from environment("node", [hit for hit in hits if not _NOT_OURS.match(hit.match["name"])])
    yield from _route(tree, "health_path", _HEALTH, paths)
    yield from _route(tree, "health_path", _HEALTH_OF_A_TABLE, paths)
    nest = next(code_hits(tree, _NEST_HEALTH, paths), None)
    prefixed = next(code_hits(tree, _PREFIX, paths), None) if nest else None
    prefix = f"/{prefixed.match['prefix']}" if prefixed else ""
    if nest:
        yield Fact(
            name="health_path",
            value=f"{prefix}/{nest.match['path']}",
            rule="node.health.controller",
            confidence=LIKELY,
            file=nest.file,
            line=nest.line,
        )
    yield from _file_route(tree)
    if manifest.has("@strapi/strapi"):
        yield Fact(
            name="health_path",
            value="/_health",  # every Strapi server answers it: Strapi's documentation, Deployment
            rule="node.health.strapi",
            confidence=LIKELY,
            file=PATH,
            line=dependency_line(tree, "@strapi/strapi"),
        )
    if manifest.has("prom-client") or any(
        name.endswith("prom-bundle") or "prometheus" in name for name in manifest.runtime
    ):
        yield from _route(tree, "metrics_path", _METRICS, paths)


def _route(tree: Tree, name: str, pattern: re.Pattern[str], paths: Sequence[str]) -> Iterator[Fact]:
    hit = next(code_hits(tree, pattern, paths), None)
    if hit:
        yield Fact(
            name=name,
            value=hit.match["path"],
            rule=f"node.route.{name}",
            confidence=STRONG,
            file=hit.file,
            line=hit.line,
        )


def _file_route(tree: Tree) -> Iterator[Fact]:
    for path in tree.files:
        found = _FILE_ROUTES.search(path)
        if found:
            prefix = "/api" if "/api/" in path else ""
            yield Fact(
                name="health_path",
                value=f"{prefix}/{found['name']}",
                rule="node.health.file-route",
                confidence=LIKELY,
                file=path,
                line=1,
            )
            return


def services(tree: Tree, manifest: Manifest) -> Iterator[Fact]:
    """The fact `services`, one candidate for each client package and for Prisma's provider."""
    for service, packages in SERVICES.items():
        package = next((name for name in packages if name in manifest.runtime), None)
        if package:
            yield Fact(
                name="services",
                value=[service],
                rule="node.services.package",
                confidence=STRONG,
                file=PATH,
                line=dependency_line(tree, package),
            )
    hit = find(tree, _PRISMA, matching(tree, "*.prisma"))
    if hit:
        yield Fact(
            name="services",
            value=[_PROVIDERS[hit.match["name"]]],
            rule="node.services.prisma",
            confidence=STRONG,
            file=hit.file,
            line=hit.line,
        )
    typeorm = re.compile(r"\b(?:type|dialect|client)\s*:\s*['\"](?P<name>postgres(?:ql)?|mysql|mongodb)['\"]")
    for found in find_all(
        tree,
        typeorm,
        matching(tree, "ormconfig.*", "*/database/*", "knexfile.*", "drizzle.config.*", "config/database.*"),
    ):
        yield Fact(
            name="services",
            value=[_PROVIDERS[found.match["name"]]],
            rule="node.services.configuration",
            confidence=LIKELY,
            file=found.file,
            line=found.line,
        )


def system_packages(tree: Tree, manifest: Manifest) -> Iterator[Fact]:
    """The fact `system_packages`, one candidate for each package that calls a program which images lack."""
    for package, program in _PROGRAMS.items():
        if package in manifest.runtime:
            yield Fact(
                name="system_packages",
                value=[program],
                rule="node.system-packages.caller",
                confidence=LIKELY,
                file=PATH,
                line=dependency_line(tree, package),
            )


def worker(tree: Tree, manifest: Manifest, start: Fact | None) -> Iterator[Fact]:
    """The fact `processes` of a program that takes its work from elsewhere; the caller knows that it does not listen."""
    package = next((name for name in manifest.runtime if name in _JOBS), None)
    if package and start:
        yield Fact(
            name="processes",
            value=[{"name": "worker", "command": start.value}],
            rule="node.processes.worker",
            confidence=LIKELY,
            file=PATH,
            line=dependency_line(tree, package),
        )


def database(tree: Tree, manifest: Manifest, paths: Sequence[str]) -> Iterator[Fact]:
    """The fact `database_file`: what Prisma's schema names, else what the code names where a package can open it."""
    schema = find(tree, _PRISMA_SQLITE, matching(tree, "*.prisma"))
    told = _told_to_prisma(tree, schema) if schema else None
    if schema and told:
        # as Prisma reads it: relative to the schema
        path, name = posixpath.join(posixpath.dirname(schema.file), told.match["path"]), schema.match["name"]
        place = replace(
            told, file=schema.file, line=schema.match.string.count("\n", 0, schema.match.end()) + 1
        )
        yield from first(iter([database_file("node", place, path=path, variable=name)]))
    elif any(name in manifest.runtime for name in _EMBEDDED) or find(tree, _BUILT_IN, paths):
        yield from first(database_file("node", hit) for hit in code_hits(tree, LITERAL, paths))


def _told_to_prisma(tree: Tree, schema: Hit) -> Hit | None:
    """The file that the schema names itself, or that the variable it reads holds in an example."""
    if not schema.match["name"]:
        return find(tree, LITERAL, (schema.file,))
    assigned = re.compile(
        rf"(?m)^{schema.match['name']}\s*=\s*(?P<quote>[\"']?)(?P<scheme>file:)(?P<base>)(?P<path>[\w./-]+)(?P<rest>(?:\?\S*)?)"
    )
    return find(tree, assigned, (".env.example", ".env.sample", ".env.template", ".env"))


def listen_variable(tree: Tree, manifest: Manifest, paths: Sequence[str]) -> Iterator[Fact]:
    """The fact `listen_variable`: what has to name an address that others reach, since its default is this machine's own."""
    hit = next(code_hits(tree, _LISTENS_LOCALLY, paths), None)
    package = next((name for name in _LISTEN_VARIABLES if name in manifest.runtime), "")
    if not (hit or package):
        return
    yield Fact(
        name="listen_variable",
        value=(hit.match["a"] or hit.match["b"]) if hit else _LISTEN_VARIABLES[package],
        rule="node.listen.variable",
        confidence=LIKELY,
        file=hit.file if hit else PATH,
        line=hit.line if hit else dependency_line(tree, package),
    )


def listens_locally(tree: Tree, manifest: Manifest, paths: Sequence[str]) -> Iterator[Fact]:
    """The fact `listens_locally`: the program takes no requests but its own machine's, as Fastify does by default."""
    fastify = "fastify" in manifest.runtime or "@nestjs/platform-fastify" in manifest.runtime
    for hit in code_hits(tree, _LISTENS, paths):
        given = hit.match["given"]
        unsaid = given.startswith("{") and "port" in given and not re.search(r"host|path|\.\.\.", given)
        if re.search(_LOCAL, given) or (fastify and unsaid):
            yield Fact(name="listens_locally", value="localhost", rule="node.listen.locally",
                       confidence=LIKELY, file=hit.file, line=hit.line)  # fmt: skip
            return
