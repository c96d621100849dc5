import pytest

from fops.onboarding.detect.languages.go import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree

MAIN = "package main\n\nfunc main() {}\n"
SERVER = 'package main\n\nimport "net/http"\n\nfunc main() {\n\thttp.ListenAndServe(":8080", nil)\n}\n'
MODULE = "module example.com/acme/shop\n\ngo 1.23\n\nrequire github.com/a/b v1.0.0\n"


def found(files):
    facts, _ = settle(".", LANGUAGE.facts(MemoryTree(files)))
    return facts


def commands(files):
    facts = found(files)
    return facts["build_command"].value, facts["start_command"].value


def test_a_program_at_the_top_is_named_by_its_module():
    assert commands({"go.mod": MODULE, "main.go": MAIN}) == (
        "CGO_ENABLED=0 go build -o bin/shop .",
        "./bin/shop",
    )


def test_a_major_version_is_no_name():
    files = {"go.mod": "module example.com/shop/v2\n", "main.go": MAIN}
    assert commands(files)[1] == "./bin/shop"
    assert found(files)["name"].value == "shop"


def test_a_program_in_cmd_is_built_from_its_folder():
    assert commands({"go.mod": MODULE, "cmd/api/main.go": MAIN}) == (
        "CGO_ENABLED=0 go build -o bin/api ./cmd/api",
        "./bin/api",
    )


def test_the_program_that_listens_is_started_before_one_that_does_not():
    files = {"go.mod": MODULE, "cmd/api/main.go": MAIN, "cmd/zeta/main.go": SERVER}
    assert commands(files)[1] == "./bin/zeta"


def test_a_program_that_listens_through_an_internal_package_counts_as_listening():
    files = {
        "go.mod": MODULE,
        "cmd/admin/main.go": MAIN,
        "cmd/shop/main.go": 'package main\n\nimport (\n\t"example.com/acme/shop/internal/web"\n)\n\nfunc main() { web.Run() }\n',
        "internal/web/web.go": 'package web\n\nimport "net/http"\n\nfunc Run() { http.ListenAndServe(":9000", nil) }\n',
    }
    facts = found(files)
    assert facts["start_command"].value == "./bin/shop"
    assert (facts["port"].value, facts["port"].file, facts["port"].line) == (9000, "internal/web/web.go", 5)


def test_of_two_that_listen_the_customary_name_goes_first_and_both_are_processes():
    facts = found({"go.mod": MODULE, "cmd/alpha/main.go": SERVER, "cmd/server/main.go": SERVER})
    assert facts["start_command"].value == "./bin/server"
    assert {process["name"] for process in facts["processes"].value} == {"server", "alpha"}
    assert facts["build_command"].value == "CGO_ENABLED=0 go build -o bin/ ./cmd/server ./cmd/alpha"


def test_a_worker_is_a_process_and_a_one_off_program_is_none():
    facts = found(
        {"go.mod": MODULE, "cmd/web/main.go": SERVER, "cmd/worker/main.go": MAIN, "cmd/migrate/main.go": MAIN}
    )
    assert facts["processes"].value == [
        {"name": "web", "command": "./bin/web"},
        {"name": "worker", "command": "./bin/worker"},
    ]


@pytest.mark.parametrize(
    "folder", ["examples/hello", "tools/gen", "hack", "testdata/app", "vendor/x.y/z", "_old", ".hidden"]
)
def test_a_main_package_for_the_authors_is_no_program(folder):
    assert "start_command" not in found(
        {"go.mod": MODULE, f"{folder}/main.go": SERVER, "lib.go": "package shop\n"}
    )


def test_a_file_of_another_build_is_no_program():
    files = {
        "go.mod": MODULE,
        "gen.go": "//go:build ignore\n\npackage main\n\nfunc main() {}\n",
        "lib.go": "package shop\n",
    }
    assert "start_command" not in found(files)


def test_without_a_module_the_files_themselves_are_built():
    files = {"main.go": MAIN, "routes.go": "package main\n", "main_test.go": "package main\n"}
    assert commands(files) == ("CGO_ENABLED=0 go build -o bin/app main.go routes.go", "./bin/app")


@pytest.mark.parametrize(
    "line",
    [
        'import "C"',
        'import _ "github.com/mattn/go-sqlite3"',
        'import "gorm.io/driver/sqlite"',
        'import db "github.com/duckdb/duckdb-go/v2"',
    ],
)
def test_a_program_that_links_c_is_not_built_without_it(line):
    files = {"go.mod": MODULE, "main.go": f"package main\n\n{line}\n\nfunc main() {{}}\n"}
    assert commands(files)[0] == "go build -o bin/shop ."


@pytest.mark.parametrize(
    ("package", "command", "start"),
    [
        ("spf13/cobra", 'var c = &cobra.Command{\n\tUse:   "serve [flags]",\n}', "./bin/shop serve"),
        (
            "urfave/cli/v2",
            '&cli.App{Commands: []*cli.Command{{Name: "server", Usage: "x"}}}',
            "./bin/shop server",
        ),
        ("spf13/cobra", 'var c = &cobra.Command{\n\tUse: "shop",\n}', "./bin/shop"),
        (
            "spf13/cobra",
            'var a, b = &cobra.Command{Use: "api"}, &cobra.Command{Use: "web"}',
            "./bin/shop web",
        ),
        ("gin-gonic/gin", 'type c struct{ Use string }\nvar d = c{Use: "serve"}', "./bin/shop"),
    ],
)
def test_a_command_line_is_started_by_its_command_that_serves(package, command, start):
    files = {
        "go.mod": MODULE,
        "main.go": 'package main\n\nimport "example.com/acme/shop/cmd"\n\nfunc main() { cmd.Execute() }\n',
        "cmd/serve.go": f'package cmd\n\nimport "github.com/{package}"\n\n{command}\n',
    }
    assert commands(files)[1] == start


def test_a_workspace_is_built_from_the_top():
    files = {
        "go.work": "go 1.23\n\nuse (\n\t./api // the server\n\t./shared\n)\n",
        "api/go.mod": "module example.com/api\n",
        "api/main.go": SERVER,
        "shared/go.mod": "module example.com/shared\n",
        "shared/shared.go": "package shared\n",
    }
    assert commands(files) == ("CGO_ENABLED=0 go build -o bin/api ./api", "./bin/api")


def test_a_module_of_its_own_below_is_not_part_of_this_one():
    files = {"go.mod": MODULE, "main.go": MAIN, "sub/go.mod": "module x.y/sub\n", "sub/main.go": SERVER}
    assert commands(files)[1] == "./bin/shop"


def test_modules_are_downloaded_unless_they_are_vendored():
    files = {"go.mod": MODULE, "main.go": MAIN}
    assert found(files)["install_command"].value == "go mod download"
    assert "install_command" not in found({**files, "vendor/modules.txt": ""})


@pytest.mark.parametrize(
    ("file", "value"), [("go.mod", "go"), ("go.work", "go"), ("Gopkg.toml", "dep"), ("glide.yaml", "glide")]
)
def test_the_package_manager_is_the_one_whose_manifest_is_there(file, value):
    assert found({file: "", "main.go": MAIN})["package_manager"].value == value


def test_names_with_blanks_and_quotes_stay_one_word_of_the_shell():
    files = {"go.mod": "module a.b/c\n", 'cmd/a b"; rm -rf/main.go': MAIN}
    build, start = commands(files)
    assert start == "./bin/a-b---rm--rf"
    assert build == "CGO_ENABLED=0 go build -o bin/a-b---rm--rf './cmd/a b\"; rm -rf'"


def test_a_module_without_a_main_package_is_a_library():
    tree = MemoryTree({"go.mod": "module github.com/acme/mux\n", "mux.go": "package mux\n"})
    claim = LANGUAGE.library(tree)
    assert claim is not None
    assert claim.rule == "go.library.no-main-package"


def test_a_module_with_a_program_is_no_library():
    assert LANGUAGE.library(MemoryTree({"go.mod": MODULE, "cmd/x/main.go": MAIN})) is None


def test_files_that_cannot_be_read_make_no_library_unless_they_are_named_as_one():
    assert LANGUAGE.library(MemoryTree({"go.mod": MODULE, "server.go": ""})) is None
    assert LANGUAGE.library(MemoryTree({"go.mod": MODULE, "shop.go": "", "doc.go": ""})) is not None


@pytest.mark.parametrize(
    "files", [{}, {"README.md": ""}, {"web/src/x.go": "package x"}, {"vendor/a.go": "package a"}]
)
def test_a_folder_without_go_at_its_top_is_not_claimed(files):
    assert LANGUAGE.claim(MemoryTree(files)) is None
