import json

import pytest

from fops.onboarding.detect.languages.node import LANGUAGE
from fops.onboarding.detect.languages.node.commands import run_by
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import WEAK


def package(**keys):
    return {"package.json": json.dumps({"name": "shop", **keys}, indent=2)}


def value(files, name):
    facts, _ = settle(".", LANGUAGE.facts(MemoryTree(files)))
    return facts[name].value if name in facts else None


@pytest.mark.parametrize(
    ("lock", "start", "build", "test"),
    [
        ("package-lock.json", "npm start", "npm run build", "npm test"),
        ("yarn.lock", "yarn start", "yarn build", "yarn test"),
        ("pnpm-lock.yaml", "pnpm start", "pnpm run build", "pnpm test"),
        ("bun.lock", "bun run start", "bun run build", "bun run test"),
    ],
)
def test_scripts_are_run_in_the_words_of_the_tool(lock, start, build, test):
    files = {**package(scripts={"start": "node dist", "build": "tsc", "test": "vitest run"}), lock: ""}
    assert [value(files, f"{name}_command") for name in ("start", "build", "test")] == [start, build, test]


@pytest.mark.parametrize(
    ("scripts", "command"),
    [
        ({"start": "nest start", "start:prod": "node dist/main"}, "npm run start:prod"),
        ({"start": "ng serve", "serve:ssr:shop": "node dist/shop/server/server.mjs"}, "npm run serve:ssr:shop"),
        ({"start": "", "dev": "nodemon server.js"}, "node server.js"),
        ({"start": "nodemon server.js"}, "node server.js"),
        ({"start": "tsx watch server.js"}, "node server.js"),
        ({"start": "nx serve"}, "node server.js"),
        ({"start": "nx run shop:serve"}, "node server.js"),
        ({"start": "turbo run dev"}, "node server.js"),
        ({"serve": "http-server dist"}, "node server.js"),
    ],
)  # fmt: skip
def test_the_start_script_is_the_one_for_production(scripts, command):
    assert value({**package(scripts=scripts), "server.js": "app.listen(3000)"}, "start_command") == command


def test_a_serve_script_that_runs_a_program_starts_it():
    assert value(package(scripts={"serve": "node dist/api.js"}), "start_command") == "npm run serve"


def test_a_development_script_is_taken_only_where_nothing_better_is_known():
    facts, _ = settle(".", LANGUAGE.facts(MemoryTree(package(scripts={"start": "nodemon lib.js"}))))
    assert (facts["start_command"].value, facts["start_command"].confidence) == ("npm start", WEAK)


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({**package(main="lib/run.js"), "lib/run.js": ""}, "node lib/run.js"),
        ({**package(main="lib/run"), "lib/run.js": ""}, "node lib/run.js"),
        ({**package(main="./lib"), "lib/index.js": ""}, "node lib/index.js"),
        ({**package(main="gone.js"), "src/server.mjs": ""}, "node src/server.mjs"),
        ({**package(main="../../up.js"), "index.js": ""}, "node index.js"),
        ({**package(), "worker.js": ""}, "node worker.js"),
        ({**package(), "bun.lock": "", "src/index.ts": ""}, "bun run src/index.ts"),
        ({**package(devDependencies={"tsx": "4"}), "src/index.ts": ""}, "npx tsx src/index.ts"),
        (
            {
                **package(devDependencies={"typescript": "5"}),
                "src/index.ts": "",
                "tsconfig.json": '{\n  "outDir": "./dist/"\n}',
            },
            "node dist/index.js",
        ),
        ({**package(main="my app.js"), "my app.js": ""}, "node 'my app.js'"),
    ],
)
def test_without_a_script_the_entry_file_is_started(files, command):
    assert value(files, "start_command") == command


@pytest.mark.parametrize(
    ("dependency", "start"),
    [
        ("next", "npx next start"),
        ("nuxt", "node .output/server/index.mjs"),
        ("@strapi/strapi", "npx strapi start"),
        ("@remix-run/serve", "npx remix-serve build/server/index.js"),
        ("@sveltejs/kit", "node build"),
        ("@redwoodjs/core", "npx rw serve"),
    ],
)
def test_without_a_script_a_framework_starts_as_documented(dependency, start):
    assert value(package(dependencies={dependency: "1"}), "start_command") == start


def test_tanstack_start_is_served_by_srvx_unless_nitro_builds_it():
    plain = package(dependencies={"@tanstack/react-start": "1"})
    nitro = package(dependencies={"@tanstack/react-start": "1", "nitro": "3"})
    assert value(plain, "start_command") == "npx srvx --prod -s ../client dist/server/server.js"
    assert value(nitro, "start_command") == "node .output/server/index.mjs"


def test_a_start_script_of_the_built_folder_is_started_from_the_projects_own():
    files = package(dependencies={"@adonisjs/core": "6"}, scripts={"start": "node bin/server.js"})
    assert value({**files, "bin/server.ts": ""}, "start_command") == "node build/bin/server.js"
    assert value({**files, "bin/server.js": ""}, "start_command") == "npm start"


@pytest.mark.parametrize(
    ("start", "files", "path"),
    [
        ("node --env-file=.env src/server.js", {}, ".env"),
        ("node --env-file ./config/.env server.js", {}, "config/.env"),
        ("env-cmd node server.js", {}, ".env"),
        ("env-cmd -f .env.production node server.js", {}, ".env.production"),
        ("node --env-file=.env server.js", {".env": "A=1"}, None),
        ("node --env-file=../.env server.js", {}, None),
        ("node --env-file-if-exists=.env server.js", {}, None),
        ("node server.js", {}, None),
    ],
)
def test_a_file_of_variables_that_a_start_script_needs_is_named(start, files, path):
    assert value({**package(scripts={"start": start}), **files}, "settings_file") == path


@pytest.mark.parametrize(
    ("scripts", "development", "package_"),
    [
        ({"start": "tsx src/main.ts"}, ["tsx"], "tsx"),
        ({"start": "prisma migrate deploy && node dist/main"}, ["prisma"], "prisma"),
        ({"start": "npm run migrate && node dist", "migrate": "knex migrate:latest"}, ["knex"], "knex"),
        ({"start": "node -r ts-node/register src/app.ts"}, ["ts-node"], "ts-node"),
        ({"start:prod": "cross-env NODE_ENV=production node dist"}, ["cross-env"], "cross-env"),
        ({"start": "nest start"}, ["@nestjs/cli"], "@nestjs/cli"),
        ({"start": "node dist/vite.js", "dev": "vite"}, ["vite"], None),
        ({"start": "node dist"}, ["typescript", "tsx", "@types/node"], None),
    ],
)
def test_a_tool_for_development_that_a_start_script_calls_is_named(scripts, development, package_):
    files = package(scripts=scripts, devDependencies=dict.fromkeys(development, "1"))
    assert value(files, "start_needs_development") == package_


def test_what_heroku_runs_after_the_install_builds_where_nothing_else_does():
    scripts = {"start": "node server.js", "heroku-postbuild": "npm run build --prefix client"}
    assert value(package(scripts=scripts), "build_command") == "npm run heroku-postbuild"
    assert value(package(scripts={**scripts, "build": "tsc"}), "build_command") == "npm run build"


def test_sveltekit_without_a_chosen_adapter_is_built_for_node():
    kit = {"@sveltejs/kit": "2", "@sveltejs/adapter-auto": "6"}
    files = package(devDependencies=kit, scripts={"build": "vite build"})
    assert value(files, "build_command") == "GCP_BUILDPACKS=true npm run build"
    assert value({**files, "svelte.config.js": "adapter-static"}, "build_command") == "npm run build"


@pytest.mark.parametrize(
    ("scripts", "schema", "command"),
    [
        ({"build": "tsc"}, "prisma/schema.prisma", "npx prisma generate && npm run build"),
        ({"build": "tsc"}, "prisma/schema/user.prisma", "npx prisma generate && npm run build"),
        ({}, "prisma/schema.prisma", "npx prisma generate"),
        ({"build": "prisma generate && tsc"}, "prisma/schema.prisma", "npm run build"),
        ({"build": "tsc", "postinstall": "prisma generate"}, "prisma/schema.prisma", "npm run build"),
        ({"build": "tsc"}, "packages/db/prisma/schema.prisma", "npm run build"),
    ],
)
def test_prismas_client_is_written_before_the_build_where_no_script_does(scripts, schema, command):
    files = {**package(devDependencies={"prisma": "6"}, scripts=scripts), schema: ""}
    assert value(files, "build_command") == command


@pytest.mark.parametrize(
    ("command", "other"),
    [
        ("npx prisma generate && npm run build", "pnpm exec prisma generate && pnpm run build"),
        ("GCP_BUILDPACKS=true npm run build", "GCP_BUILDPACKS=true pnpm run build"),
        ("GCP_BUILDPACKS=true npx vite build", "GCP_BUILDPACKS=true pnpm exec vite build"),
    ],
)
def test_every_part_of_a_command_is_run_by_the_workspaces_tool(command, other):
    assert run_by(command, "pnpm") == other


@pytest.mark.parametrize(
    ("keys", "reads"),
    [
        ({"scripts": {"postinstall": "node scripts/setup.js"}}, True),
        ({"scripts": {"postinstall": "cd client && npm install"}}, True),
        ({"scripts": {"prepare": "npm run build"}}, True),
        ({"scripts": {"postinstall": "prisma generate && fumadocs-mdx"}}, True),
        ({"dependencies": {"ours": "file:./packages/ours"}}, True),
        ({"scripts": {"postinstall": "prisma generate", "prepare": "husky || true"}}, None),
        ({"scripts": {"preinstall": "npx only-allow pnpm", "postinstall": "nuxt prepare"}}, None),
        ({"scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}, None),
    ],
)
def test_an_install_that_needs_the_program_says_so(keys, reads):
    assert value(package(**keys), "install_reads_program") is reads


@pytest.mark.parametrize(
    ("lock", "runner"),
    [
        ("package-lock.json", "npx"),
        ("pnpm-lock.yaml", "pnpm exec"),
        ("yarn.lock", "yarn"),
        ("bun.lock", "bunx"),
    ],
)
def test_without_a_script_a_framework_is_built_as_documented(lock, runner):
    assert (
        value({**package(dependencies={"next": "15"}), lock: ""}, "build_command") == f"{runner} next build"
    )


def test_the_pages_of_vitepress_are_built_where_its_folder_lies():
    files = {**package(devDependencies={"vitepress": "1"}), "guide/.vitepress/config.ts": ""}
    assert value(files, "build_command") == "npx vitepress build guide"


def test_only_real_test_and_lint_scripts_count():
    initial = package(scripts={"test": 'echo "Error: no test specified" && exit 1', "lint": "true"})
    assert value(initial, "test_command") is None
    assert value(initial, "lint_command") is None
    assert (
        value(package(scripts={"test:ci": "jest --ci", "test": "jest"}), "test_command") == "npm run test:ci"
    )
    assert value(package(scripts={"lint": "eslint ."}), "lint_command") == "npm run lint"


@pytest.mark.parametrize(
    ("lock", "development", "command"),
    [
        ("package-lock.json", {"karma": "6"}, "npm test -- --watch=false --browsers=ChromeHeadless"),
        ("yarn.lock", {"karma": "6"}, "yarn test --watch=false --browsers=ChromeHeadless"),
        ("pnpm-lock.yaml", {"vitest": "4"}, "pnpm test --watch=false"),
    ],
)
def test_angulars_tests_end(lock, development, command):
    files = package(scripts={"test": "ng test"}, devDependencies=development)
    assert value({**files, lock: ""}, "test_command") == command


@pytest.mark.parametrize("script", ["jest --watch", "jest --watchAll", "vitest --watch --ui"])
def test_tests_that_watch_for_changes_are_left_to_people(script):
    assert value(package(scripts={"test": script}), "test_command") is None
    assert value(package(scripts={"test": script, "test:ci": "jest"}), "test_command") == "npm run test:ci"


@pytest.mark.parametrize(
    "scripts", [[], "start", {"start": 1}, {"start": None}, {"start": ["node"]}, 3, None]
)
def test_scripts_of_the_wrong_type_are_as_good_as_absent(scripts):
    assert value(package(scripts=scripts), "start_command") is None
