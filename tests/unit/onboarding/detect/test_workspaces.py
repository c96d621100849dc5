"""Rules of detect/workspaces.py: the member folders each tool declares."""

import pytest

from fops.onboarding.detect.workspaces import declared
from fops.onboarding.fetch.tree import MemoryTree

JS = {
    "packages/a/package.json": "{}",
    "packages/b/package.json": "{}",
    "apps/web/package.json": "{}",
    "packages/notes/readme.md": "",
}

CASES = [
    (
        "npm",
        {"package.json": '{"workspaces": ["packages/*", "apps/web"]}', **JS},
        ["apps/web", "packages/a", "packages/b"],
    ),
    (
        "npm",
        {"package.json": '{"workspaces": {"packages": ["./packages/*/"]}}', **JS},
        ["packages/a", "packages/b"],
    ),
    (
        "pnpm",
        {"pnpm-workspace.yaml": "packages:\n  - '**'\n  - '!packages/b'\n", **JS},
        ["apps/web", "packages/a"],
    ),
    ("lerna", {"lerna.json": '{"packages": ["packages/*"]}', **JS}, ["packages/a", "packages/b"]),
    ("rush", {"rush.json": '{"projects": [{"projectFolder": "apps/web"}]}', **JS}, ["apps/web"]),
    ("nx", {"nx.json": "{}", "apps/x/project.json": "{}", "package.json": "{}"}, ["apps/x"]),
    (
        "go",
        {"go.work": "go 1.22\n\nuse (\n\t./api\n\t./lib // shared\n)\n", "api/go.mod": "", "lib/go.mod": ""},
        ["api", "lib"],
    ),
    ("go", {"go.work": "use ./api\nuse ./lib\n", "api/go.mod": "", "lib/go.mod": ""}, ["api", "lib"]),
    (
        "maven",
        {"pom.xml": "<modules>\n<module>a</module><!-- <module>b</module> --></modules>", "a/pom.xml": ""},
        ["a"],
    ),
    (
        "gradle",
        {
            "settings.gradle": "include ':app', 'lib:core'\n",
            "app/build.gradle": "",
            "lib/core/build.gradle": "",
        },
        ["app", "lib/core"],
    ),
    ("gradle", {"settings.gradle.kts": 'include("app")\n', "app/build.gradle.kts": ""}, ["app"]),
    (
        "uv",
        {
            "pyproject.toml": "[tool.uv.workspace]\nmembers = ['libs/*']\nexclude = ['libs/b']\n",
            "libs/a/pyproject.toml": "",
            "libs/b/pyproject.toml": "",
        },
        ["libs/a"],
    ),
    (
        "cargo",
        {"Cargo.toml": "[workspace]\nmembers = ['crates/*']\n", "crates/a/Cargo.toml": ""},
        ["crates/a"],
    ),
    ("mix", {"mix.exs": "[apps_path: 'apps']", "apps/a/mix.exs": ""}, ["apps/a"]),
]


@pytest.mark.parametrize(("tool", "texts", "members"), CASES)
def test_members_are_the_folders_the_tool_would_take(tool, texts, members):
    found = declared(MemoryTree(texts))
    assert found is not None
    assert (found.tool, list(found.members)) == (tool, members)


def test_the_declaration_is_named_by_file_and_line():
    found = declared(
        MemoryTree({"package.json": '{\n  "name": "a",\n  "workspaces": ["packages/*"]\n}', **JS})
    )
    assert found is not None
    assert (found.file, found.line) == ("package.json", 3)


@pytest.mark.parametrize(
    "text", ['{"workspaces": [1, null]}', '{"workspaces": "a"}', "[]", '{"workspaces": ["nothing/*"]}', "{"]
)
def test_a_declaration_without_members_is_none(text):
    assert declared(MemoryTree({"package.json": text, **JS})) is None
