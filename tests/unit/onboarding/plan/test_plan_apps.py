from __future__ import annotations

import pytest

from fops.kernel.errors import NotDeployable

EXPRESS = '{"name": "%s", "scripts": {"start": "node server.js"}, "dependencies": {"express": "^5.0.0"}}'


def paths(planned):
    return [(one.path, one.context) for one in planned.plan.services]


def test_an_application_at_the_top_is_the_one_service(planned, fastapi):
    assert paths(planned(fastapi)) == [(".", ".")]


def test_members_of_a_workspace_are_services_built_from_the_top(planned, monorepo):
    assert paths(planned(monorepo)) == [("apps/api", "."), ("apps/web", ".")]


@pytest.mark.parametrize(
    "script",
    ["pnpm -r start", "npm start --workspace apps/api", "node apps/api/server.js", "lerna run start", "yarn workspace api start"],
)  # fmt: skip
def test_a_top_that_only_starts_its_members_is_no_service(planned, monorepo, script):
    monorepo["package.json"] = monorepo["package.json"].replace("turbo start", script)
    assert [path for path, _ in paths(planned(monorepo))] == ["apps/api", "apps/web"]


def test_a_top_with_a_server_of_its_own_is_the_service_and_says_what_is_left_aside(planned, monorepo):
    monorepo["package.json"] = monorepo["package.json"].replace("turbo start", "node server.js")
    monorepo["server.js"] = "require('express')().listen(8000);\n"
    made = planned(monorepo)
    aside = next(one for one in made.plan.assumptions if one.fact == "path")
    assert paths(made) == [(".", ".")]
    assert "apps/api, apps/web" in aside.why
    assert aside.answer_with == "--path apps/api"
    assert aside not in made.questions


def test_a_path_chooses_one_member(planned, monorepo):
    assert paths(planned(monorepo, path="apps/web")) == [("apps/web", ".")]


def test_a_path_finds_what_the_look_from_the_top_left_out(planned, fastapi):
    nested = {f"examples/api/{path}": text for path, text in fastapi.items()}
    made = planned({**nested, "README.md": "# Examples"}, path="examples/api")
    assert paths(made) == [("examples/api", "examples/api")]
    assert made.plan.services[0].evidence["language"].file is not None


def test_a_path_to_a_monorepo_of_its_own_keeps_its_members_below_it(planned, monorepo):
    nested = {f"js/{path}": text for path, text in monorepo.items()}
    assert paths(planned({**nested, "README.md": ""}, path="js")) == [
        ("js/apps/api", "js"),
        ("js/apps/web", "js"),
    ]


def test_a_path_that_is_not_there_names_what_is(planned, monorepo):
    with pytest.raises(NotDeployable) as refused:
        planned(monorepo, path="apps/shop")
    assert refused.value.message == "--path apps/shop: no such folder"
    assert "apps/api" in refused.value.hint


def test_servers_that_a_go_work_lists_are_services_of_their_own(planned):
    server = 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":%d", nil) }\n'
    files = {
        "go.work": "go 1.24\n\nuse (\n\t./users\n\t./orders\n)\n",
        **{f"{name}/go.mod": f"module example.com/{name}\n\ngo 1.24\n" for name in ("users", "orders")},
        "users/main.go": server % 8001,
        "orders/main.go": server % 8002,
    }
    assert paths(planned(files)) == [("orders", "."), ("users", ".")]
    with_a_worker = {**files, "users/main.go": "package main\n\nfunc main() { select {} }\n"}
    assert paths(planned(with_a_worker)) == [(".", ".")]


def test_modules_of_a_maven_build_are_one_service_at_the_top(planned):
    module = (
        "<project><parent><groupId>a</groupId><artifactId>shop</artifactId><version>1</version></parent><artifactId>web</artifactId>"
        "<dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId>"
        "</dependency></dependencies><build><plugins><plugin><groupId>org.springframework.boot</groupId>"
        "<artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>"
    )
    made = planned({
        "pom.xml": "<project><groupId>a</groupId><artifactId>shop</artifactId><version>1</version><packaging>pom</packaging>"
        "<modules><module>web</module></modules></project>",
        "web/pom.xml": module,
        "web/src/main/java/a/App.java": "package a;\n@SpringBootApplication\npublic class App { public static void main(String[] args) {} }\n",
    })  # fmt: skip
    assert [context for _, context in paths(made)] == ["."]


def test_a_language_not_supported_yet_is_refused(planned):
    with pytest.raises(NotDeployable) as refused:
        planned({"Gemfile": "source 'https://rubygems.org'\ngem 'rails'\n", "config.ru": "run App\n"})
    assert "ruby: not supported yet" in refused.value.message
    assert refused.value.exit_code == 1


def test_what_is_no_application_is_refused_with_what_would_make_it_one(planned):
    with pytest.raises(NotDeployable) as refused:
        planned({"README.md": "# Notes"})
    assert "start command" in refused.value.hint


def test_a_folder_that_no_file_can_name_is_refused(planned, monorepo):
    monorepo["package.json"] = monorepo["package.json"].replace("apps/*", "*")
    odd = {"a\nb/package.json": EXPRESS % "odd", "a\nb/server.js": "require('express')().listen(1);"}
    with pytest.raises(NotDeployable, match="cannot spell"):
        planned({**monorepo, **odd})


def test_a_site_at_the_top_and_a_server_below_it_are_two_services(planned, fastapi):
    server = {f"server/{path}": text for path, text in fastapi.items()}
    assert paths(planned({"index.html": "<html>", **server})) == [(".", "."), ("server", "server")]
