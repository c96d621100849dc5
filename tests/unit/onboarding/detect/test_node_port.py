import json

import pytest

from fops.onboarding.detect.languages.node import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import WEAK


def port(code, *, dependencies=("express",), start="node server.js", files=None):
    manifest = {"name": "x", "dependencies": dict.fromkeys(dependencies, "1"), "scripts": {"start": start}}
    tree = MemoryTree({"package.json": json.dumps(manifest, indent=1), "server.js": code, **(files or {})})
    return settle(".", LANGUAGE.facts(tree))[0].get("port")


@pytest.mark.parametrize(
    "code",
    [
        "app.listen(4001)",
        "app.listen({ host: '0.0.0.0', port: 4001 })",
        "const server = Hapi.server({ host: '0.0.0.0', port: 4001 })",
        "app.listen(process.env.PORT || 4001)",
        "const port = parseInt(process.env.PORT ?? '4001', 10)\napp.listen(port)",
        "const port = process.env.PORT ? Number(process.env.PORT) : 4001\napp.listen(port)",
        "const port = Number(process.env['PORT']) || 4001\napp.listen(port)",
        "const port = normalizePort(process.env.PORT || '4001')\nserver.listen(port)",
        "app.set('port', process.env.PORT || 4001)\napp.listen(app.get('port'))",
        "const { PORT = 4001 } = process.env\napp.listen(PORT)",
        "const env = z.object({ PORT: z.coerce.number().default(4001) }).parse(process.env)\napp.listen(env.PORT)",
        "const env = cleanEnv(process.env, { PORT: port({ default: 4001 }) })\napp.listen(env.PORT)",
        "await app.listen(configService.get('PORT', 4001))",
        "await app.listen(config.get('PORT') || 4001)",
        "const config = { port: 4001 }\napp.listen(config.port)",
        "serve({ fetch: app.fetch, port: 4001 })",
        "Bun.serve({\n  fetch(request) { return new Response('x') },\n  port: 4001,\n})",
        "export default { port: 4001, fetch: app.fetch }",
    ],
)
def test_the_port_is_read_from_where_the_program_listens(code):
    assert port(code).value == 4001


@pytest.mark.parametrize(
    "code",
    [
        "const pool = new Pool({ host: 'db', port: 5432 })\napp.listen(process.env.PORT)",
        "const mail = { smtp: { port: 587 } }\napp.listen(process.env.PORT)",
        "const port = process.env.DB_PORT || 5432\napp.listen(process.env.PORT)",
        "const beside = process.env.METRICS_PORT || 9100\napp.listen(process.env.PORT)",
        "// app.listen(9999)\napp.listen(process.env.PORT)",
        "app.listen(70000)",
    ],
)
def test_another_ends_port_is_none_of_ours(code):
    assert port(code, dependencies=()) is None


def test_the_variable_port_itself_outranks_a_longer_name():
    assert port("a(process.env.ADMIN_PORT || 4000)\napp.listen(process.env.PORT || 4001)").value == 4001


def test_the_place_of_the_port_is_its_line():
    fact = port("const app = express()\n\napp.listen(4001)")
    assert (fact.file, fact.line, fact.rule) == ("server.js", 3, "node.port.listen")


@pytest.mark.parametrize("start", ["next start -p 4001", "PORT=4001 next start", "next start --port=4001"])
def test_a_flag_of_the_start_script_has_the_say_over_the_default(start):
    fact = port("", dependencies=["next"], start=start)
    assert (fact.value, fact.file, fact.line) == (4001, "package.json", 7)


@pytest.mark.parametrize(
    ("package", "value"),
    [
        ("next", 3000),
        ("@nestjs/core", 3000),
        ("@strapi/strapi", 1337),
        ("@angular/ssr", 4000),
        ("sails", 1337),
    ],
)
def test_else_the_framework_has_a_documented_default(package, value):
    fact = port("", dependencies=[package])
    assert (fact.value, fact.confidence, fact.file) == (value, WEAK, None)


def test_strapis_configuration_has_the_say_over_its_default():
    files = {"config/server.js": "module.exports = ({ env }) => ({\n  port: env.int('PORT', 4001),\n})"}
    assert port("", dependencies=["@strapi/strapi"], files=files).value == 4001


def test_a_worker_listens_nowhere():
    assert port("client.login(process.env.TOKEN)", dependencies=["discord.js"]) is None
