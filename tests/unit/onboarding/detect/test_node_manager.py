import json

import pytest

from fops.onboarding.detect.languages.node import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import CERTAIN, STRONG, WEAK


def package(**keys):
    return {"package.json": json.dumps({"name": "shop", **keys}, indent=2)}


def found(files):
    return settle(".", LANGUAGE.facts(MemoryTree(files)))


@pytest.mark.parametrize(
    ("lock", "tool"),
    [
        ("package-lock.json", "npm"),
        ("npm-shrinkwrap.json", "npm"),
        ("yarn.lock", "yarn"),
        ("pnpm-lock.yaml", "pnpm"),
        ("bun.lock", "bun"),
        ("bun.lockb", "bun"),
    ],
)
def test_a_lock_file_tells_the_tool_that_wrote_it(lock, tool):
    facts, _ = found({**package(), lock: ""})
    fact = facts["package_manager"]
    assert (fact.value, fact.file, fact.confidence) == (tool, lock, STRONG)


def test_the_field_outranks_a_lock_file_and_the_lock_file_is_shown_as_a_conflict():
    facts, conflicts = found({**package(packageManager="pnpm@9.1.0+sha512.ab"), "yarn.lock": ""})
    fact = facts["package_manager"]
    assert (fact.value, fact.confidence, fact.line) == ("pnpm", CERTAIN, 3)
    assert [(one.fact, one.other.value, one.other.file) for one in conflicts] == [
        ("package_manager", "yarn", "yarn.lock")
    ]


def test_dev_engines_name_the_tool():
    facts, _ = found(package(devEngines={"packageManager": {"name": "yarn"}}))
    assert facts["package_manager"].value == "yarn"


@pytest.mark.parametrize(
    ("files", "tool"),
    [
        ({".yarnrc.yml": "nodeLinker: node-modules\n"}, "yarn"),
        ({"bunfig.toml": ""}, "bun"),
        ({"pnpm-workspace.yaml": "onlyBuiltDependencies: []\n"}, "pnpm"),
        (package(engines={"node": "20", "pnpm": ">=9"}), "pnpm"),
        (package(scripts={"build": "yarn run clean && tsc"}), "yarn"),
    ],
)
def test_without_a_lock_file_settings_engines_and_scripts_tell(files, tool):
    facts, _ = found({**package(), **files})
    assert facts["package_manager"].value == tool


def test_a_lock_file_outranks_engines():
    facts, _ = found({**package(engines={"yarn": ">=1"}), "package-lock.json": "{}"})
    assert facts["package_manager"].value == "npm"


def test_npm_is_what_node_brings():
    facts, _ = found(package())
    assert (facts["package_manager"].value, facts["package_manager"].confidence) == ("npm", WEAK)


@pytest.mark.parametrize("value", ["cargo@1", 7, ["pnpm"], "", "pnpmx", None, {"name": "cargo"}])
def test_a_field_that_names_no_known_tool_says_nothing(value):
    facts, _ = found(package(packageManager=value, devEngines={"packageManager": value}))
    assert facts["package_manager"].value == "npm"


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"package-lock.json": "{}"}, "npm ci"),
        ({}, "npm install"),
        ({"yarn.lock": "# yarn lockfile v1\n"}, "yarn install --frozen-lockfile"),
        ({"yarn.lock": "__metadata:\n  version: 8\n"}, "yarn install --immutable"),
        ({"yarn.lock": "", ".yarnrc.yml": ""}, "yarn install --immutable"),
        ({"pnpm-lock.yaml": ""}, "pnpm install --frozen-lockfile"),
        ({"pnpm-workspace.yaml": ""}, "pnpm install"),
        ({"bun.lock": ""}, "bun install --frozen-lockfile"),
    ],
)
def test_installing_keeps_to_the_lock_file_where_there_is_one(files, command):
    facts, _ = found({**package(), **files})
    assert facts["install_command"].value == command
