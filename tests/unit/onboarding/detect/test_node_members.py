import json

import pytest

from fops.onboarding.detect import detect
from fops.onboarding.tree import MemoryTree


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
