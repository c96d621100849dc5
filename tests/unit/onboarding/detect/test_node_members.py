import json

import pytest

from fops.onboarding.detect import detect
from fops.onboarding.fetch.tree import MemoryTree


def member(files):
    manifests = {
        "package.json": {"private": True, "workspaces": ["apps/*"]},
        "apps/api/package.json": {
            "name": "api",
            "scripts": {"build": "tsc", "start": "node dist", "test": "jest"},
            "dependencies": {"express": "4"},
        },
        "apps/web/package.json": {"name": "web", "dependencies": {"next": "15"}},
    }
    tree = MemoryTree({**{path: json.dumps(text) for path, text in manifests.items()}, **files})
    return {app.path: app for app in detect(tree).apps}


@pytest.mark.parametrize(
    ("lock", "build", "start", "test"),
    [
        ("package-lock.json", "npm run build", "npm start", "npm test"),
        ("yarn.lock", "yarn build", "yarn start", "yarn test"),
        ("pnpm-lock.yaml", "pnpm run build", "pnpm start", "pnpm test"),
        ("bun.lock", "bun run build", "bun run start", "bun run test"),
    ],
)
def test_a_members_scripts_are_run_by_the_tool_of_the_workspace(lock, build, start, test):
    api = member({lock: ""})["apps/api"]
    assert [api.value(f"{name}_command") for name in ("build", "start", "test")] == [build, start, test]


@pytest.mark.parametrize(("lock", "runner"), [("yarn.lock", "yarn"), ("bun.lock", "bunx")])
def test_a_members_framework_is_run_by_the_tool_of_the_workspace(lock, runner):
    web = member({lock: ""})["apps/web"]
    assert web.value("build_command") == f"{runner} next build"
    assert web.value("start_command") == f"{runner} next start"


def importing(**changes):
    files = {
        "pnpm-workspace.yaml": "packages: ['apps/*', 'packages/*']",
        "pnpm-lock.yaml": "",
        "apps/api/package.json": {
            "name": "api",
            "scripts": {"build": "tsup", "start": "node dist"},
            "dependencies": {"express": "4", "@acme/log": "workspace:*"},
        },
        "packages/log/package.json": {
            "name": "@acme/log",
            "scripts": {"build": "tsc"},
            "dependencies": {"@acme/base": "workspace:*"},
        },
        "packages/base/package.json": {"name": "@acme/base", "scripts": {"build": "tsc"}},
        **changes,
    }
    return member({path: text if isinstance(text, str) else json.dumps(text) for path, text in files.items()})


def test_a_member_is_built_after_the_members_it_imports():
    assert importing()["apps/api"].value("build_command") == (
        "(cd ../../packages/base && pnpm run build) && (cd ../../packages/log && pnpm run build) && pnpm run build"
    )


def test_turborepo_builds_a_member_with_the_members_it_imports():
    top = {"private": True, "devDependencies": {"turbo": "2"}}
    api = importing(**{"package.json": top})["apps/api"]
    assert api.value("build_command") == "pnpm exec turbo run build --filter=api"


@pytest.mark.parametrize(("release", "runner"), [("1.22.22", "yarn turbo"), ("4.5.0", "yarn run -T turbo")])
def test_newer_yarns_are_told_to_find_turborepo_at_the_top(release, runner):
    top = {"private": True, "workspaces": ["apps/*", "packages/*"], "devDependencies": {"turbo": "2"},
           "packageManager": f"yarn@{release}"}  # fmt: skip
    api = importing(**{"package.json": top})["apps/api"]
    assert api.value("build_command") == f"{runner} run build --filter=api"


def test_a_member_without_a_build_has_those_it_imports_built_by_turborepo():
    top = {"private": True, "devDependencies": {"turbo": "2"}}
    manifest = {"name": "api", "scripts": {"start": "tsx src"}, "dependencies": {"@acme/log": "workspace:*"}}
    api = importing(**{"package.json": top, "apps/api/package.json": manifest})["apps/api"]
    assert api.value("build_command") == "pnpm exec turbo run build --filter='api^...'"


def test_members_that_export_their_sources_are_not_built():
    sources = {"name": "@acme/log", "main": "src/index.ts"}
    assert (
        importing(**{"packages/log/package.json": sources})["apps/api"].value("build_command")
        == "pnpm run build"
    )


def test_a_circle_of_members_ends():
    circle = {
        "name": "@acme/base",
        "scripts": {"build": "tsc"},
        "dependencies": {"@acme/log": "*", "api": "*"},
    }
    command = importing(**{"packages/base/package.json": circle})["apps/api"].value("build_command")
    assert command.count("cd ") == 2


def test_a_member_is_installed_from_the_lock_file_at_the_top():
    api = member({"pnpm-lock.yaml": ""})["apps/api"]
    install = api.facts["install_command"]
    assert (install.value, install.file) == ("pnpm install --frozen-lockfile", "../../pnpm-lock.yaml")
    assert api.value("package_manager") == "pnpm"


def test_a_member_with_a_lock_file_of_its_own_keeps_its_tool():
    api = member({"pnpm-lock.yaml": "", "apps/api/package-lock.json": "{}"})["apps/api"]
    assert [api.value(f"{name}_command") for name in ("install", "start")] == ["npm ci", "npm start"]


def test_the_version_pinned_at_the_top_holds_for_every_member():
    apps = member({"package-lock.json": "{}", ".nvmrc": "22.1.0"})
    version = apps["apps/web"].facts["runtime_version"]
    assert (version.value, version.file) == ("22.1.0", "../../.nvmrc")
