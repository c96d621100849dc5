import pytest

from fops.onboarding.detect.languages.go import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import CERTAIN, STRONG

MAIN = {"main.go": "package main\n\nfunc main() {}\n"}


def found(files):
    return settle(".", LANGUAGE.facts(MemoryTree({**MAIN, **files})))


@pytest.mark.parametrize(
    ("files", "value", "file", "line"),
    [
        ({"go.mod": "module a.b/c\n\ngo 1.22\n"}, "1.22", "go.mod", 3),
        ({"go.mod": "module a.b/c\n\ngo 1.22.3 // why\n"}, "1.22.3", "go.mod", 3),
        ({"go.mod": "module a.b/c\ngo 1.21\n\ntoolchain go1.22.5\n"}, "1.22.5", "go.mod", 4),
        ({"go.mod": "module a.b/c\ngo 1.21\ntoolchain default\n"}, "1.21", "go.mod", 2),
        ({"go.mod": "module a.b/c\ngo 1.21\n", ".go-version": "1.23.1\n"}, "1.23.1", ".go-version", 1),
        ({"go.mod": "module a.b/c\ngo 1.21\n", ".tool-versions": "nodejs 20\ngolang 1.22.4\n"}, "1.22.4", ".tool-versions", 2),
        ({"go.mod": "module a.b/c\ngo 1.21\n", "mise.toml": '[tools]\ngo = "1.24"\n'}, "1.24", "mise.toml", 2),
        ({"go.mod": "module a.b/c\ngo 1.21\n", "mise.toml": '[tools]\ngo = ["1.24", "1.23"]\n'}, "1.24", "mise.toml", 2),
        ({"go.mod": "module a.b/c\ngo 1.21\n", ".mise.toml": '[tools.go]\nversion = "1.24"\n'}, "1.24", ".mise.toml", 1),
        ({"go.mod": "module a.b/c\ngo 1.21\n", ".envrc": "export GOTOOLCHAIN=go1.22.1+auto\n"}, "1.22.1", ".envrc", 1),
        ({"go.mod": "module a.b/c\n// +heroku goVersion go1.19.4\ngo 1.19\n"}, "1.19.4", "go.mod", 2),
        ({"go.work": "go 1.23\n\nuse ./api\n", "api/go.mod": "module a.b/api\ngo 1.22\n"}, "1.23", "go.work", 1),
        ({"go.work": "use ./api\n", "api/go.mod": "module a.b/api\ngo 1.22\n"}, "1.22", "api/go.mod", 2),
    ],
)  # fmt: skip
def test_the_version_is_the_one_the_most_binding_file_pins(files, value, file, line):
    facts, _ = found(files)
    fact = facts["runtime_version"]
    assert (fact.value, fact.file, fact.line) == (value, file, line)


def test_a_go_line_above_the_pinned_version_is_shown_as_a_conflict():
    facts, conflicts = found({"go.mod": "module a.b/c\ngo 1.23\n", ".go-version": "1.21.3"})
    assert facts["runtime_version"].confidence == CERTAIN
    assert [(conflict.fact, conflict.other.value) for conflict in conflicts] == [("runtime_version", "1.23")]


def test_a_go_line_below_the_pinned_version_is_no_conflict():
    _, conflicts = found({"go.mod": "module a.b/c\ngo 1.23\ntoolchain go1.24.1\n"})
    assert conflicts == ()


def test_a_go_line_alone_is_strong():
    facts, _ = found({"go.mod": "module a.b/c\ngo 1.23\n"})
    assert facts["runtime_version"].confidence == STRONG


@pytest.mark.parametrize("text", ["latest", "system", "", "tip", "\n\n"])
def test_a_version_file_without_a_number_pins_nothing(text):
    facts, _ = found({"go.mod": "module a.b/c\n", ".go-version": text})
    assert "runtime_version" not in facts
