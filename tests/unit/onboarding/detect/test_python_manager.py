import pytest

from fops.onboarding.detect.languages.python import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree

PROJECT = "[project]\nname = 'shop'\ndependencies = ['flask']\n"
BUILT = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n"
POETRY = "[tool.poetry]\nname = 'shop'\n[tool.poetry.dependencies]\nflask = '*'\n"


def found(files):
    facts, _ = settle(".", LANGUAGE.facts(MemoryTree({"app.py": "", **files})))
    return facts


@pytest.mark.parametrize(
    ("files", "manager", "install"),
    [
        ({"requirements.txt": "flask"}, "pip", "pip install -r requirements.txt"),
        (
            {"requirements/base.txt": "flask", "requirements/dev.txt": "pytest"},
            "pip",
            "pip install -r requirements/base.txt",
        ),
        (
            {"requirements-prod.txt": "flask", "requirements-dev.txt": "pytest"},
            "pip",
            "pip install -r requirements-prod.txt",
        ),
        (
            {"requirements/base.txt": "flask", "requirements/prod.txt": "-r base.txt\ngunicorn"},
            "pip",
            "pip install -r requirements/prod.txt",
        ),
        (
            {"requirements/base.txt": "", "requirements/production.txt": "", "requirements/local.txt": ""},
            "pip",
            "pip install -r requirements/production.txt",
        ),
        (
            {"requirements.txt": "flask", "requirements-prod.txt": "-r requirements.txt\ngunicorn"},
            "pip",
            "pip install -r requirements-prod.txt",
        ),
        (
            {"requirements.txt": "-r requirements/prod.txt", "requirements/prod.txt": "-r base.txt"},
            "pip",
            "pip install -r requirements.txt",
        ),
        (
            {"requirements/prod.in": "flask", "requirements/prod.txt": "flask==3.1.0"},
            "pip",
            "pip install -r requirements/prod.txt",
        ),
        ({"pyproject.toml": PROJECT + BUILT}, "pip", "pip install ."),
        ({"pyproject.toml": PROJECT}, "uv", "uv sync --no-dev"),
        ({"pyproject.toml": PROJECT, "requirements.txt": "flask"}, "pip", "pip install -r requirements.txt"),
        ({"pyproject.toml": PROJECT, "uv.lock": "version = 1"}, "uv", "uv sync --frozen --no-dev"),
        ({"pyproject.toml": PROJECT + "[tool.uv]\n"}, "uv", "uv sync --no-dev"),
        (
            {"pyproject.toml": PROJECT + "[tool.uv]\n", "requirements.txt": "flask"},
            "pip",
            "pip install -r requirements.txt",
        ),
        (
            {"pyproject.toml": PROJECT + BUILT.replace("hatchling.build", "uv_build")},
            "uv",
            "uv sync --no-dev",
        ),
        ({"pyproject.toml": POETRY}, "poetry", "poetry install --only main --no-interaction --no-root"),
        (
            {"pyproject.toml": POETRY + "[tool.poetry.scripts]\nserve = 'shop:main'\n", "poetry.lock": ""},
            "poetry",
            "poetry install --only main --no-interaction",
        ),
        ({"pyproject.toml": PROJECT, "pdm.lock": ""}, "pdm", "pdm install --prod --frozen-lockfile"),
        ({"pyproject.toml": PROJECT + "[tool.pdm]\n"}, "pdm", "pdm install --prod"),
        ({"Pipfile": "[packages]\nflask = '*'\n"}, "pipenv", "pipenv install --skip-lock"),
        (
            {"Pipfile": "", "Pipfile.lock": "{}", "requirements.txt": "flask"},
            "pipenv",
            "pipenv install --deploy",
        ),
        ({"pixi.toml": "[dependencies]\nflask = '*'\n", "pixi.lock": ""}, "pixi", "pixi install --locked"),
        (
            {"environment.yml": "dependencies: [flask]\n"},
            "conda",
            "conda env update --name base --file environment.yml",
        ),
        ({"conda-lock.yml": "package: []\n"}, "conda", "conda-lock install --name base conda-lock.yml"),
        (
            {"environment.yml": "dependencies: [flask]\n", "requirements.txt": "flask"},
            "pip",
            "pip install -r requirements.txt",
        ),
        ({"setup.py": "from setuptools import setup\nsetup(name='shop')\n"}, "pip", "pip install ."),
    ],
)
def test_the_manager_and_its_install_command_follow_the_files(files, manager, install):
    facts = found(files)
    assert (facts["package_manager"].value, facts["install_command"].value) == (manager, install)


def test_a_lock_file_beats_the_requirements_exported_beside_it():
    facts = found({"pyproject.toml": POETRY, "poetry.lock": "", "requirements.txt": "flask==3.0"})
    assert (facts["package_manager"].value, facts["package_manager"].file) == ("poetry", "poetry.lock")


def test_without_any_manifest_nothing_is_installed():
    facts = found({})
    assert facts["package_manager"].value == "pip"
    assert "install_command" not in facts


def test_a_pyproject_that_only_configures_tools_names_no_manager_beside_requirements():
    assert (
        found({"pyproject.toml": "[tool.black]\n", "requirements.txt": "flask"})["package_manager"].file
        == "requirements.txt"
    )


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"pyproject.toml": PROJECT}, "shop"),
        ({"pyproject.toml": POETRY}, "shop"),
        ({"setup.cfg": "[metadata]\nname = shop\n"}, "shop"),
        ({"setup.py": "from setuptools import setup\nNAME = 'shop'\nsetup(name=NAME)\n"}, "shop"),
        ({"pixi.toml": "[workspace]\nname = 'shop'\n"}, "shop"),
    ],
)
def test_the_name_is_the_one_the_manifest_gives(files, name):
    assert found(files)["name"].value == name
