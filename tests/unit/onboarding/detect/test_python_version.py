import pytest

from fops.onboarding.detect.languages.python import LANGUAGE
from fops.onboarding.detect.languages.python.manifests.version import allows, exact_minor, newest_within
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import STRONG, WEAK


def found(files):
    return settle(".", LANGUAGE.facts(MemoryTree({"app.py": "", "requirements.txt": "", **files})))


def poetry(python):
    return {"pyproject.toml": f"[tool.poetry.dependencies]\npython = '{python}'\n"}


def project(constraint):
    return {"pyproject.toml": f"[project]\nname = 'x'\nrequires-python = '{constraint}'\n"}


@pytest.mark.parametrize(
    ("files", "version", "file", "line"),
    [
        ({".python-version": "3.12\n"}, "3.12", ".python-version", 1),
        ({".python-version": "# pinned\n3.12.4 # why\n3.11\n"}, "3.12.4", ".python-version", 2),
        ({".python-version": "cpython-3.11.2\n"}, "3.11.2", ".python-version", 1),
        ({".python-version": "3.13t\n"}, "3.13", ".python-version", 1),
        ({"runtime.txt": "python-3.11.9\n"}, "3.11.9", "runtime.txt", 1),
        ({"runtime.txt": "python-3.11.x\n"}, "3.11", "runtime.txt", 1),
        ({".tool-versions": "nodejs 20\npython 3.10.1\n"}, "3.10.1", ".tool-versions", 2),
        ({"mise.toml": "[tools]\npython = '3.9'\n"}, "3.9", "mise.toml", 2),
        ({"Pipfile": "[requires]\npython_version = '3.11'\n"}, "3.11", "Pipfile", 2),
        ({"environment.yml": "dependencies:\n  - flask\n  - python=3.10\n"}, "3.10", "environment.yml", 3),
        (
            {"environment.yml": "dependencies:\n  - conda-forge::python==3.10.4\n"},
            "3.10.4",
            "environment.yml",
            2,
        ),
        ({"pixi.toml": "[dependencies]\npython = '3.11.*'\n"}, "3.11", "pixi.toml", 2),
        (project("==3.12.*"), "3.12", "pyproject.toml", 3),
        (poetry("~3.11"), "3.11", "pyproject.toml", 2),
        (poetry("3.10.*"), "3.10", "pyproject.toml", 2),
    ],
)
def test_a_pin_is_read_where_it_stands(files, version, file, line):
    fact = found(files)[0]["runtime_version"]
    assert (fact.value, fact.file, fact.line) == (version, file, line)
    assert fact.confidence >= STRONG


def test_the_version_file_beats_every_other_pin():
    facts, _ = found(
        {
            ".python-version": "3.12",
            "runtime.txt": "python-3.11.1",
            "Pipfile": "[requires]\npython_version = '3.9'\n",
        }
    )
    assert facts["runtime_version"].file == ".python-version"


@pytest.mark.parametrize(
    "files", [project(">=3.10"), poetry("^3.9"), {"setup.cfg": "[options]\npython_requires = >=3.8\n"}]
)
def test_a_range_is_no_pin_and_resolves_weakly(files):
    assert found(files)[0]["runtime_version"].confidence == WEAK


def test_a_pin_that_the_constraint_forbids_is_a_conflict():
    _, conflicts = found({".python-version": "3.9", **project(">=3.11")})
    assert [conflict.fact for conflict in conflicts] == ["runtime_version"]


def test_a_pin_within_the_constraint_is_none():
    _, conflicts = found({".python-version": "3.12.1", **project(">=3.11")})
    assert conflicts == ()


@pytest.mark.parametrize("text", ["myproject-env\n", "system\n", "pypy3.10-7.3.12\n", "", "3\n"])
def test_what_is_no_version_number_is_left_alone(text):
    assert "runtime_version" not in found({".python-version": text})[0]


@pytest.mark.parametrize(
    ("constraint", "exact"),
    [
        ("==3.12.*", "3.12"),
        ("~=3.12.0", "3.12.0"),
        ("~=3.12", None),
        (">=3.12", None),
        ("3.12", "3.12"),
        ("^3.12", None),
        ("==3.*", None),
    ],
)
def test_only_a_constraint_that_leaves_one_minor_version_is_exact(constraint, exact):
    assert exact_minor(constraint) == exact


@pytest.mark.parametrize(
    ("constraint", "version", "verdict"),
    [
        (">=3.9,<3.13", "3.12", True),
        (">=3.9,<3.13", "3.13", False),
        (">=3.9 <3.13", "3.13", False),
        ("^3.9", "3.13", True),
        ("^3.9", "4.0", False),
        ("~=3.10", "3.14", True),
        ("<=3.11", "3.11", True),
        ("!=3.11", "3.11", False),
        (">=2.7,!=3.0.*", "3.0", False),
        ("~3.11 || ~3.12", "3.11", None),
        ("*", "3.11", None),
    ],
)
def test_a_constraint_allows_versions_as_its_specification_says(constraint, version, verdict):
    assert allows(constraint, version) is verdict


def test_a_range_resolves_to_the_newest_release_inside_it():
    assert newest_within(">=3.9,<3.13") == "3.12"
    assert newest_within(">=9") is None
