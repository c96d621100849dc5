"""Rules of detect/apps.py and detect/choose.py: which folders are applications, and whose language wins."""

import json

import pytest

from fops.onboarding.detect import detect
from fops.onboarding.detect.report import findings_json
from fops.onboarding.fetch.tree import MemoryTree

EXPRESS = {
    "package.json": '{"name": "a", "dependencies": {"express": "4"}, "scripts": {"start": "node server.js"}}',
    "server.js": "",
}
ASSETS = {
    "package.json": '{"private": true, "devDependencies": {"esbuild": "0.2"}, "scripts": {"build": "esbuild a.js"}}'
}
FLASK = {
    "requirements.txt": "flask==3.0\ngunicorn\n",
    "app.py": "from flask import Flask\napp = Flask(__name__)\n",
}
GO = {
    "go.mod": "module a\n\ngo 1.22\n",
    "main.go": 'package main\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n',
}


def below(folder, texts):
    return {f"{folder}/{path}": text for path, text in texts.items()}


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        ({**EXPRESS}, "node"),
        ({**FLASK, **ASSETS}, "python"),
        ({**GO, **ASSETS}, "go"),
        ({"Gemfile": "gem 'rails'", "config/application.rb": "", **ASSETS}, "ruby"),
        ({"composer.json": '{"type": "project"}', "artisan": "", **ASSETS}, "php"),
        ({"Gemfile": "gem 'fastlane'", **EXPRESS}, "node"),
        ({"a.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"/>', **ASSETS}, "dotnet"),
        ({"Cargo.toml": "[lib]\n", "src/lib.rs": "", **FLASK}, "python"),
        ({"Makefile": "", "start.sh": "", **GO}, "go"),
    ],
)
def test_application_evidence_beats_tooling_evidence(texts, language):
    assert detect(MemoryTree(texts)).apps[0].value("language") == language


def test_a_language_not_supported_yet_is_deployable_with_that_reason():
    findings = detect(MemoryTree({"Gemfile": "gem 'sinatra'", "config.ru": "", "Procfile": "web: puma\n"}))
    assert (findings.deployable, findings.reason) == (True, "ruby: not supported yet")
    assert findings.apps[0].value("start_command") == "puma"


def test_a_workspace_lists_its_root_first_and_only_members_that_run():
    root = {
        "package.json": '{"private": true, "workspaces": ["apps/*", "libs/*"]}',
        "package-lock.json": "{}",
        ".nvmrc": "22\n",
    }
    library = {"package.json": '{"name": "ui", "main": "index.js", "exports": "./index.js"}', "index.js": ""}
    findings = detect(MemoryTree({**root, **below("apps/api", EXPRESS), **below("libs/ui", library)}))
    assert [app.path for app in findings.apps] == [".", "apps/api"]
    assert findings.apps[0].value("workspaces") == ["apps/api", "libs/ui"]


def test_a_member_takes_lock_and_version_file_from_the_root():
    root = {
        "package.json": '{"private": true, "workspaces": ["apps/*"]}',
        "package-lock.json": "{}",
        ".nvmrc": "22\n",
    }
    member = detect(MemoryTree({**root, **below("apps/api", EXPRESS)})).apps[1]
    assert (member.value("package_manager"), member.value("runtime_version")) == ("npm", "22")
    assert member.facts["runtime_version"].file == "../../.nvmrc"


def test_a_go_workspace_has_a_root_without_a_module():
    texts = {"go.work": "go 1.22\nuse ./api\n", **below("api", GO)}
    findings = detect(MemoryTree(texts))
    assert [(app.path, app.value("language")) for app in findings.apps] == [(".", "go"), ("api", "go")]


def test_applications_below_a_bare_top_are_found_without_a_declaration():
    findings = detect(
        MemoryTree({"README.md": "", **below("backend", FLASK), **below("services/web", EXPRESS)})
    )
    assert [app.path for app in findings.apps] == ["backend", "services/web"]


def test_tests_examples_and_documentation_are_not_searched():
    texts = {**below("examples/a", EXPRESS), **below("tests/b", FLASK), **below("docs", EXPRESS)}
    assert not detect(MemoryTree(texts)).deployable


def test_an_unsupported_neighbour_is_noted_beside_the_applications_that_can_be_onboarded():
    dotnet = {"a.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"/>'}
    findings = detect(MemoryTree({**below("src/api", FLASK), **below("src/cart", dotnet)}))
    assert ([app.path for app in findings.apps], findings.reason) == (["src/api"], None)
    assert findings.notes == ("src/cart: dotnet is not supported yet",)


def test_a_broken_manifest_is_noted_and_the_rest_still_detected():
    findings = detect(MemoryTree({**FLASK, "package.json": "{"}))
    assert findings.apps[0].value("language") == "python"
    assert [note for note in findings.notes if "package.json is not valid JSON" in note]


def test_a_folder_named_for_a_website_counts_where_nothing_else_is_an_application():
    alone = detect(MemoryTree({"README.md": "# Shop", **below("website", EXPRESS)}))
    assert [app.path for app in alone.apps] == ["website"]
    beside = detect(MemoryTree({**below("website", EXPRESS), **below("api", FLASK)}))
    assert [app.path for app in beside.apps] == ["api"]


@pytest.mark.parametrize("folder", ["tests/fixtures/web", "examples/web", "vendor/web"])
def test_tests_and_examples_are_no_applications_even_alone(folder):
    assert not detect(MemoryTree({"lib.xyz": "", **below(folder, EXPRESS)})).deployable


def test_pages_in_a_projects_website_folder_are_no_reason_to_deploy_it():
    assert not detect(MemoryTree({"lib.xyz": "", "website/index.html": "<html>"})).deployable


def test_a_broken_manifest_below_the_top_is_noted_with_its_place():
    findings = detect(
        MemoryTree({**below("api", FLASK), "web/package.json": "{", "jobs/pom.xml": "<project>"})
    )
    assert [app.path for app in findings.apps] == ["api"]
    assert [note.partition(":")[0] for note in findings.notes] == [
        "jobs/pom.xml is not well-formed XML, or has a document type",
        "web/package.json is not valid JSON",
    ]


def test_a_broken_manifest_of_a_workspaces_member_is_noted():
    top = {"package.json": '{"workspaces": ["apps/*"], "scripts": {"start": "node a.js"}}'}
    findings = detect(MemoryTree({**top, "apps/web/package.json": "{"}))
    assert [note for note in findings.notes if note.startswith("apps/web/package.json is not valid JSON")]


def test_the_users_dockerfile_wins_over_the_code_and_the_conflict_is_shown():
    server = {"server.js": "const app = require('express')()\napp.listen(3000)\n"}
    findings = detect(
        MemoryTree({**EXPRESS, **server, "Dockerfile": "FROM node:22\nEXPOSE 8080\nCMD npm start\n"})
    )
    assert findings.apps[0].value("port") == 8080
    assert [(one.fact, one.other.value) for one in findings.conflicts] == [("port", 3000)]


def test_two_applications_on_one_port_are_shown():
    dockerfile = {"Dockerfile": "FROM node:22\nEXPOSE 8080\nCMD npm start\n"}
    findings = detect(
        MemoryTree({**below("a", {**EXPRESS, **dockerfile}), **below("b", {**EXPRESS, **dockerfile})})
    )
    assert [(one.app, one.fact) for one in findings.conflicts] == [("b", "port")]


def test_a_dockerfile_tells_the_language_where_nothing_else_does():
    findings = detect(
        MemoryTree({"Dockerfile": "FROM python:3.12\nCOPY . .\nCMD python serve\n", "serve": "import http"})
    )
    assert findings.apps[0].value("language") == "python"
    assert findings.apps[0].value("start_command") == "python serve"


def test_findings_are_reported_in_the_contracts_shape():
    report = json.loads(json.dumps(findings_json(detect(MemoryTree(EXPRESS)))))
    assert {"deployable", "reason", "apps", "conflicts"} <= set(report)
    assert set(report["apps"][0]["facts"]["language"]) == {"value", "file", "line", "rule", "confidence"}


@pytest.mark.parametrize(
    "texts", [{"Gemfile": "gem 'fastlane'"}, {"notes.xyz": "", "convert.py": "print(1)\n", "main.tf": ""}]
)
def test_a_weak_hint_that_nothing_can_start_is_no_application(texts):
    assert not detect(MemoryTree(texts)).deployable


def test_pages_inside_an_application_do_not_take_its_place():
    war = {
        "pom.xml": "<project><artifactId>a</artifactId><packaging>war</packaging></project>",
        "src/main/java/A.java": "class A {}",
    }
    findings = detect(MemoryTree({**war, "web/index.html": "<html></html>"}))
    assert [(app.path, app.value("language")) for app in findings.apps] == [(".", "java")]


def test_a_member_with_nothing_but_a_main_file_is_a_library_of_the_monorepo():
    root = {"package.json": '{"private": true, "workspaces": ["apps/*", "internals/*"]}'}
    inner = {
        "package.json": '{"name": "constants", "private": true, "main": "dist/index.js"}',
        "src/index.ts": "export const a = 1\n",
    }
    findings = detect(
        MemoryTree({**root, **below("apps/api", EXPRESS), **below("internals/constants", inner)})
    )
    assert [app.path for app in findings.apps] == [".", "apps/api"]


def test_a_workspace_root_without_a_manifest_of_its_own_is_still_listed():
    texts = {"pnpm-workspace.yaml": "packages: ['apps/*']\n", **below("apps/api", EXPRESS)}
    findings = detect(MemoryTree(texts))
    assert [(app.path, app.value("language")) for app in findings.apps] == [
        (".", "node"),
        ("apps/api", "node"),
    ]


VITE = {
    "package.json": '{"name": "web", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "5"}}',
    "index.html": '<script type="module" src="/src/main.ts"></script>',
}
PAGES = {"index.html": "<html>", "app.js": ""}


def paths(texts):
    return [app.path for app in detect(MemoryTree(texts)).apps]


def notes(texts):
    return detect(MemoryTree(texts)).notes


@pytest.mark.parametrize("site", [VITE, PAGES, {"public/index.html": "<html>"}])
@pytest.mark.parametrize("server", [EXPRESS, FLASK, GO])
def test_a_server_below_a_site_at_the_top_is_listed_beside_it(site, server):
    assert paths({**site, **below("server", server)}) == [".", "server"]


def test_a_front_end_below_a_server_at_the_top_is_noted_with_the_flag_that_chooses_it():
    assert paths({**FLASK, **below("frontend", VITE)}) == ["."]
    assert notes({**FLASK, **below("frontend", VITE)}) == (
        "also an application: frontend (node/vite); choose it with --path frontend",
    )


def scripts(**texts):
    return {"package.json": json.dumps({"dependencies": {"express": "4"}, "scripts": {"start": "node server.js", **texts}})}  # fmt: skip


@pytest.mark.parametrize(
    "texts",
    [
        scripts(**{"heroku-postbuild": "cd client && npm install && npm run build"}),
        scripts(build="npm run build --prefix client"),
        scripts(build="npm run front", front="npm --prefix ./client run build"),
        {**scripts(), "Dockerfile": "FROM node:22\nCOPY client/ /client\nRUN npm ci\nCMD node server.js\n"},
        {"package.json": '{"dependencies": {"express": "4", "web": "file:./client"}, "scripts": {"start": "node a.js"}}'},
    ],
)  # fmt: skip
def test_what_the_top_builds_itself_is_a_part_of_it(texts):
    texts = {**texts, "server.js": "require('express')().listen(3000)", **below("client", VITE)}
    assert (paths(texts), notes(texts)) == (["."], ())


def test_a_front_end_that_gradle_builds_is_a_part_of_the_program():
    build = 'plugins { id "org.springframework.boot" version "3.4.0" }\nnode { nodeProjectDir = file("frontend") }\n'
    assert notes({"build.gradle": build, **below("frontend", VITE)}) == ()


@pytest.mark.parametrize(
    "start",
    ["npm start --prefix server", "cd server && npm start", "concurrently npm:server", "npm run server"],
)
def test_a_top_that_only_starts_what_nothing_there_installs_is_no_application(start):
    top = {"package.json": json.dumps({"scripts": {"start": start, "server": "npm start --prefix server"}})}
    assert paths({**top, **below("server", EXPRESS), **below("client", VITE)}) == ["client", "server"]


def test_a_top_that_installs_what_it_starts_is_the_application():
    start = {"start": "npm start --prefix server", "postinstall": "npm install --prefix server"}
    top = {"package.json": json.dumps({"scripts": start})}
    assert paths({**top, **below("server", EXPRESS)}) == ["."]


def test_a_neighbour_in_another_language_is_listed_with_the_members_of_a_workspace():
    top = {"package.json": '{"private": true, "workspaces": ["apps/web"]}'}
    texts = {**top, **below("apps/web", VITE), **below("apps/api", FLASK), **below("apps/old", EXPRESS)}
    assert paths(texts) == [".", "apps/web", "apps/api"]
    assert notes(texts) == ("also an application: apps/old (node/express); choose it with --path apps/old",)


def test_a_folder_of_tools_at_the_top_does_not_take_the_program_of_a_project_below():
    texts = {"requirements.txt": "pre-commit\nblack\n", **below("server", FLASK), **below("client", VITE)}
    assert paths(texts) == ["client", "server"]


def test_many_applications_left_aside_are_counted():
    many = {path: text for number in range(11) for path, text in below(f"part{number}", EXPRESS).items()}
    assert notes({**GO, **many})[-1] == "also applications: 3 more below; choose one with --path"
    assert len(notes({**GO, **many})) == 9


def test_functions_for_firebase_are_no_service_beside_the_site():
    manifest = {
        "main": "index.js",
        "scripts": {"start": "npm run shell", "shell": "firebase functions:shell"},
    }
    functions = {"package.json": json.dumps({**manifest, "dependencies": {"firebase-functions": "6"}})}
    assert paths({**PAGES, **below("functions", functions)}) == ["."]
