import json

import pytest

from fops.onboarding.detect import detect
from fops.onboarding.detect.languages.node import LANGUAGE
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, WEAK


def package(**keys):
    return {"package.json": json.dumps({"name": "shop", **keys}, indent=2)}


def claim(files):
    return LANGUAGE.claim(MemoryTree(files))


def library(files):
    return LANGUAGE.library(MemoryTree(files))


@pytest.mark.parametrize(
    ("files", "confidence", "rule", "line"),
    [
        (package(dependencies={"express": "^4"}), CERTAIN, "framework", 4),
        (package(devDependencies={"astro": "^4"}), CERTAIN, "framework", 4),
        (package(scripts={"start": "node server.js"}), STRONG, "script", 4),
        (package(devDependencies={"vite": "^5"}), STRONG, "program", 1),
        ({**package(), "index.js": "run()"}, STRONG, "program", 1),
        (package(dependencies={"left-pad": "1"}), LIKELY, "manifest", 1),
        (package(devDependencies={"prettier": "3"}), WEAK, "manifest", 1),
    ],
)
def test_the_claim_is_as_strong_as_what_the_manifest_runs(files, confidence, rule, line):
    found = claim(files)
    assert (found.confidence, found.rule, found.line) == (confidence, f"node.claim.{rule}", line)


def test_a_program_without_a_manifest_is_a_likely_application():
    assert claim({"server.js": "listen()"}).confidence == LIKELY


@pytest.mark.parametrize("beside", ["index.html", "deno.json"])
def test_a_script_beside_a_page_or_another_runtime_is_no_node_application(beside):
    assert claim({"index.js": "", beside: ""}) is None


@pytest.mark.parametrize("text", ["", "[]", "null", "7", "{", '{"name": '])
def test_a_manifest_that_is_no_object_claims_nothing(text):
    assert claim({"package.json": text}) is None


@pytest.mark.parametrize(
    "others",
    [
        {"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"},
        {"go.mod": "module a.b/c\n\ngo 1.22\n", "main.go": "package main\n\nfunc main() {}\n"},
    ],
)
def test_a_package_of_tools_beside_another_languages_application_does_not_win(others):
    manifest = package(scripts={"build": "vite build"}, devDependencies={"vite": "5", "tailwindcss": "3"})
    findings = detect(MemoryTree({**manifest, **others}))
    assert findings.apps[0].value("language") in {"python", "go"}


def test_a_package_of_tools_alone_is_no_application():
    findings = detect(MemoryTree({**package(private=True, devDependencies={"husky": "9"}), "README.md": ""}))
    assert not findings.deployable


@pytest.mark.parametrize(
    "keys",
    [
        {"exports": "./index.js"},
        {"main": "index.js", "types": "index.d.ts", "files": ["index.js"]},
        {"main": "index.js", "keywords": ["text"], "repository": "a/b"},
        {"bin": {"shop": "cli.js"}},
        {"publishConfig": {"access": "public"}},
        {"module": "index.mjs", "peerDependencies": {"express": "*"}, "devDependencies": {"express": "4"}},
    ],
)
def test_a_package_that_offers_itself_and_starts_nothing_is_a_library(keys):
    found = library({**package(**keys), "index.js": "module.exports = () => 1\n"})
    assert (found.confidence, found.rule, found.file) == (STRONG, "node.library.published", "package.json")


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"exports": "./index.js", "private": True}, ""),
        ({"exports": "./index.js", "scripts": {"start": "node ."}}, ""),
        ({"exports": "./index.js", "dependencies": {"express": "4"}}, ""),
        ({"exports": "./index.js"}, "http.createServer(handle).listen(80)\n"),
        ({"main": "index.js"}, ""),
    ],
)
def test_a_package_that_runs_or_stays_private_is_no_library(keys, code):
    assert library({**package(**keys), "index.js": code}) is None


def test_a_bundled_page_is_no_library():
    keys = {"exports": "./a.js", "devDependencies": {"vite": "5"}}
    assert library({**package(**keys), "index.html": "<div>"}) is None
