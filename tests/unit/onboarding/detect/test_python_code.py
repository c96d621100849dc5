import json
import time

import pytest

from fops.onboarding.detect.languages.python import LANGUAGE
from fops.onboarding.detect.languages.python.code.source import module_of, sources
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree


def found(text, *, requirements="fastapi\nuvicorn", files=None):
    tree = MemoryTree({"main.py": text, "requirements.txt": requirements, **(files or {})})
    return settle(".", LANGUAGE.facts(tree))[0]


def env(text):
    return {one["name"]: one["default"] for one in found(text)["env"].value}


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("import os\nos.environ['TOPIC']", {"TOPIC": None}),
        ("import os\nos.environ.get('TOPIC', 'news')", {"TOPIC": "news"}),
        ("from os import environ as e\ne.get('TOPIC')", {"TOPIC": None}),
        ("from os import getenv\ngetenv('TOPIC', default='news')", {"TOPIC": "news"}),
        ("from decouple import config\nconfig('TOPIC', default='news')", {"TOPIC": "news"}),
        (
            "import environ\nenv = environ.Env()\nenv.int('SIZE', default=4)\nx = env('TOPIC')\n# environ",
            {"SIZE": "4", "TOPIC": None},
        ),
        ("NAME = 'TOPIC'\nimport os\nos.getenv(NAME)", {"TOPIC": None}),
        (
            "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    topic: str = 'news'\n    size: int",
            {"TOPIC": "news", "SIZE": None},
        ),
        ("import os\nos.getenv('HOME')\nos.getenv('TOPIC')", {"TOPIC": None}),
        ("import os\nos.getenv('TOPIC')\ndef read(key): return os.getenv(f'APP_{key}')", {"TOPIC": None}),
        ("import os\nX = 'PIC'\nos.getenv(f'TO{X}')", {"TOPIC": None}),
        (
            "import os\nos.getenv('TOPIC')\ndef read(name='origin'): ...\nfor name in KNOWN: os.environ[name]",
            {"TOPIC": None},
        ),
        (
            "import os\nos.getenv('TOPIC')\ndef read(name='origin'): ...\nALL = {name: os.environ[name] for name in KNOWN}",
            {"TOPIC": None},
        ),
    ],
)
def test_the_variables_a_program_reads_are_found_with_their_defaults(text, variables):
    assert env(text) == variables


def test_a_prefix_of_the_settings_class_stands_before_its_fields():
    text = "import pydantic_settings as p\nclass Settings(p.BaseSettings):\n    topic: str\n    model_config = dict(env_prefix='SHOP_')\n"
    assert env(text) == {"SHOP_TOPIC": None}


def test_a_secret_shows_no_default():
    facts = found("import os\nos.getenv('API_TOKEN', 'abc')")
    assert facts["env"].value == [{"name": "API_TOKEN", "default": None}]
    assert facts["secrets"].value == ["API_TOKEN"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("app = FastAPI()\n@app.get('/healthz')\ndef f(): ...", "/healthz"),
        ("app = Flask()\n@app.route('/api/health', methods=['GET'])\ndef f(): ...", "/api/health"),
        ("from starlette.routing import Route\napp = [Route('/livez', f)]", "/livez"),
        (
            "router = APIRouter(prefix='/api')\n@router.get('/health')\ndef f(): ...\napp.include_router(router)",
            "/api/health",
        ),
        ("app.router.add_get('/ping', f)", "/ping"),
        ("@app.get('/status')\ndef f(): ...\n@app.get('/health')\ndef g(): ...", "/health"),
    ],
)
def test_a_health_route_in_the_code_is_found(text, path):
    assert found("from fastapi import APIRouter\n" + text)["health_path"].value == path


@pytest.mark.parametrize(
    "text",
    [
        "app = FastAPI()\n@app.get('/users')\ndef f(): ...",
        "import requests\napp = requests.get('https://host.invalid/health')",
        "app = FastAPI()\n@app.get('/health/{id}')\ndef f(): ...",
        "router = APIRouter()\n@router.get('/health')\ndef f(): ...\napp.include_router(router, prefix=settings.prefix)",
        "# @app.get('/health')\napp = 1",
    ],
)
def test_what_may_answer_elsewhere_is_no_health_route(text):
    assert "health_path" not in found("from fastapi import APIRouter\n" + text)


def test_a_django_route_counts_only_in_the_root_urls():
    files = {
        "manage.py": "import django\n",
        "shop/settings.py": "ROOT_URLCONF = 'shop.urls'\n",
        "shop/urls.py": "from django.urls import path\nurlpatterns = [path('healthz/', view)]\n",
        "shop/cart/urls.py": "from django.urls import path\nurlpatterns = [path('health/', view)]\n",
    }
    fact = found("", requirements="django", files=files)["health_path"]
    assert (fact.value, fact.file, fact.line) == ("/healthz/", "shop/urls.py", 2)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (
            "from prometheus_fastapi_instrumentator import Instrumentator\nInstrumentator().instrument(app).expose(app)",
            "/metrics",
        ),
        ("from prometheus_flask_exporter import PrometheusMetrics\nPrometheusMetrics(app)", "/metrics"),
        (
            "from prometheus_client import make_asgi_app\napp.mount('/internal/metrics', make_asgi_app())",
            "/internal/metrics",
        ),
        ("import prometheus_client\n@app.get('/metrics')\ndef f(): ...", "/metrics"),
    ],
)
def test_exported_metrics_are_found(text, path):
    assert found(text)["metrics_path"].value == path


def test_counting_without_exporting_gives_no_metrics_path():
    assert "metrics_path" not in found("from prometheus_client import Counter\napp = Counter('x', 'y')\n")


@pytest.mark.parametrize(
    ("files", "name", "command"),
    [
        ({"pyproject.toml": "[tool.pytest.ini_options]\n"}, "test_command", "pytest"),
        ({"pytest.ini": "[pytest]\n"}, "test_command", "pytest"),
        ({"setup.cfg": "[tool:pytest]\n"}, "test_command", "pytest"),
        ({"requirements-dev.txt": "pytest\n"}, "test_command", "pytest"),
        ({"tests/test_a.py": "import unittest\n"}, "test_command", "python -m unittest discover"),
        ({"pyproject.toml": "[tool.pytest.ini_options]\n", "uv.lock": ""}, "test_command", "uv run pytest"),
        ({"ruff.toml": ""}, "lint_command", "ruff check ."),
        ({"pyproject.toml": "[tool.ruff.lint]\n"}, "lint_command", "ruff check ."),
        ({".flake8": "[flake8]\n"}, "lint_command", "flake8"),
        ({"setup.cfg": "[flake8]\n"}, "lint_command", "flake8"),
    ],
)
def test_checks_rest_on_the_configuration_of_their_tools(files, name, command):
    assert found("app = 1", files=files)[name].value == command


def test_without_evidence_there_is_no_test_and_no_lint_command():
    assert not {"test_command", "lint_command"} & found("app = 1").keys()


def test_a_file_for_python_2_is_read_as_far_as_it_goes():
    text = "from flask import Flask\napp = Flask('x')\nprint 'hello'\nif __name__ == '__main__':\n    print 'go', 1\n    app.run(port=9001)\n"
    module = module_of("app.py", text)
    assert [(call.name, call.line) for call in module.calls] == [("flask.Flask", 2), ("app.run", 6)]


def test_a_broken_statement_does_not_hide_the_others():
    module = module_of("app.py", "import os\nx = (1,\n\ndef f(:\n    pass\n\nos.getenv('A')\n")
    assert [(call.name, call.line) for call in module.calls] == [("os.getenv", 7)]


def test_tests_examples_and_generated_files_are_not_the_program():
    paths = [
        "app.py",
        "tests/a.py",
        "test_a.py",
        "examples/b.py",
        "a_pb2.py",
        "shop/core.py",
        "setup.py",
        ".github/x.py",
    ]
    assert sources(MemoryTree(dict.fromkeys(paths, ""))) == ("app.py", "shop/core.py")


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 5000,
        "a" + ".b()" * 20000,
        "x = " + "+".join(["'a'"] * 5000),
        "\n".join(f"a{i} = [{', '.join([f'a{i + 1}'] * 90)}]" for i in range(20)) + "\nserve(a0)" * 50,
        "app = '\\d'\nserver = 1\0",
        "def f(" + "a, " * 3000 + "):\n  serve(" + "(" * 80 + ")" * 80 + ")\n",
    ],
)
def test_hostile_text_ends_soon_and_never_fails(text):
    started = time.process_time()
    module_of("app.py", text)
    assert time.process_time() - started < 5


JUNK = [None, True, 1, -1.5, "", "x", [], [None], {}, {"a": []}, [[]], {"name": {"x": 1}}]


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_any_value_anywhere_in_a_manifest_is_survived(junk):
    text = json.dumps(junk)
    toml = text if text != "null" and not isinstance(junk, dict | list) else "[]"
    keys = ("name", "dependencies", "scripts", "requires-python", "optional-dependencies", "classifiers")
    pyproject = (
        "[project]\n"
        + "".join(f"{key} = {toml}\n" for key in keys)
        + f"[tool.poetry]\nname = {toml}\ndependencies = {toml}\nscripts = {toml}\n"
    )
    files = {
        "pyproject.toml": pyproject,
        "Pipfile": f"packages = {toml}\nrequires = {toml}\n",
        "Pipfile.lock": f'{{"_meta": {text}}}',
        "environment.yml": f"dependencies: {text}\n",
        "mkdocs.yml": text,
        "pixi.toml": f"dependencies = {toml}\n",
        "setup.cfg": text,
        "setup.py": f"setup(name={toml}, install_requires={toml})",
        "main.py": f"app.run(port={toml})\nos.environ.get({toml})\n",
    }
    tree = MemoryTree(files)
    LANGUAGE.claim(tree)
    LANGUAGE.library(tree)
    assert "package_manager" in {fact.name for fact in LANGUAGE.facts(tree)}


def test_every_fact_points_at_a_line_of_its_file():
    files = {
        "pyproject.toml": "[project]\nname = 'shop'\nrequires-python = '>=3.11'\ndependencies = ['flask', 'psycopg', 'celery']\n[tool.ruff]\n[tool.pytest.ini_options]\n",
        "app.py": "import os\nfrom flask import Flask\nfrom celery import Celery\napp = Flask('x')\njobs = Celery('y')\n@app.route('/health')\ndef h(): ...\nos.getenv('A')\napp.run(port=1234)\n",
    }
    tree = MemoryTree(files)
    for fact in LANGUAGE.facts(tree):
        if fact.file is not None and fact.line is not None:
            assert 1 <= fact.line <= len(files[fact.file].splitlines()), fact
