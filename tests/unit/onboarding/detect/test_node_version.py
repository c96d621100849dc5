import json

import pytest

from fops.onboarding.detect.languages.node import LANGUAGE
from fops.onboarding.detect.languages.node.version import newest_within
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import CERTAIN, LIKELY, WEAK


def package(**keys):
    return {"package.json": json.dumps({"name": "shop", **keys}, indent=2)}


def found(files):
    return settle(".", LANGUAGE.facts(MemoryTree(files)))


@pytest.mark.parametrize(
    ("files", "value", "file", "line"),
    [
        ({".nvmrc": "v22.12.0\n"}, "22.12.0", ".nvmrc", 1),
        ({".nvmrc": "# why\n\n20\n"}, "20", ".nvmrc", 3),
        ({".nvmrc": "lts/jod"}, "22", ".nvmrc", 1),
        ({".node-version": "21.1"}, "21.1", ".node-version", 1),
        ({".nvmrc": "20", ".node-version": "22"}, "20", ".nvmrc", 1),
        ({".tool-versions": "python 3.12\nnodejs 20.11.1\n"}, "20.11.1", ".tool-versions", 2),
        ({"mise.toml": '[tools]\nnode = "22"\n'}, "22", "mise.toml", 2),
        ({".nvmrc": "18", "mise.toml": '[tools]\nnode = "22"\n'}, "18", ".nvmrc", 1),
        (package(volta={"node": "18.20.4"}), "18.20.4", "package.json", 4),
        (package(devEngines={"runtime": {"name": "node", "version": "22.1.0"}}), "22.1.0", "package.json", 6),
        (package(engines={"node": "20.x"}), "20", "package.json", 4),
        (package(engines={"node": "^18.1.0"}), "18.1.0", "package.json", 4),
        (package(engines={"node": "22"}, volta={"node": "20.1.0"}), "20.1.0", "package.json", 7),
    ],
)
def test_the_version_is_the_one_the_most_binding_file_pins(files, value, file, line):
    facts, _ = found({**package(), **files})
    fact = facts["runtime_version"]
    assert (fact.value, fact.file, fact.line) == (value, file, line)


def test_a_version_file_is_certain_and_an_exact_engine_likely():
    facts, _ = found({**package(engines={"node": "20.1.0"}), ".nvmrc": "20.1.0"})
    assert facts["runtime_version"].confidence == CERTAIN
    facts, _ = found(package(engines={"node": "20.1.0"}))
    assert facts["runtime_version"].confidence == LIKELY


def test_two_version_files_that_disagree_are_a_conflict():
    _, conflicts = found({**package(), ".nvmrc": "20", ".node-version": "22"})
    assert [(one.fact, one.taken.value, one.other.value) for one in conflicts] == [
        ("runtime_version", "20", "22")
    ]


def test_a_range_is_no_pin_and_only_weakly_resolved():
    facts, _ = found(package(engines={"node": ">=18"}))
    fact = facts["runtime_version"]
    assert (fact.confidence, fact.rule) == (WEAK, "node.version.engines-resolved")


@pytest.mark.parametrize(
    ("constraint", "value"),
    [
        (">=18 <21", "20"),
        ("18 || 20", "20"),
        ("16 - 20", "20"),
        ("<=22", "22"),
        ("< 22", "20"),
        (">18 <=20", "20"),
        ("^18 || ^20.5", "20"),
        (">=99", None),
        ("nonsense", None),
    ],
)
def test_a_range_is_resolved_to_the_newest_long_term_line_it_allows(constraint, value):
    assert newest_within(constraint) == value


@pytest.mark.parametrize("text", ["", "lts/*", "node", "latest", "stable", "system", "$(cat x)"])
def test_a_word_that_names_no_version_pins_nothing(text):
    facts, _ = found({**package(), ".nvmrc": text})
    assert "runtime_version" not in facts


@pytest.mark.parametrize(
    "keys",
    [
        {"engines": []},
        {"engines": {"node": 20}},
        {"volta": "20"},
        {"devEngines": {"runtime": [1]}},
        {"volta": {"node": None}},
        {"devEngines": {"runtime": {"name": "node", "version": 20}}},
    ],
)
def test_version_keys_of_the_wrong_type_are_as_good_as_absent(keys):
    facts, _ = found(package(**keys))
    assert "runtime_version" not in facts


@pytest.mark.parametrize(
    ("tools", "keys", "value"),
    [
        ({"react-scripts": "4.0.3"}, {}, "16"),
        ({"react-scripts": "4.0.3", "node-sass": "^4.14.1"}, {}, "14"),
        ({"@vue/cli-service": "~4.5.0"}, {"engines": {"node": ">=10"}}, "16"),
        ({"@angular/core": "^12.0.0"}, {}, "14"),
        ({"webpack": "^4.46.0"}, {"engines": {"node": "20"}}, "20"),
        ({"webpack": "^4.46.0"}, {"engines": {"node": ">=22"}}, newest_within(">=22")),
        (
            {"webpack": "^4.46.0"},
            {"scripts": {"build": "NODE_OPTIONS=--openssl-legacy-provider webpack"}},
            None,
        ),
        ({"react-scripts": "5.0.1", "webpack": "latest"}, {}, None),
    ],
)
def test_build_tools_that_newer_releases_break_name_the_last_they_run_on(tools, keys, value):
    facts, _ = found(package(devDependencies=tools, **keys))
    assert (facts["runtime_version"].value if "runtime_version" in facts else None) == value
