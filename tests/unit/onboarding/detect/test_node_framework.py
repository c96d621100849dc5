import json

import pytest

from fops.onboarding.detect.languages.node import LANGUAGE
from fops.onboarding.detect.languages.node.frameworks import FRAMEWORKS
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree

UNNAMED = {
    "webpack",
    "rollup",
    "esbuild",
    "rsbuild",
    "socket.io",
}  # tools and libraries, no framework of an app
SETTING = "export default {{\n  {} \n}}"


def facts(*dependencies, scripts=None, files=None, development=()):
    manifest = {"name": "x", "dependencies": dict.fromkeys(dependencies, "1"), "scripts": scripts or {}}
    manifest["devDependencies"] = dict.fromkeys(development, "1")
    tree = MemoryTree({"package.json": json.dumps(manifest, indent=1), **(files or {})})
    return {name: fact.value for name, fact in settle(".", LANGUAGE.facts(tree))[0].items()}


@pytest.mark.parametrize(
    ("name", "package"),
    [(one.name, package) for one in FRAMEWORKS for package in one.packages if one.name not in UNNAMED],
)
def test_a_framework_is_known_by_its_package(name, package):
    assert facts(package)["framework"] == name


@pytest.mark.parametrize(
    ("dependencies", "name"),
    [
        (("express", "next", "react"), "next"),
        (("vite", "express"), "express"),
        (("vite", "@sveltejs/kit"), "sveltekit"),
        (("express", "@nestjs/core"), "nestjs"),
        (("@angular/core", "@angular/ssr", "express"), "angular"),
    ],
)
def test_the_framework_that_decides_build_and_start_is_named(dependencies, name):
    assert facts(*dependencies)["framework"] == name


def test_a_server_among_development_tools_serves_tests():
    assert facts("react-scripts", development=["express"])["framework"] == "create-react-app"


@pytest.mark.parametrize(
    ("package", "path", "setting", "folder"),
    [
        ("next", "next.config.mjs", "output: 'export'", "out"),
        ("nuxt", "nuxt.config.ts", "ssr: false", ".output/public"),
        ("react-router", "react-router.config.ts", "ssr: false", None),
        ("@react-router/dev", "react-router.config.ts", "ssr: false", "build/client"),
        ("@sveltejs/kit", "svelte.config.js", "adapter: 'adapter-static'", "build"),
        ("@angular/ssr", "angular.json", '"outputMode": "static"', "dist"),
    ],
)
def test_a_meta_framework_gives_only_files_where_its_configuration_says_so(package, path, setting, folder):
    got = facts(package, files={path: SETTING.format(setting)})
    assert (got["static"], got.get("output_folder")) == (folder is not None, folder)


@pytest.mark.parametrize(
    ("package", "path", "setting", "static"),
    [
        ("next", "next.config.mjs", "// output: 'export'", False),
        ("astro", "astro.config.mjs", "// adapter: node()", True),
    ],
)
def test_an_option_commented_out_is_not_set(package, path, setting, static):
    assert facts(package, files={path: SETTING.format(setting)})["static"] is static


@pytest.mark.parametrize(
    ("package", "folder"),
    [
        ("vite", "dist"),
        ("react-scripts", "build"),
        ("astro", "dist"),
        ("gatsby", "public"),
        ("@docusaurus/core", "build"),
        ("@11ty/eleventy", "_site"),
        ("hexo", "public"),
        ("@vue/cli-service", "dist"),
        ("vitepress", "docs/.vitepress/dist"),
    ],
)
def test_a_bundler_or_site_generator_gives_only_files(package, folder):
    got = facts(package, scripts={"build": "x"})
    assert (got["static"], got["output_folder"]) == (True, folder)
    assert "start_command" not in got
    assert "port" not in got


@pytest.mark.parametrize(
    ("package", "path", "text", "folder"),
    [
        ("vite", "vite.config.ts", "export default { build: { outDir: './site' } }", "site"),
        ("@11ty/eleventy", ".eleventy.js", "module.exports = () => ({ dir: { output: 'site' } })", "site"),
        ("vitepress", ".vitepress/config.mts", "", ".vitepress/dist"),
        ("vitepress", "site/.vitepress/config.mts", "", "site/.vitepress/dist"),
    ],
)
def test_the_output_folder_follows_the_configuration(package, path, text, folder):
    assert facts(package, files={path: text})["output_folder"] == folder


@pytest.mark.parametrize(
    ("builder", "path", "folder"),
    [
        ("@angular-devkit/build-angular:browser", "site", "site"),
        ("@angular-devkit/build-angular:browser", None, "dist/shop"),
        ("@angular-devkit/build-angular:application", "dist/site", "dist/site/browser"),
        ("@angular/build:application", None, "dist/shop/browser"),
        ("@angular/build:application", {"base": "out"}, "out/browser"),
        ("@angular/build:application", {"base": "out", "browser": ""}, "out"),
    ],
)
def test_angular_writes_what_browsers_get_where_its_builder_does(builder, path, folder):
    build = {"builder": builder, "options": {"outputPath": path}}
    projects = {"parts": {"projectType": "library"}, "shop": {"architect": {"build": build}}}

    got = facts("@angular/core", files={"angular.json": json.dumps({"projects": projects})})

    assert got["output_folder"] == folder


@pytest.mark.parametrize(
    ("start", "folder"),
    [
        ("next start", ".next/standalone"),
        ("next start -p 4200", ".next/standalone"),
        ("node server.js", None),
    ],
)
def test_nexts_standalone_server_is_where_its_build_gathers_it(start, folder):
    config = {"next.config.ts": SETTING.format("output: 'standalone'")}
    got = facts("next", files=config, scripts={"start": start})
    assert (got["static"], got.get("output_folder")) == (False, folder)


def test_a_site_generator_with_a_server_adapter_runs():
    got = facts("astro", files={"astro.config.mjs": SETTING.format("output: 'server', adapter: node()")})
    assert (got["static"], got["start_command"]) == (False, "node ./dist/server/entry.mjs")


def test_a_page_without_framework_is_static_until_a_program_listens():
    page = {"index.html": "<p>"}
    assert facts(files=page)["static"] is True
    assert facts(files={**page, "server.js": "http.createServer(f).listen(80)"})["static"] is False
