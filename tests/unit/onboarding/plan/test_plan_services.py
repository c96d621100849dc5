from __future__ import annotations

from datetime import date

import pytest

from factories.plans import a_fact, a_source
from fops.kernel.errors import NotDeployable
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import App, EnvVariable, Findings
from fops.onboarding.plan import Options, plan

WEB = "uvicorn app.main:app --host 0.0.0.0 --port 8000"


def test_what_the_repository_says_needs_no_assumption(planned, fastapi):
    made = planned(fastapi)
    service = made.plan.services[0]
    assert (service.port, service.health_path, service.runtime_version, service.start_command) == (
        8000,
        "/healthz",
        "3.13",
        WEB,
    )
    assert made.questions == ()


def test_a_procfile_s_only_worker_listens_nowhere(planned, fastapi):
    del fastapi["app/main.py"]
    fastapi["bot.py"] = "import os\n"
    fastapi["Procfile"] = "worker: python bot.py\n"
    made = planned(fastapi)
    assert {one.name: one.port for one in made.plan.services[0].processes} == {"worker": None}


def test_a_procfile_s_workers_run_beside_the_web_process_and_its_release_does_not(planned, fastapi):
    fastapi["Procfile"] += "worker: celery -A app worker\nrelease: python migrate.py\n"
    processes = planned(fastapi).plan.services[0].processes
    assert {one.name: one.port for one in processes} == {"web": 8000, "worker": None}


def test_what_a_procfile_runs_before_a_release_is_planned_with_its_line(planned, fastapi):
    fastapi["Procfile"] += "release: python manage.py migrate\n"
    service = planned(fastapi).plan.services[0]
    assert service.release_command == "python manage.py migrate"
    assert (service.evidence["release_command"].file, service.evidence["release_command"].line) == (
        "Procfile",
        2,
    )


@pytest.mark.parametrize("answer", ["alembic upgrade head", ""])
def test_a_person_says_what_runs_before_a_release(planned, fastapi, answer):
    fastapi["Procfile"] += "release: python manage.py migrate\n"
    assert planned(fastapi, sets={"release_command": answer}).plan.services[0].release_command == answer


def test_a_runtime_nobody_pins_is_a_question_with_the_table_s_answer(planned, fastapi):
    del fastapi[".python-version"]
    made = planned(fastapi)
    question = next(one for one in made.questions if one.fact == "runtime_version")
    assert question.value == made.plan.services[0].runtime_version
    assert question.answer_with == "--set runtime_version=…"
    assert "built-in table" in question.why


def test_a_runtime_without_support_is_kept_and_said(planned, fastapi):
    fastapi[".python-version"] = "3.8\n"
    made = planned(fastapi, today=date(2026, 11, 24))
    question = next(one for one in made.questions if one.fact == "runtime_version")
    assert made.plan.services[0].runtime_version == "3.8"
    assert "ended on 2024-10-07" in question.why


def test_nobody_s_today_judges_no_runtime(planned, fastapi):
    fastapi[".python-version"] = "3.8\n"
    assert planned(fastapi).questions == ()


FASTAPI_ALONE = {"requirements.txt": "fastapi\n", "main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}


def test_a_server_nobody_declares_is_an_assumption_to_confirm(planned):
    made = planned(FASTAPI_ALONE)
    question = next(one for one in made.questions if one.fact == "start_command")
    assert question.value == made.plan.services[0].start_command
    assert question.why.startswith("uvicorn is the usual server for this program")


@pytest.mark.parametrize(
    "told",
    [
        {"requirements.txt": "fastapi\nuvicorn\n"},
        {"Procfile": "web: uvicorn main:app\n"},
        {"Dockerfile": "FROM python:3.13\nCMD uvicorn main:app\n"},
    ],
)
def test_a_start_that_is_told_or_declared_is_no_question(planned, told):
    assert not [one for one in planned({**FASTAPI_ALONE, **told}).questions if one.fact == "start_command"]


def test_a_port_nobody_names_is_the_platform_s_and_a_question(planned):
    made = planned({"requirements.txt": "requests\n", "main.py": "print('hello')\n"})
    question = next(one for one in made.questions if one.fact == "port")
    assert made.plan.services[0].port == question.value == 8080


def test_a_health_endpoint_nobody_has_is_a_probe_of_the_port_and_a_question(planned, fastapi):
    fastapi["app/main.py"] = fastapi["app/main.py"].replace("/healthz", "/till")
    made = planned(fastapi)
    assert made.plan.services[0].health_path is None
    assert [(one.fact, one.value) for one in made.questions] == [("health_path", None)]
    assert planned(fastapi, sets={"health_path": ""}).questions == ()


def test_the_user_s_own_dockerfile_has_the_word_on_port_and_user(planned, fastapi):
    del fastapi["Procfile"]
    fastapi["Dockerfile"] = 'FROM python:3.13\nUSER app\nEXPOSE 9000\nCMD ["gunicorn", "app.main:app"]\n'
    service = planned(fastapi).plan.services[0]
    assert service.port == 9000
    assert service.dockerfile is not None
    assert (service.dockerfile.path, service.dockerfile.user) == ("Dockerfile", "app")


def test_a_build_without_a_command_starts_by_the_custom_of_its_files(planned):
    made = planned(
        {
            "pom.xml": "<project><artifactId>till</artifactId></project>",
            "src/main/webapp/WEB-INF/web.xml": "<web-app/>",
        }
    )
    question = next(one for one in made.questions if one.fact == "start_command")
    assert made.plan.services[0].start_command == question.value


def test_a_program_that_nothing_starts_is_refused_with_the_answer(planned):
    with pytest.raises(NotDeployable, match="no start command") as refused:
        planned({"Pipfile": "[packages]\nflask = '*'\n", "Pipfile.lock": "{}"})
    assert "--set start_command=" in refused.value.hint


def test_variables_are_the_plan_s_and_secrets_show_no_default(planned, fastapi):
    fastapi[".env.example"] = "PORT=8000\nLOG_LEVEL=info\nAPI_KEY=abcdef\nBROKER=amqp://till:hunter2@queue/\n"
    service = planned(fastapi).plan.services[0]
    known = {one.name: one for one in service.env}
    assert "PORT" not in known
    assert known["LOG_LEVEL"] == EnvVariable(name="LOG_LEVEL", default="info")
    assert known["API_KEY"] == EnvVariable(name="API_KEY", secret=True)
    assert known["BROKER"].default is None


def test_a_variable_a_person_calls_secret_leaves_its_default_nowhere(planned, fastapi):
    fastapi[".env.example"] = "LICENCE=abc-123\n"
    service = planned(fastapi, sets={"secrets": "LICENCE"}).plan.services[0]
    assert service.secrets == (EnvVariable(name="LICENCE", secret=True),)
    assert "abc-123" not in str(service.evidence)


def test_names_no_shell_takes_are_left_out(planned, fastapi):
    assert planned(fastapi, sets={"secrets": "A-B,GOOD,1X,$(id)"}).plan.services[0].secrets == (
        EnvVariable(name="GOOD", secret=True),
    )


def test_files_are_those_near_the_context_or_the_member(planned, monorepo):
    deep = {"apps/web/src/a/b/near.js": "", "apps/web/src/a/b/c/far.js": "", "a/b/c/d/other.js": ""}
    web = next(one for one in planned({**monorepo, **deep}).plan.services if one.name == "web")
    assert {"package-lock.json", "apps/web/src/a/b/near.js"} <= web.files
    assert not {"apps/web/src/a/b/c/far.js", "a/b/c/d/other.js"} & web.files


def test_files_are_bounded(planned, site):
    many = {f"pages/{number}.html": "" for number in range(3000)}
    assert len(planned({**site, **many}).plan.services[0].files) == 2000


def test_built_files_lie_where_most_tools_leave_them_where_nobody_says(planned, site):
    facts = {name: a_fact(name, value) for name, value in
             {"language": "node", "static": True, "build_command": "npm run build"}.items()}  # fmt: skip
    found = Findings(deployable=True, reason=None, apps=(App(path=".", facts=facts),))
    made = plan(a_source(), MemoryTree({"package.json": "{}"}), found, Options())
    question = next(one for one in made.questions if one.fact == "output_folder")
    assert made.plan.services[0].output_folder == question.value == "dist"
    assert planned(site).plan.services[0].output_folder == "."


@pytest.mark.parametrize("value", ["../../etc", "..", 7, ["dist"]])
def test_an_output_folder_outside_the_application_is_none(value):
    facts = {name: a_fact(name, value) for name, value in
             {"language": "static", "static": True, "output_folder": value}.items()}  # fmt: skip
    found = Findings(deployable=True, reason=None, apps=(App(path=".", facts=facts),))
    assert plan(a_source(), MemoryTree({}), found, Options()).plan.services[0].output_folder == "."


def test_two_services_on_one_port_are_a_word_and_no_question(planned, monorepo):
    made = planned(monorepo)
    said = [one for one in made.plan.assumptions if one.fact == "port"]
    assert [(one.service, one.value) for one in said] == [("web", 3000)]
    assert "api listens there too" in said[0].why
    assert said[0] not in made.questions


def test_a_question_about_one_of_several_services_is_answered_for_it_alone(planned, monorepo):
    flags = {one.answer_with for one in planned(monorepo).questions if one.fact == "health_path"}
    assert flags == {"--set api.health_path=…", "--set web.health_path=…"}


def test_sources_that_disagree_are_a_question_with_both(planned, fastapi):
    fastapi["Dockerfile"] = "FROM python:3.13\nEXPOSE 9000\nCMD uvicorn app.main:app --port 9000\n"
    made = planned(fastapi)
    question = next(one for one in made.questions if one.fact == "port")
    assert (
        made.plan.services[0].port == made.plan.services[0].evidence["port"].value == question.value == 9000
    )
    assert question.why == "Dockerfile:2 says so, Procfile:1 says 8000"


def test_an_answer_settles_what_disagrees(planned, fastapi):
    fastapi["Dockerfile"] = "FROM python:3.13\nEXPOSE 9000\nCMD uvicorn app.main:app --port 9000\n"
    made = planned(fastapi, sets={"port": "7000"})
    assert made.plan.services[0].port == 7000
    assert [one for one in made.questions if one.fact == "port"] == []


@pytest.mark.parametrize(
    ("file", "manager"), [("pom.xml", "maven"), ("build.gradle.kts", "gradle"), ("README.md", "")]
)
def test_java_without_a_fact_is_built_by_the_tool_whose_file_is_there(planned, file, manager):
    source = "public class Main { public static void main(String[] a) { } }\n"

    made = planned({"Main.java": source, file: ""}, sets={"port": "none", "start_command": "java Main.java"})

    assert made.plan.services[0].package_manager == manager


def test_a_build_for_one_platform_is_refused_with_what_would_make_a_server(planned):
    manifest = (
        '{"name": "shop", "scripts": {"build": "vite build"}, "devDependencies": {"@sveltejs/kit": "2"}}'
    )
    texts = {"package.json": manifest, "svelte.config.js": "import a from '@sveltejs/adapter-vercel'\n"}
    with pytest.raises(
        NotDeployable, match=r"svelte.config.js:1 builds for vercel.* with @sveltejs/adapter-node"
    ):
        planned(texts)
    assert planned(texts, sets={"start_command": "node server.js"}).plan.services[0].port
