import pytest

from fops.onboarding.detect.languages.python import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import LIKELY, STRONG, WEAK


def port(text, *, requirements="", files=None):
    tree = MemoryTree({"main.py": text, "requirements.txt": requirements, **(files or {})})
    return settle(".", LANGUAGE.facts(tree))[0].get("port")


@pytest.mark.parametrize(
    "text",
    [
        "import uvicorn\nuvicorn.run('main:app', host='0.0.0.0', port=9001)",
        "import uvicorn, os\nuvicorn.run(app, port=int(os.environ.get('PORT', 9001)))",
        "import os\nPORT = int(os.getenv('PORT', '9001'))\napp.run(port=PORT)",
        "import os\nport = int(os.environ.get('PORT') or 9001)\napp.run(port=port)",
        "import os\nport = int(os.environ['PORT']) if 'PORT' in os.environ else 9001\napp.run(port=port)",
        "from decouple import config\napp.run(port=config('PORT', default=9001, cast=int))",
        "def serve(port=9001):\n    app.run('0.0.0.0', port)",
        "from aiohttp import web\nweb.run_app(web.Application(), port=9001)",
        "from waitress import serve\nserve(app, listen='*:9001')",
        "from http.server import HTTPServer\nHTTPServer(('', 9001), None).serve_forever()",
        "import socketserver\nADDRESS = ('0.0.0.0', 9001)\nsocketserver.TCPServer(ADDRESS, None)",
        "import grpc\nserver = grpc.server(None)\nserver.add_insecure_port(f'[::]:{9001}')",
        "import grpc\nport = '9001'\ngrpc.server(None).add_insecure_port('[::]:' + port)",
        "import gradio as gr\ngr.Blocks().launch(server_port=9001)",
        "import asyncio\nasyncio.start_server(None, '0.0.0.0', port=9001)",
        "from wsgiref.simple_server import make_server\nmake_server('', port=9001, app=app)",
    ],
)
def test_a_port_given_to_a_server_is_found(text):
    fact = port(text)
    assert (fact.value, fact.file, fact.confidence) == (9001, "main.py", STRONG)


@pytest.mark.parametrize(
    "text",
    [
        "import socket\nmade = socket.socket()\nmade.listen(256)",
        "import socket\nwith socket.socket() as made:\n    made.listen(256)",
        "import socket\nBACKLOG = 128\nclass A:\n    def run(self): self.sock.listen(BACKLOG)",
        "def start(server_socket): server_socket.listen(1024)",
    ],
)
def test_the_length_of_a_sockets_queue_is_no_port(text):
    assert port(text) is None


def test_tornado_listens_on_the_port_it_is_given():
    fact = port("import tornado.web\napp = tornado.web.Application()\napp.listen(8888)")
    assert (fact.value, fact.confidence) == (8888, STRONG)


@pytest.mark.parametrize(
    "text",
    [
        "import argparse\nargparse.ArgumentParser().add_argument('--port', type=int, default=9001)",
        "import click\n@click.option('--port', '-p', default=9001)\ndef serve(port): ...",
        "from tornado.options import define\ndefine('port', 9001)",
        "import os\nport = os.environ.get('APP_PORT', 9001)",
        "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    port: int = 9001\n",
        "SERVER_PORT = 9001\n",
    ],
)
def test_a_default_of_an_option_or_a_setting_is_likely(text):
    fact = port(text)
    assert (fact.value, fact.confidence) == (9001, LIKELY)


@pytest.mark.parametrize(
    "text",
    [
        "import redis\nredis.Redis(host='cache', port=6379)\napp = 1",
        "import os\nport = os.environ.get('DB_PORT', 5432)",
        "REDIS_PORT = 6379\n",
        "from prometheus_client import start_http_server\nstart_http_server(port=9100)\n",
        "import smtplib\nsmtplib.SMTP('mail', port=25)\napp = 1",
        "import uvicorn\nuvicorn.run(app, port=70000)",
        "# app.run(port=9001)\napp = 1",
    ],
)
def test_the_other_end_of_a_connection_is_no_port_of_ours(text):
    assert port(text) is None


@pytest.mark.parametrize(
    ("requirements", "text", "value"),
    [
        ("flask\ngunicorn", "from flask import Flask\napp = Flask('x')", 8000),
        ("flask", "from flask import Flask\napp = Flask('x')", 5000),
        ("fastapi\nuvicorn", "from fastapi import FastAPI\napp = FastAPI()", 8000),
        ("dash\ngunicorn", "from dash import Dash\napp = Dash('x')\nserver = app.server", 8050),
        ("streamlit", "import streamlit", 8501),
        ("gradio", "import gradio\ngradio.Blocks().launch()", 7860),
    ],
)
def test_else_the_server_or_framework_has_a_documented_default(requirements, text, value):
    fact = port(text, requirements=requirements)
    assert (fact.value, fact.confidence, fact.file) == (value, WEAK, None)


def test_a_declared_framework_that_nothing_imports_listens_nowhere():
    assert port("print('hello')", requirements="flask") is None


def test_streamlits_configuration_has_the_say():
    files = {".streamlit/config.toml": "[server]\nheadless = true\nport = 9001\n"}
    fact = port("import streamlit", requirements="streamlit", files=files)
    assert (fact.value, fact.file, fact.line) == (9001, ".streamlit/config.toml", 3)


def test_a_protocol_server_over_http_has_its_own_default():
    text = "from fastmcp import FastMCP\nmcp = FastMCP('x')\nmcp.run(transport='streamable-http')\n"
    assert port(text, requirements="fastmcp").value == 8000
    assert port(text.replace("streamable-http", "stdio"), requirements="fastmcp") is None
