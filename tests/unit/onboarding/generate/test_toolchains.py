from __future__ import annotations

import pytest
from tests.factories.plans import a_fact, a_service

from fops.onboarding.generate.container.node import dockerfile
from fops.onboarding.generate.pipeline.toolchains import toolchain
from fops.onboarding.plan.releases import IMAGES, TOOLS


@pytest.mark.parametrize(
    ("manager", "files", "install", "key"),
    [
        ("npm", {"package-lock.json"}, "npm ci", "package-lock.json"),
        ("npm", {"npm-shrinkwrap.json"}, "npm ci", "npm-shrinkwrap.json"),
        ("npm", set(), "npm install", None),
        ("pnpm", {"pnpm-lock.yaml"}, "pnpm install --frozen-lockfile", "pnpm-lock.yaml"),
        ("pnpm", set(), "pnpm install --no-frozen-lockfile", None),
        ("yarn", {"yarn.lock"}, "yarn install --frozen-lockfile", "yarn.lock"),
        ("yarn", {"yarn.lock", ".yarnrc.yml"}, "yarn install --immutable", "yarn.lock"),
        ("yarn", set(), "yarn install", None),
        ("bun", {"bun.lockb"}, "bun install --frozen-lockfile", None),
        ("uv", {"pyproject.toml", "uv.lock"}, "uv sync --locked", "uv.lock"),
        ("uv", {"pyproject.toml"}, "uv sync", None),
        ("poetry", {"poetry.lock"}, "poetry install --no-interaction", "poetry.lock"),
        ("pipenv", {"Pipfile.lock"}, "pipenv sync --dev", "Pipfile.lock"),
        ("pipenv", set(), "pipenv install --dev", None),
        ("pdm", {"pdm.lock"}, "pdm sync --dev", None),
        ("go", {"go.sum"}, "go mod download", "go.sum"),
        ("maven", {"pom.xml"}, "", "pom.xml"),
        ("gradle", {"gradlew"}, "", None),
    ],
)
def test_a_lock_file_decides_how_strictly_dependencies_are_installed(manager, files, install, key):
    tools = toolchain(a_service(package_manager=manager, files=frozenset(files)))

    assert tools.install == install
    assert tools.key == key


def test_pdm_comes_with_a_dependency_it_runs_with():
    assert " --preinstall hishel==1" in toolchain(a_service(package_manager="pdm")).tool


def test_tests_get_the_requirements_for_development_too():
    tools = toolchain(a_service(files=frozenset({"requirements.txt", "requirements-dev.txt"})))

    assert tools.install == "pip install -r requirements.txt && pip install -r requirements-dev.txt"


def test_the_lock_file_of_a_workspace_is_found_at_its_root():
    tools = toolchain(a_service(package_manager="npm", context="web", files=frozenset({"package-lock.json"})))

    assert tools.key == "web/package-lock.json"


@pytest.mark.parametrize(
    ("manager", "command", "called"),
    [
        ("uv", "pytest -q && mypy .", "uv run pytest -q && uv run mypy ."),
        ("uv", "uv run pytest", "uv run pytest"),
        ("poetry", "cd src && pytest", "cd src && poetry run pytest"),
        ("pip", "pytest", "pytest"),
    ],
)
def test_a_command_runs_in_its_managers_environment(manager, command, called):
    service = a_service(package_manager=manager, files=frozenset({"pyproject.toml", "uv.lock"}))

    assert toolchain(service).inside(command) == called


def test_an_unknown_manager_gets_its_language_and_the_plans_own_install_line():
    tools = toolchain(a_service(package_manager="hatch", install_command="hatch env create"))

    assert (tools.setup, tools.install, tools.tool) == ("python", "hatch env create", None)


@pytest.mark.parametrize(
    ("manager", "program", "files", "install", "test"),
    [
        (
            "conda",
            "micromamba",
            {"conda.yml"},
            "micromamba create --yes --name app --file conda.yml",
            "micromamba run --name app pytest",
        ),
        ("pixi", "pixi", {"pixi.lock"}, "pixi install --locked", "pixi run pytest"),
        ("pixi", "pixi", {"pixi.toml"}, "pixi install", "pixi run pytest"),
    ],
)
def test_a_conda_environment_is_made_on_the_runner_by_the_version_the_image_is_built_with(
    manager, program, files, install, test
):
    command = "conda env update --name base --file conda.yml"
    tools = toolchain(a_service(package_manager=manager, install_command=command, files=frozenset(files)))

    assert (tools.setup, tools.install, tools.inside("pytest")) == ("conda", install, test)
    assert f"{program}={IMAGES[program].rpartition(':')[2]} " in (tools.tool or "")


def test_an_answer_of_a_person_replaces_the_install_line():
    told = a_fact("install_command", "make deps", rule="set")
    service = a_service(
        package_manager="npm", install_command="make deps", evidence={"install_command": told}
    )

    assert toolchain(service).install == "make deps"


@pytest.mark.parametrize(
    ("manager", "told", "release", "install"),
    [
        ("pnpm", "pnpm@8", "pnpm@8.15.9", "pnpm install --frozen-lockfile"),
        ("pnpm", "pnpm@9.1.0", "pnpm@9.1.0", "pnpm install --frozen-lockfile"),
        ("pnpm", "yarn@3", f"pnpm@{TOOLS['pnpm']}", "pnpm install --frozen-lockfile"),
        ("pnpm", "pnpm@8; id", f"pnpm@{TOOLS['pnpm']}", "pnpm install --frozen-lockfile"),
        ("yarn", "yarn@1", f"yarn@{TOOLS['yarn']}", "yarn install --frozen-lockfile"),
        ("yarn", "yarn@3", "yarn@3.8.7", "yarn install --immutable"),
    ],
)
def test_the_runner_and_the_image_install_by_the_release_that_reads_the_lock(manager, told, release, install):
    lock = {"pnpm": "pnpm-lock.yaml", "yarn": "yarn.lock"}[manager]
    service = a_service(
        language="node",
        package_manager=manager,
        files=frozenset({"package.json", lock}),
        evidence={"package_manager_version": a_fact("package_manager_version", told)},
    )
    tools = toolchain(service)
    _, values = dockerfile(service)

    assert (tools.tool, tools.install) == (
        f"corepack enable && corepack prepare {release} --activate",
        install,
    )
    assert values["tool"].endswith(release)
    assert values["install"] == install
