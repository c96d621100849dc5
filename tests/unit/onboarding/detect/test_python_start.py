import pytest

from factories.detected import python_facts

FLASK = "from flask import Flask\napp = Flask(__name__)\n"
FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n"
FACTORY = "from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    return app\n"
MAIN = "if __name__ == '__main__':\n    "
DJANGO = {
    "manage.py": "import django\n",
    "shop/settings.py": "WSGI_APPLICATION = 'shop.wsgi.application'\nASGI_APPLICATION = 'shop.asgi.application'\n",
    "shop/wsgi.py": "",
    "shop/asgi.py": "",
}


@pytest.mark.parametrize(
    ("requirements", "files", "command"),
    [
        ("flask\ngunicorn", {"app.py": FLASK}, "gunicorn --bind 0.0.0.0:${PORT:-8000} app:app"),
        ("flask\nwaitress", {"app.py": FLASK}, "waitress-serve --listen=0.0.0.0:${PORT:-8080} app:app"),
        ("flask\nuwsgi", {"app.py": FLASK}, "uwsgi --http 0.0.0.0:${PORT:-5000} --module app:app"),
        (
            "flask\ngunicorn",
            {"shop/__init__.py": FACTORY},
            "gunicorn --bind 0.0.0.0:${PORT:-8000} 'shop:create_app()'",
        ),
        (
            "flask\nwaitress",
            {"shop/__init__.py": FACTORY},
            "waitress-serve --listen=0.0.0.0:${PORT:-8080} --call shop:create_app",
        ),
        (
            "flask\ngunicorn",
            {
                "shop/__init__.py": FACTORY,
                "wsgi.py": "from shop import create_app\napplication = create_app()\n",
            },
            "gunicorn --bind 0.0.0.0:${PORT:-8000} wsgi:application",
        ),
        (
            "flask\ngunicorn",
            {"shop/__init__.py": FLASK, "wsgi.py": "from shop import app\n"},
            "gunicorn --bind 0.0.0.0:${PORT:-8000} wsgi:app",
        ),
        ("flask", {"app.py": FLASK}, "flask --app app run --host 0.0.0.0 --port ${PORT:-5000}"),
        (
            "flask",
            {"app.py": FLASK + MAIN + "app.run(debug=True)"},
            "flask --app app run --host 0.0.0.0 --port ${PORT:-5000}",
        ),
        ("flask", {"app.py": FLASK + MAIN + "app.run(host='0.0.0.0')"}, "python app.py"),
        ("fastapi\nuvicorn", {"main.py": FASTAPI}, "uvicorn main:app --host 0.0.0.0 --port ${PORT:-8000}"),
        ("fastapi[standard]", {"main.py": FASTAPI}, "uvicorn main:app --host 0.0.0.0 --port ${PORT:-8000}"),
        ("fastapi\nhypercorn", {"main.py": FASTAPI}, "hypercorn --bind 0.0.0.0:${PORT:-8000} main:app"),
        (
            "fastapi\ngranian",
            {"main.py": FASTAPI},
            "granian --interface asgi --host 0.0.0.0 --port ${PORT:-8000} main:app",
        ),
        ("fastapi", {"main.py": FASTAPI}, "uvicorn main:app --host 0.0.0.0 --port ${PORT:-8000}"),
        ("fastapi", {"main.py": "import uvicorn\n" + FASTAPI + MAIN + "uvicorn.run(app)"}, "python main.py"),
        (
            "fastapi\nuvicorn",
            {"app/main.py": FASTAPI},
            "uvicorn app.main:app --host 0.0.0.0 --port ${PORT:-8000}",
        ),
        (
            "fastapi\nuvicorn",
            {"backend/main.py": "import database\n" + FASTAPI, "backend/database.py": ""},
            "uvicorn main:app --app-dir backend --host 0.0.0.0 --port ${PORT:-8000}",
        ),
        (
            "fastapi\nuvicorn",
            {"src/shop/main.py": FASTAPI},
            "uvicorn shop.main:app --app-dir src --host 0.0.0.0 --port ${PORT:-8000}",
        ),
        ("django\ngunicorn", DJANGO, "gunicorn --bind 0.0.0.0:${PORT:-8000} shop.wsgi:application"),
        ("django\nuvicorn", DJANGO, "uvicorn shop.asgi:application --host 0.0.0.0 --port ${PORT:-8000}"),
        ("django\ndaphne", DJANGO, "daphne --bind 0.0.0.0 --port ${PORT:-8000} shop.asgi:application"),
        ("django", DJANGO, "python manage.py runserver 0.0.0.0:${PORT:-8000}"),
        (
            "django\ngunicorn",
            {f"backend/{path}": text for path, text in DJANGO.items()},
            "cd backend && gunicorn --bind 0.0.0.0:${PORT:-8000} shop.wsgi:application",
        ),
        (
            "streamlit",
            {"Home.py": "import streamlit\n"},
            "streamlit run Home.py --server.address 0.0.0.0 --server.port ${PORT:-8501}",
        ),
        (
            "gradio",
            {"app.py": "import gradio\ngradio.Interface().launch()\n"},
            "env GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=${PORT:-7860} python app.py",
        ),
        (
            "gradio",
            {"app.py": "import gradio\ngradio.Interface().launch(server_name='0.0.0.0')\n"},
            "python app.py",
        ),
        (
            "dash\ngunicorn",
            {"app.py": "from dash import Dash\napp = Dash()\nserver = app.server\n"},
            "gunicorn --bind 0.0.0.0:${PORT:-8050} app:server",
        ),
        (
            "sanic",
            {"server.py": "from sanic import Sanic\napp = Sanic('x')\n"},
            "sanic server:app --host 0.0.0.0 --port ${PORT:-8000}",
        ),
        (
            "functions-framework",
            {"main.py": "import functions_framework\n@functions_framework.http\ndef hello(request): ...\n"},
            "functions-framework --target hello --port ${PORT:-8080}",
        ),
        (
            "fastapi\nhypercorn",
            {"backend/main.py": "import database\n" + FASTAPI, "backend/database.py": ""},
            "cd backend && hypercorn --bind 0.0.0.0:${PORT:-8000} main:app",
        ),
        (
            "fastapi\nuvicorn",
            {"src/shop/main.py": "import src.shop.db\n" + FASTAPI},
            "uvicorn src.shop.main:app --host 0.0.0.0 --port ${PORT:-8000}",
        ),
        (
            "flask\ngunicorn",
            {"app.py": FLASK, "gunicorn_config.py": "bind = ':9090'\n"},
            "gunicorn --config gunicorn_config.py app:app",
        ),
        ("requests", {"main.py": "print(1)\n"}, "python main.py"),
        ("requests", {"util.py": "x = 1\n", "mail_server.py": MAIN + "serve()\n"}, "python mail_server.py"),
        ("requests", {"shop/__main__.py": "print(1)\n"}, "python -m shop"),
        ("requests", {"app/main.py": "from app.jobs import run\nrun()\n"}, "python -m app.main"),
    ],
)
def test_the_start_command_follows_the_server_and_the_code(requirements, files, command):
    assert python_facts(requirements, files)["start_command"].value == command


def test_a_start_command_points_at_the_application_object():
    fact = python_facts("fastapi\nuvicorn", {"main.py": "import os\n\n" + FASTAPI})["start_command"]
    assert (fact.file, fact.line) == ("main.py", 4)


def test_a_port_in_the_code_becomes_the_default_of_the_command():
    facts = python_facts(
        "fastapi\nuvicorn", {"main.py": "import uvicorn\n" + FASTAPI + MAIN + "uvicorn.run(app, port=5001)\n"}
    )
    assert facts["start_command"].value.endswith("--port ${PORT:-5001}")


def test_gunicorns_own_configuration_keeps_the_say_over_the_address():
    facts = python_facts("flask\ngunicorn", {"app.py": FLASK, "gunicorn.conf.py": "bind = '0.0.0.0:9090'\n"})
    assert (facts["start_command"].value, facts["port"].value) == ("gunicorn app:app", 9090)


def test_a_script_named_for_serving_is_the_start_command():
    files = {
        "pyproject.toml": "[project]\nname = 'x'\n[project.scripts]\nserve = 'x:main'\n[build-system]\nrequires = []\n",
        "x/__init__.py": "",
    }
    fact = python_facts("requests", files)["start_command"]
    assert (fact.value, fact.file, fact.line) == ("serve", "pyproject.toml", 4)


def test_without_code_nothing_but_names_is_guessed():
    assert python_facts("flask\ngunicorn", {"main.py": ""})["start_command"].value.endswith("main:app")


def test_a_running_process_is_not_static():
    assert python_facts("flask\ngunicorn", {"app.py": FLASK})["static"].value is False


@pytest.mark.parametrize(
    ("files", "processes"),
    [
        (
            {"tasks.py": "from celery import Celery\napp = Celery('x')\n"},
            {"worker": "celery --app tasks worker --loglevel INFO"},
        ),
        (
            {"shop/celery.py": "from celery import Celery\napp = Celery('x')\napp.conf.beat_schedule = {}\n"},
            {
                "worker": "celery --app shop worker --loglevel INFO",
                "beat": "celery --app shop beat --loglevel INFO",
            },
        ),
        (
            {"shop/jobs.py": "from celery import Celery\nqueue = Celery('x')\nserver = 1\n"},
            {"worker": "celery --app shop.jobs:queue worker --loglevel INFO"},
        ),
        (
            {"app.py": "import rq\nq = rq.Queue('mail', connection=1)\napp = 1\n"},
            {"worker": "rq worker mail"},
        ),
        (
            {"jobs.py": "import arq\nimport os\nclass WorkerSettings:\n    x = os.environ['X']\n"},
            {"worker": "arq jobs.WorkerSettings"},
        ),
        (
            {"jobs.py": "import dramatiq\nserver = 1\n@dramatiq.actor\ndef f(): ...\n"},
            {"worker": "dramatiq jobs"},
        ),
    ],
)
def test_workers_become_processes(files, processes):
    facts = python_facts("requests", files)
    assert {one["name"]: one["command"] for one in facts["processes"].value} == processes


def test_a_project_of_workers_alone_starts_the_worker():
    facts = python_facts("celery", {"tasks.py": "from celery import Celery\napp = Celery('x')\n"})
    assert facts["start_command"].value == "celery --app tasks worker --loglevel INFO"
    assert "port" not in facts


SOCKET = "from slack_bolt.adapter.socket_mode import SocketModeHandler\nSocketModeHandler(app, 'x').start()\n"
HTTP = "from slack_bolt import App\napp = App()\napp.start(port=3000)\n"


@pytest.mark.parametrize(
    ("requirements", "text"),
    [
        ("discord.py==2.4", "import discord\nclient = discord.Client()\nclient.run(os.environ['TOKEN'])\n"),
        ("python-telegram-bot", "app = Application.builder().build()\napp.run_polling()\n"),
        ("aiogram", "from aiogram import Bot\nasyncio.run(main())\n"),
        ("slack-bolt", SOCKET),
        ("kafka-python", "from kafka import KafkaConsumer\nfor one in KafkaConsumer('a'): print(one)\n"),
        ("apscheduler", "from apscheduler.schedulers.blocking import BlockingScheduler\n"),
    ],
)
def test_a_program_of_a_chat_a_queue_or_a_timetable_is_a_worker_without_a_port(requirements, text):
    facts = python_facts(requirements, {"bot.py": text})
    assert facts["processes"].value == [{"name": "worker", "command": "python bot.py"}]
    assert "port" not in facts


@pytest.mark.parametrize(
    ("requirements", "text"),
    [
        ("slack-bolt", HTTP),
        ("python-telegram-bot", "app.run_webhook(listen='0.0.0.0', port=8443)\n"),
        (
            "discord.py\nflask",
            "from flask import Flask\nimport discord\napp = Flask('')\napp.run(port=8080)\n",
        ),
        ("requests", "import requests\nprint(requests.get('https://example.com'))\n"),
    ],
)
def test_what_listens_or_only_runs_once_is_no_worker(requirements, text):
    assert "processes" not in python_facts(requirements, {"bot.py": text})


def test_static_files_are_collected_where_the_settings_say_where_to():
    settings = DJANGO["shop/settings.py"] + "STATIC_ROOT = BASE / 'static'\n"
    fact = python_facts("django", {**DJANGO, "shop/settings.py": settings})["build_command"]
    assert (fact.value, fact.file, fact.line) == (
        "python manage.py collectstatic --noinput",
        "shop/settings.py",
        3,
    )


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("Pipfile", "[scripts]\nstart = 'python serve.py'\n", 2),
        (
            "pyproject.toml",
            "[project]\nname = 'x'\n[tool.pdm.scripts]\nstart = {cmd = 'python serve.py'}\n",
            4,
        ),
        ("pixi.toml", "[tasks]\nserve = 'python serve.py'\n", 2),
    ],
)
def test_a_task_called_start_is_the_start_command(file, text, line):
    fact = python_facts("requests", {"serve.py": "", "other.py": "", file: text})["start_command"]
    assert (fact.value, fact.file, fact.line) == ("python serve.py", file, line)


@pytest.mark.parametrize("command", ["flask run --debug", "uvicorn main:app --host 127.0.0.1"])
def test_a_task_for_development_is_not(command):
    files = {"Pipfile": f"[scripts]\nstart = '{command}'\n", "main.py": ""}
    assert python_facts("requests", files)["start_command"].value == "python main.py"


def test_a_projects_own_start_task_wins_over_the_custom_of_its_framework_and_tells_the_port():
    task = "[tool.hatch.envs.default.scripts]\nserve = 'uvicorn main:app --port 8088'\n"
    facts = python_facts("fastapi\nuvicorn", {"main.py": FASTAPI, "pyproject.toml": task})
    assert (facts["start_command"].value, facts["port"].value) == ("uvicorn main:app --port 8088", 8088)
    assert (facts["port"].file, facts["port"].line) == ("pyproject.toml", 2)


def test_a_name_that_a_shell_would_read_is_quoted():
    files = {"manage.py": "import django\n", "a;b/settings.py": "", "a;b/wsgi.py": ""}
    assert python_facts("django\ngunicorn", files)["start_command"].value.endswith("'a;b.wsgi:application'")
