"""Where a program's data is that no server keeps, and what a person is told about it."""

from __future__ import annotations

import pytest

from fops.kernel.errors import UsageError
from fops.onboarding.model import DataFile, Target
from fops.onboarding.plan.document import plan_json


def app(fastapi, code, **files):
    fastapi["app/main.py"] += f"{code}\n"
    return {**fastapi, **files}


def read(made):
    service = made.plan.services[0]
    told = next((one for one in made.plan.assumptions if one.fact == "database_file"), None)
    return service, told


def variables(service):
    return {one.name: (one.default, one.secret) for one in service.env}


def test_a_file_in_a_folder_of_its_own_lies_on_a_volume(planned, fastapi):
    service, told = read(planned(app(fastapi, "URL = 'sqlite:///data/app.db'")))
    assert service.data == DataFile(path="data/app.db", folder="data")
    assert "a volume on its folder keeps it" in told.why
    assert told.answer_with == "--set database_file=…"


@pytest.mark.parametrize("path", ["data/.gitkeep", "data/README.md"])
def test_what_only_keeps_a_folder_in_git_is_nothing_a_volume_would_hide(planned, fastapi, path):
    service, _ = read(planned({**app(fastapi, "URL = 'sqlite:///data/app.db'"), path: ""}))
    assert service.data == DataFile(path="data/app.db", folder="data")


@pytest.mark.parametrize(
    ("address", "files"),
    [
        ("sqlite:///app.db", {}),
        ("sqlite:///data/app.db", {"data/countries.csv": "a,b"}),
        ("sqlite:///dist/app.db", {}),
        ("sqlite:///../app.db", {}),
    ],
)
def test_a_file_among_the_program_s_own_is_lost_and_that_is_said(planned, fastapi, address, files):
    service, told = read(planned({**app(fastapi, f"URL = '{address}'"), **files}))
    assert service.data is not None
    assert service.data.folder is None
    assert "lost with each restart" in told.why


def test_what_a_release_command_writes_beside_the_program_never_reaches_it_and_that_is_said(planned, fastapi):
    code = "URL = 'sqlite:///app.db'"
    released = read(
        planned(app(fastapi, code, Procfile="release: python migrate.py\nweb: python app/main.py\n"))
    )[1]
    assert "never reaches the program" in released.why
    assert "release command" not in read(planned(app(fastapi, code)))[1].why


def test_a_variable_that_names_the_file_moves_it_to_a_volume_and_is_no_secret(planned, fastapi):
    code = "import os\nURL = os.environ.get('DATABASE_URL', 'sqlite:///app.db')"
    service, told = read(planned(app(fastapi, code)))
    assert service.data == DataFile(path="/data/app.db", folder="/data")
    assert variables(service)["DATABASE_URL"] == ("sqlite:////data/app.db", False)
    assert "secrets" not in service.evidence
    assert "DATABASE_URL may name a database server instead" in told.why


def test_a_variable_that_names_the_folder_gets_that_of_the_volume(planned, fastapi):
    code = "import os, sqlite3\nDB = os.path.join(os.environ.get('DATA_DIR', '.'), 'app.db')"
    service, _ = read(planned(app(fastapi, code)))
    assert variables(service)["DATA_DIR"] == ("/data", False)


@pytest.mark.parametrize("driver", ["psycopg", "pymysql", "pymongo"])
def test_the_driver_of_a_database_server_makes_the_file_a_fall_back(planned, fastapi, driver):
    fastapi["requirements.txt"] += f"{driver}\n"
    service, told = read(planned(app(fastapi, "URL = 'sqlite:///app.db'")))
    assert (service.data, told) == (None, None)


def test_a_function_gets_the_one_folder_it_may_write(planned, fastapi):
    code = "import os\nURL = os.environ.get('DATABASE_URL', 'sqlite:///app.db')"
    service, told = read(planned(app(fastapi, code), target=Target.SERVERLESS))
    assert service.data is None
    assert variables(service)["DATABASE_URL"] == ("sqlite:////tmp/app.db", False)
    assert "soon lost" in told.why


def test_a_function_that_cannot_be_told_is_one_that_fails(planned, fastapi):
    _, told = read(planned(app(fastapi, "URL = 'sqlite:///app.db'"), target=Target.SERVERLESS))
    assert "the target k8s has a place for it" in told.why


def test_the_folder_in_a_person_s_own_image_is_not_known(planned, fastapi):
    files = app(fastapi, "URL = 'sqlite:///data/app.db'", Dockerfile="FROM python:3.13\nEXPOSE 8000\n")
    service, told = read(planned(files))
    assert service.data == DataFile(path="data/app.db", folder=None)
    assert "your own Dockerfile" in told.why


def test_a_person_can_say_that_a_server_keeps_the_data_or_where_the_file_was_moved(planned, fastapi):
    files = app(fastapi, "URL = 'sqlite:///app.db'")
    none, told = read(planned(files, sets={"database_file": "none"}))
    moved, _ = read(planned(files, sets={"database_file": "data/app.db"}))
    assert (none.data, told) == (None, None)
    assert moved.data == DataFile(path="data/app.db", folder="data")


@pytest.mark.parametrize("value", ["", "data/", "../app.db", "a b.db", "$(id).db"])
def test_what_names_no_file_is_refused(planned, fastapi, value):
    with pytest.raises(UsageError, match="database_file"):
        planned(fastapi, sets={"database_file": value})


def test_the_place_of_the_data_is_part_of_what_is_approved(planned, fastapi):
    made = planned(app(fastapi, "URL = 'sqlite:///data/app.db'")).plan
    assert plan_json(made)["services"][0]["data"] == {"path": "data/app.db", "folder": "data"}
