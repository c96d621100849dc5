import pytest

from fops.onboarding.detect import detect
from fops.onboarding.detect.languages.python import LANGUAGE
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, WEAK

BUILT = "[build-system]\nrequires = ['hatchling']\n"
PUBLISHED = f"{BUILT}[project]\nname = 'shapes'\nclassifiers = ['Typing :: Typed']\n"
CODE = "class Shape:\n    pass\n"


def claim(files):
    return LANGUAGE.claim(MemoryTree(files))


def library(files):
    return LANGUAGE.library(MemoryTree(files))


@pytest.mark.parametrize(
    ("files", "confidence"),
    [
        ({"requirements.txt": "flask", "shop.py": ""}, CERTAIN),
        ({"requirements.txt": "requests", "main.py": ""}, CERTAIN),
        ({"manage.py": "", "shop/settings.py": ""}, CERTAIN),
        ({"pyproject.toml": "[project]\nname = 'x'\n", "x/core.py": ""}, STRONG),
        ({"requirements.txt": "requests", "main.py": "", "package.json": "{}"}, STRONG),
        ({"requirements.txt": "requests"}, LIKELY),
        ({"main.py": ""}, LIKELY),
        ({"requirements.txt": "requests", "go.mod": "module x"}, WEAK),
        ({"requirements.txt": "mkdocs\nmkdocs-material"}, WEAK),
        ({"analysis.py": ""}, WEAK),
    ],
)
def test_a_claim_is_as_strong_as_its_evidence(files, confidence):
    assert claim(files).confidence == confidence


@pytest.mark.parametrize(
    "files",
    [
        {"README.md": ""},
        {"scripts/gen.py": "", "Makefile": ""},
        {"backend/requirements.txt": "flask", "backend/app.py": ""},
        {"pyproject.toml": "[tool.black]\n", "README.md": ""},
        {"runtime.txt": "ruby-3.2\n"},
        {"setup.cfg": "[flake8]\n"},
        {"tool.py": "", "package.json": "{}"},
    ],
)
def test_a_folder_without_a_python_program_is_not_claimed(files):
    assert claim(files) is None


def test_a_node_project_with_documentation_requirements_stays_nodes():
    files = {
        "package.json": '{"dependencies": {"express": "4"}}',
        "server.js": "",
        "requirements.txt": "mkdocs\n",
    }
    assert claim(files).confidence == WEAK


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": PUBLISHED, "shapes/__init__.py": CODE},
        {
            "pyproject.toml": PUBLISHED + "dependencies = ['fastapi']\n",
            "src/shapes/__init__.py": "from fastapi import APIRouter\n",
        },
        {
            "pyproject.toml": PUBLISHED,
            "shapes/__init__.py": CODE,
            "tests/test_app.py": "from flask import Flask\napp = Flask('x')\n",
        },
        {
            "pyproject.toml": PUBLISHED,
            "shapes/__init__.py": CODE,
            "examples/app.py": "from flask import Flask\napp = Flask('x')\n",
        },
        {
            "pyproject.toml": PUBLISHED + "[project.scripts]\nshapes = 'shapes:main'\n",
            "shapes/__init__.py": "def main(): ...\n",
        },
        {
            "setup.py": "from setuptools import setup\nsetup(name='x', classifiers=[])\n",
            "x/__init__.py": CODE,
        },
        {"setup.cfg": "[metadata]\nname = x\nclassifiers =\n  Typing\n", "x/__init__.py": CODE},
        {"pyproject.toml": BUILT + "[project]\nname = 'models'\n", "models/__init__.py": CODE},
        {
            "pyproject.toml": "[tool.poetry]\nname = 'x'\nkeywords = ['a']\n[build-system]\nrequires = []\n",
            "x/__init__.py": CODE,
        },
    ],
)
def test_a_package_without_anything_to_run_is_a_library(files):
    assert library(files).confidence >= claim(files).confidence
    assert not detect(MemoryTree(files)).deployable


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": PUBLISHED, "shapes/web.py": "from flask import Flask\napp = Flask('x')\n"},
        {"pyproject.toml": PUBLISHED, "main.py": ""},
        {
            "pyproject.toml": PUBLISHED,
            "shapes/cli.py": "import uvicorn\ndef serve(): uvicorn.run('shapes.web:app')\n",
        },
        {"pyproject.toml": PUBLISHED, "shapes/jobs.py": "from celery import Celery\napp = Celery('x')\n"},
        {
            "pyproject.toml": BUILT + "[project]\nname = 'x'\n[project.scripts]\nx = 'x:main'\n",
            "x/__init__.py": "def main(): ...\n",
        },
        {"pyproject.toml": BUILT + "[project]\nname = 'x'\n", "src/x/__init__.py": ""},
        {"pyproject.toml": "[project]\nname = 'x'\n", "x/__init__.py": CODE},
        {"requirements.txt": "flask", "app.py": "from flask import Flask\napp = Flask('x')\n"},
        {
            "setup.py": "from setuptools import setup\nsetup(name='x')\n",
            "x/run.py": "if __name__ == '__main__':\n    print(1)\n",
        },
    ],
)
def test_what_runs_is_no_library(files):
    assert library(files) is None


def test_a_site_of_mkdocs_is_static():
    app = detect(
        MemoryTree(
            {
                "mkdocs.yml": "site_name: x\nsite_dir: public\n",
                "docs/index.md": "",
                "requirements.txt": "mkdocs",
            }
        )
    ).apps[0]
    assert {name: app.value(name) for name in ("static", "framework", "build_command", "output_folder")} == {
        "static": True,
        "framework": "mkdocs",
        "build_command": "mkdocs build",
        "output_folder": "public",
    }


def test_documentation_beside_an_application_does_not_make_it_a_site():
    files = {
        "mkdocs.yml": "site_name: x",
        "requirements.txt": "flask\ngunicorn",
        "app.py": "from flask import Flask\napp = Flask('x')\n",
    }
    assert detect(MemoryTree(files)).apps[0].value("static") is False


def test_a_sphinx_configuration_alone_is_nothing():
    assert claim({"docs/conf.py": "extensions = []\n", "docs/index.rst": ""}) is None


def test_a_server_named_only_in_a_comment_does_not_make_a_library_an_application():
    assert library({"pyproject.toml": PUBLISHED, "shapes/__init__.py": CODE + "# start: uvicorn.run(app)\n"})
