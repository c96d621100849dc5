import json

import pytest

from fops.onboarding.detect import detect
from fops.onboarding.fetch.tree import MemoryTree

API = {"targets": {"build": {"executor": "@nx/esbuild:esbuild", "options": {"outputPath": "dist/apps/api"}}}}
WEB = {"targets": {"build": {"executor": "@nx/vite:build", "options": {"outputPath": "dist/apps/web"}}}}


def top(projects, *, settings=None, scripts=None, dependencies=("express",)):
    manifest = {"scripts": scripts or {}, "dependencies": dict.fromkeys(dependencies, "1")}
    texts = {
        f"{folder}/project.json": {"projectType": "application", "name": folder.rpartition("/")[2], **text}
        for folder, text in projects.items()
    }
    files = {"package.json": manifest, "nx.json": settings or {}, **texts}
    return detect(MemoryTree({path: json.dumps(text) for path, text in files.items()})).apps[0]


def said(app, *names):
    return [app.value(name) for name in names]


def test_the_server_of_an_nx_workspace_is_built_and_started_from_its_top():
    app = top({"apps/web": WEB, "apps/api": API, "apps/api-e2e": {}})
    assert said(app, "build_command", "start_command", "static") == [
        "npx nx build api",
        "node dist/apps/api/main.js",
        False,
    ]


def test_the_only_site_of_an_nx_workspace_is_served_from_where_nx_writes_it():
    app = top({"apps/web": WEB}, dependencies=("react",))
    assert said(app, "build_command", "output_folder", "static") == [
        "npx nx build web",
        "dist/apps/web",
        True,
    ]


def test_the_default_project_is_the_one_that_counts():
    settings = {"defaultProject": "jobs"}
    app = top(
        {"apps/api": API, "apps/jobs": {"targets": {"serve": {"executor": "@nx/js:node"}}}}, settings=settings
    )
    assert app.value("start_command") == "node dist/apps/jobs/main.js"


def test_next_is_started_in_the_folder_that_nx_builds():
    app = top({"apps/site": {"targets": {"build": {"executor": "@nx/next:build"}}}}, dependencies=("next",))
    assert said(app, "start_command", "static") == ["npx next start dist/apps/site", False]


def test_a_script_for_production_is_taken_before_a_project():
    app = top({"apps/api": API}, scripts={"start": "node dist/apps/api/main.js", "build": "nx build api"})
    assert said(app, "build_command", "start_command") == ["npm run build", "npm start"]


def test_a_development_script_gives_way_to_the_project():
    assert (
        top({"apps/api": API}, scripts={"start": "nx serve"}).value("start_command")
        == "node dist/apps/api/main.js"
    )


@pytest.mark.parametrize("document", [[], "x", {"targets": 3}, {"targets": {"build": []}}])
def test_a_project_of_any_shape_is_survived(document):
    tree = MemoryTree({"package.json": "{}", "nx.json": "[]", "apps/a/project.json": json.dumps(document)})
    assert detect(tree) is not None


def test_the_other_applications_of_an_nx_workspace_are_noted_with_the_answers_that_choose_them():
    projects = {
        path: json.dumps({"projectType": "application", "name": name, **text})
        for path, name, text in (("apps/api/project.json", "api", API), ("apps/web/project.json", "web", WEB))
    }
    manifest = json.dumps({"dependencies": {"express": "1"}})
    (note,) = detect(MemoryTree({"package.json": manifest, "nx.json": "{}", **projects})).notes
    assert note == (
        "also an application: apps/web (Nx project web); choose it with "
        "--set static=true --set build_command='npx nx build web' --set output_folder=dist/apps/web"
    )
