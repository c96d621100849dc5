import json

import pytest

from fops.onboarding.detect.languages.node import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree


def facts(code, *, dependencies=("express",), path="server.js", files=None):
    manifest = {"name": "x", "dependencies": dict.fromkeys(dependencies, "1")}
    tree = MemoryTree({"package.json": json.dumps(manifest, indent=1), path: code, **(files or {})})
    return {name: fact.value for name, fact in settle(".", LANGUAGE.facts(tree))[0].items()}


@pytest.mark.parametrize(
    "code",
    [
        "const url = process.env.API_URL || 'http://x'",
        "const url = process.env['API_URL'] ?? 'http://x'",
        "const url = Bun.env.API_URL || 'http://x'",
        "const { NODE_ENV, API_URL = 'http://x' } = process.env",
    ],
)
def test_variables_the_code_reads_are_listed_with_their_default(code):
    assert facts(code)["env"] == [{"name": "API_URL", "default": "http://x"}]


def test_a_variable_that_looks_secret_is_named_as_one_and_shows_no_default():
    got = facts("const key = process.env.JWT_SECRET || 'changeme'")
    assert got["secrets"] == ["JWT_SECRET"]
    assert got["env"] == [{"name": "JWT_SECRET", "default": None}]


def test_what_the_platform_sets_and_what_tests_read_is_not_asked_for():
    got = facts("a(process.env.PORT, process.env.NODE_ENV)", files={"test/a.js": "process.env.ONLY_TESTS"})
    assert "env" not in got


@pytest.mark.parametrize(
    ("code", "path", "value"),
    [
        ("app.get('/healthz', f)", "server.js", "/healthz"),
        ("fastify.get('/api/health', f)", "server.js", "/api/health"),
        ("new Elysia().get('/health', f)", "server.js", "/health"),
        ("server.route({ method: 'GET', path: '/health', handler })", "server.js", "/health"),
        ("app.route({\n  method: 'GET',\n  url: '/healthz',\n  handler })", "server.js", "/healthz"),
        ("@Controller('health')\nexport class A {}", "src/health.controller.ts", "/health"),
        ("export function GET() {}", "app/api/health/route.ts", "/api/health"),
        ("export default f", "pages/api/healthz.ts", "/api/healthz"),
    ],
)
def test_a_health_route_is_one_that_stands_in_the_code(code, path, value):
    assert facts(code, path=path)["health_path"] == value


def test_strapi_answers_a_health_check_of_its_own():
    assert facts("", dependencies=("@strapi/strapi",))["health_path"] == "/_health"


def test_a_global_prefix_stands_before_a_controllers_path():
    main = "app.setGlobalPrefix('api/v1')\nawait app.listen(3000)"
    got = facts(
        "@Controller('health')\nexport class A {}",
        path="src/health.controller.ts",
        files={"src/main.ts": main},
    )
    assert got["health_path"] == "/api/v1/health"


@pytest.mark.parametrize(
    "code",
    [
        "router.get('/health', f)",
        "healthRouter.get('/health', f)",
        "axios.get('/health')",
        "// app.get('/health', f)",
    ],
)
def test_a_path_below_a_mount_or_of_another_program_is_no_health_route(code):
    assert "health_path" not in facts(code)


def test_metrics_are_exported_only_with_the_library_and_the_route():
    assert (
        facts("app.get('/metrics', f)", dependencies=["express", "prom-client"])["metrics_path"] == "/metrics"
    )
    assert "metrics_path" not in facts("app.get('/metrics', f)")
    assert "metrics_path" not in facts("", dependencies=["express", "prom-client"])


@pytest.mark.parametrize(
    ("package", "service"),
    [
        ("pg", "postgres"),
        ("mysql2", "mysql"),
        ("ioredis", "redis"),
        ("bullmq", "redis"),
        ("mongoose", "mongodb"),
        ("amqplib", "rabbitmq"),
        ("kafkajs", "kafka"),
        ("memjs", "memcached"),
        ("@elastic/elasticsearch", "elasticsearch"),
        ("mssql", "mssql"),
    ],
)
def test_a_client_package_names_the_service_it_talks_to(package, service):
    assert facts("", dependencies=["express", package])["services"] == [service]


@pytest.mark.parametrize(
    ("provider", "service"), [("postgresql", "postgres"), ("mysql", "mysql"), ("sqlserver", "mssql")]
)
def test_prisma_names_its_database_in_the_schema(provider, service):
    schema = f'datasource db {{\n  provider = "{provider}"\n}}\n'
    assert facts("", files={"prisma/schema.prisma": schema})["services"] == [service]


@pytest.mark.parametrize(
    ("dependencies", "code", "names"),
    [
        (("bullmq",), "new Worker('jobs', f)", ["worker"]),
        (("discord.js",), "client.login(process.env.TOKEN)", ["worker"]),
        (("bullmq", "express"), "app.listen(3000)", None),
        (("bullmq",), "http.createServer(f).listen(3000)", None),
        (("left-pad",), "setInterval(f, 1000)", None),
    ],
)
def test_a_program_that_takes_its_work_from_elsewhere_is_a_worker(dependencies, code, names):
    found = facts(code, dependencies=dependencies).get("processes")

    assert (found and [one["name"] for one in found]) == names


@pytest.mark.parametrize(
    ("code", "dependencies", "variable"),
    [
        ("const host = process.env.HOST ?? 'localhost'", ("express",), "HOST"),
        ("const host = process.env['SERVER_HOST'] || '127.0.0.1'", ("express",), "SERVER_HOST"),
        ("const { HOST = 'localhost' } = process.env", ("express",), "HOST"),
        ("z.object({ HOST: z.string().default('localhost') })", ("express",), "HOST"),
        ("", ("fastify", "fastify-cli"), "FASTIFY_ADDRESS"),
        ("", ("@adonisjs/core",), "HOST"),
        ("const host = process.env.HOST ?? '0.0.0.0'", ("express",), None),
        ("const db = process.env.DB_HOST || 'localhost'", ("express",), None),
    ],
)
def test_the_variable_of_an_address_that_nobody_else_reaches_is_named(code, dependencies, variable):
    assert facts(code, dependencies=dependencies).get("listen_variable") == variable


@pytest.mark.parametrize(
    ("code", "dependencies", "local"),
    [
        ("app.listen(3000, 'localhost')", ("express",), True),
        ("app.listen({ port: 3000, host: '127.0.0.1' })", ("fastify",), True),
        ("await app.listen({ port: 3000 })", ("fastify",), True),
        ("await app.listen({ port: 3000 })", ("express",), None),
        ("await app.listen({ port: 3000, host: '0.0.0.0' })", ("fastify",), None),
        ("await app.listen({ port, host })", ("fastify",), None),
        ("await app.listen({ port: 3000, ...options })", ("fastify",), None),
        ("app.listen(3000)", ("express",), None),
    ],
)
def test_a_program_that_only_its_own_machine_reaches_is_noticed(code, dependencies, local):
    assert (facts(code, dependencies=dependencies).get("listens_locally") is not None or None) is local


def test_programs_that_packages_call_are_named_by_their_debian_package():
    found = facts("", dependencies=("express", "fluent-ffmpeg", "puppeteer"))

    assert found["system_packages"] == ["chromium", "ffmpeg"]


def a_page(text, path="src/App.vue"):
    manifest = {"scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}
    tree = MemoryTree({"package.json": json.dumps(manifest), "index.html": "", path: text})
    found = settle(".", LANGUAGE.facts(tree))[0].get("build_env")
    return (found.value, found.file, found.line) if found else None


@pytest.mark.parametrize(
    ("text", "path", "name", "default"),
    [
        ("const a = import.meta.env.VITE_API_URL ?? 'https://x'", "src/App.vue", "VITE_API_URL", "https://x"),
        ("const a = import.meta.env['VITE_TITLE']", "src/main.ts", "VITE_TITLE", None),
        ("const a = import.meta.env.PUBLIC_SITE", "src/pages/index.astro", "PUBLIC_SITE", None),
        ("import { PUBLIC_A } from '$env/static/public'", "src/routes/+page.svelte", "PUBLIC_A", None),
        ("process.env.NEXT_PUBLIC_API || 'https://x'", "app/page.tsx", "NEXT_PUBLIC_API", "https://x"),
        ("process.env.REACT_APP_API", "src/App.jsx", "REACT_APP_API", None),
    ],
)
def test_what_a_build_writes_into_pages_is_told_from_what_a_server_reads(text, path, name, default):
    assert a_page(f"<p>\n{text}", path) == ([{"name": name, "default": default}], path, 2)


@pytest.mark.parametrize(
    "text",
    [
        "import.meta.env.MODE + import.meta.env.BASE_URL",
        "process.env.VITE_API_URL",
        "process.env.NUXT_PUBLIC_API",
        "import { PUBLIC_A } from './settings'",
    ],
)
def test_what_a_server_reads_when_it_runs_is_none_of_the_build_s(text):
    assert a_page(text) is None


@pytest.mark.parametrize(
    "code", ["export const revalidate = 60", "return { props, revalidate: 10 }", "revalidatePath('/posts')"]
)
def test_next_says_that_it_makes_pages_again_while_it_runs(code):
    assert facts(code, dependencies=("next",), path="app/page.js")["revalidates"] is True


@pytest.mark.parametrize(
    ("code", "config"),
    [
        ("export const revalidate = 0", ""),
        ("export const dynamic = 'force-dynamic'", ""),
        ("export const revalidate = 60", "experimental: { isrFlushToDisk: false }"),
        ("export const revalidate = 60", "cacheHandler: require.resolve('./cache.js')"),
    ],
)
def test_pages_made_again_are_no_matter_where_nothing_is_written_for_them(code, config):
    got = facts(code, dependencies=("next",), path="app/page.js", files={"next.config.js": config})
    assert "revalidates" not in got
