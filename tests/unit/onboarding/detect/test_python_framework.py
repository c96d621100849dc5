import pytest

from fops.onboarding.detect.languages.python import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree


def found(files):
    return settle(".", LANGUAGE.facts(MemoryTree(files)))[0]


@pytest.mark.parametrize(
    ("package", "framework"),
    [
        ("Django", "django"),
        ("djangorestframework", "django"),
        ("Flask", "flask"),
        ("fastapi[standard]", "fastapi"),
        ("starlette", "starlette"),
        ("python-fasthtml", "fasthtml"),
        ("streamlit", "streamlit"),
        ("gradio", "gradio"),
        ("tornado", "tornado"),
        ("bottle", "bottle"),
        ("sanic", "sanic"),
        ("litestar", "litestar"),
        ("dash", "dash"),
        ("quart", "quart"),
        ("falcon", "falcon"),
        ("chainlit", "chainlit"),
        ("functions-framework", "functions-framework"),
    ],
)
def test_a_framework_is_known_by_its_package(package, framework):
    fact = found({"requirements.txt": f"requests\n{package}>=1\n", "main.py": ""})["framework"]
    assert (fact.value, fact.file, fact.line) == (framework, "requirements.txt", 2)


def test_without_a_declaration_the_imports_tell_the_framework():
    fact = found({"server.py": "import os\nfrom aiohttp import web\nweb.run_app(web.Application())\n"})[
        "framework"
    ]
    assert (fact.value, fact.file, fact.line) == ("aiohttp", "server.py", 2)


def test_using_aiohttp_as_a_client_is_no_framework():
    assert "framework" not in found(
        {"requirements.txt": "aiohttp", "bot.py": "import aiohttp\naiohttp.ClientSession()\napp = 1\n"}
    )


def test_of_several_declared_frameworks_the_entry_file_decides():
    files = {
        "requirements.txt": "streamlit\nfastapi\nuvicorn\n",
        "main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    }
    assert found({**files, "pages/view.py": "import streamlit\nserver = 1\n"})["framework"].value == "fastapi"


def test_a_framework_for_development_only_does_not_count():
    files = {"pyproject.toml": "[project]\nname = 'x'\n[dependency-groups]\ndev = ['flask']\n", "main.py": ""}
    assert "framework" not in found(files)


@pytest.mark.parametrize(
    ("files", "line"),
    [
        (
            {
                "pyproject.toml": "[project]\nname = 'flask-shop'\ndependencies = [\n  'requests',\n  'Flask>=3',\n]\n"
            },
            5,
        ),
        ({"pyproject.toml": "[tool.poetry.dependencies]\npython = '^3.11'\nflask = {version = '*'}\n"}, 3),
        ({"Pipfile": "[packages]\nrequests = '*'\nflask = '*'\n"}, 3),
        ({"environment.yml": "dependencies:\n  - python=3.11\n  - pip:\n    - flask==3\n"}, 4),
        ({"pixi.toml": "[pypi-dependencies]\nflask = '*'\n"}, 2),
        (
            {
                "setup.py": "from setuptools import setup\nsetup(\n  install_requires=[\n    'flask',\n  ],\n)\n"
            },
            4,
        ),
        ({"setup.cfg": "[options]\ninstall_requires =\n  requests\n  flask\n"}, 4),
        ({"requirements.txt": "-r requirements/base.txt\n", "requirements/base.txt": "# web\nflask==3\n"}, 2),
        ({"requirements.in": "\nflask\n", "requirements.txt": "flask==3\n"}, 2),
        ({"requirements.txt": "-e git+https://host.invalid/flask.git#egg=flask\n"}, 1),
    ],
)
def test_a_declaration_is_found_in_every_manifest_with_its_line(files, line):
    fact = found({"app.py": "", **files})["framework"]
    assert (fact.value, fact.line) == ("flask", line)


@pytest.mark.parametrize(
    ("package", "services"),
    [
        ("psycopg[binary]", ["postgres"]),
        ("psycopg2-binary", ["postgres"]),
        ("asyncpg", ["postgres"]),
        ("PyMySQL", ["mysql"]),
        ("mysqlclient", ["mysql"]),
        ("redis", ["redis"]),
        ("django_redis", ["redis"]),
        ("celery[redis]", ["redis"]),
        ("motor", ["mongodb"]),
        ("aio-pika", ["rabbitmq"]),
        ("pymemcache", ["memcached"]),
        ("elasticsearch", ["elasticsearch"]),
        ("confluent-kafka", ["kafka"]),
        ("pymssql", ["mssql"]),
    ],
)
def test_a_client_package_means_its_service(package, services):
    assert found({"requirements.txt": package, "main.py": ""})["services"].value == services


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql'}}\nPORT = 1\n", "mysql"),
        ("from celery import Celery\napp = Celery('x', broker='amqp://queue')\n", "rabbitmq"),
        ("url = 'postgresql+psycopg://db/x'\napp = 1\n", "postgres"),
    ],
)
def test_an_engine_or_address_in_the_code_means_its_service(text, service):
    assert found({"app.py": text, "requirements.txt": "requests"})["services"].value == [service]


def test_an_address_in_a_comment_means_nothing():
    assert "services" not in found({"app.py": "app = 1\n# redis://cache\n", "requirements.txt": "requests"})


def test_a_submodule_imported_by_its_full_name_counts():
    assert found({"server.py": "import tornado.web\nserver = 1\n"})["framework"].value == "tornado"
