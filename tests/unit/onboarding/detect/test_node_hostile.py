import json
import shlex
import time

import pytest

from fops.onboarding.detect.languages.node import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree

CONFIGURATION = (
    "vite.config.js",
    "next.config.js",
    "nuxt.config.ts",
    "a.prisma",
    "tsconfig.json",
    "config/server.js",
)


def facts(manifest, files=None):
    tree = MemoryTree({"package.json": json.dumps({"name": "x", **manifest}), **(files or {})})
    return {name: fact.value for name, fact in settle(".", LANGUAGE.facts(tree))[0].items()}


@pytest.mark.parametrize(
    "text",
    [
        "port:" * 40_000,
        "process.env.PORT" + " " * 200_000,
        "process.env." + "PORT" * 40_000,
        "export default {" * 20_000,
        "serve({" * 40_000,
        ".listen({ " * 40_000,
        "AA " * 60_000 + "} = process.env",
        "a$" * 80_000,
        "\n" * 200_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_text_costs_no_more_than_its_length(text):
    started = time.process_time()
    facts({"dependencies": {"express": "4", "nuxt": "3"}}, dict.fromkeys(("server.js", *CONFIGURATION), text))
    assert time.process_time() - started < 3  # seconds; a quadratic pattern takes minutes


@pytest.mark.parametrize(
    "version",
    ["1" * 5000, ">=" + "1" * 5000, " " * 300_000, ">= 1 " * 50_000],
    ids=["digits", "range", "spaces", "clauses"],
)
def test_a_version_no_person_writes_pins_nothing(version):
    assert "runtime_version" not in facts({"engines": {"node": version}}, {".nvmrc": version})


def test_a_script_no_person_writes_is_as_good_as_absent():
    assert "start_command" not in facts({"scripts": {"start": "node " * 50_000 + "serve"}})


def test_a_file_name_stays_one_word_for_a_shell():
    name = 'a"; rm -rf $(x).js'
    assert shlex.split(facts({"main": name}, {name: ""})["start_command"]) == ["node", name]


def test_a_folder_name_stays_one_word_for_a_shell():
    got = facts({"dependencies": {"vitepress": "1"}}, {"a; rm/.vitepress/config.ts": ""})
    assert shlex.split(got["build_command"])[-1] == "a; rm"


@pytest.mark.parametrize("main", ["../../etc/passwd.js", "/etc/passwd.js", 7, ["a.js"], ""])
def test_a_main_outside_the_folder_or_of_another_type_is_as_good_as_none(main):
    assert facts({"main": main}, {"index.js": ""})["start_command"] == "node index.js"
