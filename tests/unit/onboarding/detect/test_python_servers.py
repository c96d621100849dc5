"""Rules of languages/python/run: what a framework's own settings say of its server, and servers nobody declared."""

import pytest

from factories.detected import python_facts
from fops.onboarding.detect import detect
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import WEAK

FLASK = "from flask import Flask\napp = Flask(__name__)\n"
TWO = FLASK + "admin = Flask('admin')\n"
FACTORY = "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n"
SETTINGS = "[app:main]\nuse = egg:shop\n\n[server:main]\nuse = egg:waitress#main\n"
DJANGO = {
    "manage.py": "import django\n",
    "shop/settings.py": "",
    "shop/wsgi.py": "",
    "shop/asgi.py": "",
}


@pytest.mark.parametrize(
    ("requirements", "files", "command"),
    [
        (
            "flask",
            {".flaskenv": "FLASK_APP=web.py\nFLASK_RUN_PORT=5050\n", "web.py": FLASK, "app.py": FLASK},
            "flask --app web run --host 0.0.0.0 --port ${PORT:-5050}",
        ),
        (
            "flask\ngunicorn",
            {".flaskenv": 'export FLASK_APP="app:admin"  # the other one\n', "app.py": TWO},
            "gunicorn --bind 0.0.0.0:${PORT:-8000} app:admin",
        ),
        (
            "flask\ngunicorn",
            {".flaskenv": "FLASK_APP=shop:create_app()\n", "shop/__init__.py": FACTORY, "main.py": ""},
            "gunicorn --bind 0.0.0.0:${PORT:-8000} 'shop:create_app()'",
        ),
        (
            "flask\ngunicorn",
            {".flaskenv": "FLASK_APP=gone.py\n", "app.py": FLASK},
            "gunicorn --bind 0.0.0.0:${PORT:-8000} app:app",
        ),
    ],
)
def test_the_application_that_flaskenv_names_is_served(requirements, files, command):
    assert python_facts(requirements, files)["start_command"].value == command


def test_the_port_of_flaskenv_is_that_of_flasks_own_command():
    files = {".flaskenv": "FLASK_DEBUG=1\nFLASK_RUN_PORT=5050\n", "app.py": FLASK}
    fact = python_facts("flask", files)["port"]
    assert (fact.value, fact.file, fact.line) == (5050, ".flaskenv", 2)
    assert python_facts("flask\ngunicorn", files)["port"].value == 8000


@pytest.mark.parametrize(
    ("declared", "worker"),
    [
        ("eventlet", "--worker-class eventlet --workers 1"),
        ("gevent", "--worker-class gevent --workers 1"),
        (
            "gevent\ngevent-websocket",
            "--worker-class geventwebsocket.gunicorn.workers.GeventWebSocketWorker --workers 1",
        ),
        ("simple-websocket", "--workers 1 --threads 100"),
    ],
)
def test_flask_socketio_is_served_by_one_worker_of_the_kind_it_needs(declared, worker):
    facts = python_facts(f"flask\nFlask-SocketIO\ngunicorn\n{declared}", {"app.py": FLASK})
    assert facts["start_command"].value == f"gunicorn {worker} --bind 0.0.0.0:${{PORT:-8000}} app:app"


def test_a_django_project_with_channels_is_served_through_asgi():
    facts = python_facts("django\nchannels\ngunicorn\ndaphne", DJANGO)
    assert facts["start_command"].value == "daphne --bind 0.0.0.0 --port ${PORT:-8000} shop.asgi:application"


@pytest.mark.parametrize(
    ("requirements", "files", "command", "port"),
    [
        (
            "pyramid",
            {"production.ini": f"{SETTINGS}listen = *:6543\n", "development.ini": f"{SETTINGS}port = 1\n"},
            "pserve production.ini",
            6543,
        ),
        (
            "pyramid",
            {"production.ini": f"{SETTINGS}host = 0.0.0.0\nport = 9000\n"},
            "pserve production.ini",
            9000,
        ),
        (
            "pyramid",
            {"app.ini": f"[DEFAULT]\nhttp_port = 9000\n{SETTINGS}host = 0.0.0.0\nport = %(http_port)s\n"},
            "pserve app.ini http_port=${PORT:-9000}",
            9000,
        ),
        (
            "pyramid\ngunicorn",
            {"production.ini": f"{SETTINGS}listen = 127.0.0.1:6543\n"},
            "gunicorn --paste production.ini --bind 0.0.0.0:${PORT:-6543}",
            6543,
        ),
        (
            "pyramid",
            {"development.ini": f"{SETTINGS}listen = localhost:6543\n"},
            (
                'python -c "from pyramid.paster import get_app; from waitress import serve; '
                "serve(get_app('development.ini'), listen='*:${PORT:-6543}')\""
            ),
            6543,
        ),
    ],
)
def test_a_pyramid_project_is_served_by_its_settings_file(requirements, files, command, port):
    facts = python_facts(
        requirements, {"shop/__init__.py": "from pyramid.config import Configurator\n", **files}
    )
    assert (facts["start_command"].value, facts["port"].value) == (command, port)


def test_a_settings_file_points_at_the_line_that_says_where_it_listens():
    facts = python_facts("pyramid", {"production.ini": f"{SETTINGS}listen = *:6543\n"})
    assert (facts["port"].file, facts["port"].line) == ("production.ini", 6)


@pytest.mark.parametrize("text", ["[server:main\n", "[server:main]\nport = 1\n", "port = 1\n", "\0"])
def test_a_file_that_serves_nothing_is_no_settings_file(text):
    assert python_facts("pyramid", {"alembic.ini": SETTINGS, "x.ini": text}).get("start_command") is None


def test_a_pyramid_package_with_classifiers_is_an_application_by_its_settings_file():
    setup = "from setuptools import setup\nsetup(name='shop', classifiers=['Framework :: Pyramid'], install_requires=['pyramid'])\n"
    files = {"setup.py": setup, "shop/__init__.py": "import pyramid.config as app\n"}
    assert not detect(MemoryTree(files)).deployable
    served = detect(MemoryTree({**files, "production.ini": f"{SETTINGS}listen = *:6543\n"}))
    assert served.apps[0].value("start_command") == "pserve production.ini"


@pytest.mark.parametrize(
    ("requirements", "text", "package"),
    [
        ("fastapi", "from fastapi import FastAPI\napp = FastAPI()\n", "uvicorn"),
        ("bottle", "import bottle\napp = bottle.Bottle()\n", "gunicorn"),
        ("litestar", "from litestar import Litestar\napp = Litestar()\n", "uvicorn"),
    ],
)
def test_a_server_that_nobody_declared_is_named_as_a_package_to_add(requirements, text, package):
    facts = python_facts(requirements, {"app.py": text})
    assert facts["server_package"].value == package
    assert facts["server_package"].rule == facts["start_command"].rule


@pytest.mark.parametrize(
    ("requirements", "text"),
    [
        ("fastapi[standard]", "from fastapi import FastAPI\napp = FastAPI()\n"),
        ("bottle\nwaitress", "import bottle\napp = bottle.Bottle()\n"),
        ("flask", FLASK),
        ("litestar[standard]", "from litestar import Litestar\napp = Litestar()\n"),
    ],
)
def test_a_server_that_is_declared_or_brought_along_is_not(requirements, text):
    assert "server_package" not in python_facts(requirements, {"app.py": text})


def test_a_guessed_server_is_a_weak_start():
    assert (
        python_facts("fastapi", {"app.py": "from fastapi import FastAPI\napp = FastAPI()\n"})[
            "start_command"
        ].confidence
        == WEAK
    )


def test_gunicorns_configuration_is_not_looked_for_from_another_folder():
    files = {f"web/{path}": text for path, text in DJANGO.items()}
    facts = python_facts("django\ngunicorn", {**files, "gunicorn.conf.py": "bind = ':9090'\n"})
    assert (
        facts["start_command"].value
        == "cd web && gunicorn --bind 0.0.0.0:${PORT:-9090} shop.wsgi:application"
    )
