import json

import pytest

from fops.onboarding.detect import detect
from fops.onboarding.detect.languages.node import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree

PUBLISHED = {"name": "l", "version": "1.0.0", "main": "index.js", "files": ["index.js"]}


def facts(manifest, files=None):
    tree = MemoryTree({"package.json": json.dumps({"name": "x", **manifest}), **(files or {})})
    return {name: fact.value for name, fact in settle(".", LANGUAGE.facts(tree))[0].items()}


@pytest.mark.parametrize(
    ("manifest", "files"),
    [
        ({"packageManager": "yarn@4.1.0"}, {"yarn.lock": ""}),
        ({}, {"yarn.lock": "", ".yarnrc.yml": "nodeLinker: node-modules"}),
        ({}, {"yarn.lock": "__metadata:\n  version: 8\n"}),
    ],
)
def test_yarn_2_and_newer_have_another_word_for_frozen(manifest, files):
    assert facts(manifest, files)["install_command"] == "yarn install --immutable"


@pytest.mark.parametrize(
    ("dependencies", "start"),
    [
        (["@tanstack/react-start", "nitro"], "node .output/server/index.mjs"),
        (["@tanstack/react-start"], "npx srvx --prod -s ../client dist/server/server.js"),
    ],
)
def test_tanstack_start_is_served_by_nitro_or_else_by_srvx(dependencies, start):
    assert facts({"dependencies": dict.fromkeys(dependencies, "1")})["start_command"] == start


def test_angular_renders_by_the_script_its_generator_writes():
    scripts = {"start": "ng serve", "build": "ng build", "serve:ssr:shop": "node dist/shop/server/server.mjs"}
    got = facts(
        {"scripts": scripts, "dependencies": dict.fromkeys(["@angular/core", "@angular/ssr", "express"], "1")}
    )
    assert (got["framework"], got["static"], got["port"]) == ("angular", False, 4000)
    assert got["start_command"] == "npm run serve:ssr:shop"


@pytest.mark.parametrize("host", ["express", "next", "@nestjs/core"])
def test_a_plug_in_of_a_framework_is_a_library(host):
    manifest = {**PUBLISHED, "peerDependencies": {host: "1"}, "devDependencies": {host: "1"}}
    findings = detect(
        MemoryTree({"package.json": json.dumps(manifest), "index.js": "module.exports = () => {}"})
    )
    assert not findings.deployable
    assert "library" in findings.reason
