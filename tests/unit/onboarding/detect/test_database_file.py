"""The file in which a program keeps its data itself: found by name, with the variable that names another one."""

from __future__ import annotations

import json

import pytest

from fops.onboarding.detect import detect
from fops.onboarding.fetch.tree import MemoryTree

SPRING = (
    "<project><groupId>a</groupId><artifactId>b</artifactId><version>1</version><parent>"
    "<groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.5.0</version>"
    "</parent></project>"
)
MAIN = "public class A { public static void main(String[] a) { SpringApplication.run(A.class); } }\n"
SERVE = 'package main\n\nimport "net/http"\n\nfunc main() {\n%s\n\thttp.ListenAndServe(":8080", nil)\n}\n'


def found(files):
    fact = detect(MemoryTree(files)).apps[0].facts.get("database_file")
    return (fact.value["path"], fact.value["variable"], fact.value["pattern"], fact.line) if fact else None


def python(code, requirements="fastapi\nuvicorn\n"):
    return found(
        {
            "requirements.txt": requirements,
            "main.py": f"from fastapi import FastAPI\napp = FastAPI()\n{code}\n",
        }
    )


def node(code, package="better-sqlite3", files=None):
    manifest = {
        "name": "x",
        "scripts": {"start": "node server.js"},
        "dependencies": {"express": "5", package: "1"},
    }
    return found(
        {
            "package.json": json.dumps(manifest),
            "server.js": f"{code}\napp.listen(3000)\n",
            **(files or {}),
        }
    )


def go(code, module="github.com/mattn/go-sqlite3"):
    return found(
        {"go.mod": f"module x\n\ngo 1.25\n\nrequire {module} v1.0.0\n", "main.go": SERVE % f"\t{code}"}
    )


def java(line):
    return found(
        {
            "pom.xml": SPRING,
            "src/main/java/A.java": MAIN,
            "src/main/resources/application.properties": line,
        }
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('URL = "sqlite:///./sql_app.db"', ("sql_app.db", None, "sqlite:///{path}", 3)),
        ('URL = "sqlite+aiosqlite:////data/app.db"', ("/data/app.db", None, "sqlite+aiosqlite:///{path}", 3)),
        ("sqlite3.connect('todo.sqlite')", ("todo.sqlite", None, "{path}", 3)),
        (
            "URL = os.environ.get('DATABASE_URL', 'sqlite:///app.db')",
            ("app.db", "DATABASE_URL", "sqlite:///{path}", 3),
        ),
        (
            "URL = os.environ.get('DATABASE_URL') or \\\n    'sqlite:///' + os.path.join(basedir, 'app.db')",
            ("app.db", "DATABASE_URL", "sqlite:///{path}", 4),
        ),
        (
            "DATABASES = {'default': dj_database_url.config(\n  default=f\"sqlite:///{BASE_DIR / 'db.sqlite3'}\")}",
            ("db.sqlite3", "DATABASE_URL", "sqlite:///{path}", 4),
        ),
        (
            "DATABASES = {'default': {\n  'ENGINE': 'django.db.backends.sqlite3',\n  'NAME': BASE_DIR / 'db.sqlite3',\n}}",
            ("db.sqlite3", None, "{path}", 5),
        ),
        (
            "import sqlite3\nDB = os.path.join(os.getenv('DATA_DIR', 'data'), 'app.db')",
            ("app.db", "DATA_DIR", "{folder}", 4),
        ),
        (
            "class Settings(BaseSettings):\n    database_url: str = 'sqlite:///data/app.db'",
            ("data/app.db", "DATABASE_URL", "sqlite:///{path}", 4),
        ),
        ("import sqlite3\nDB = os.path.join(BASE_DIR, 'data', 'app.db')", ("data/app.db", None, "{path}", 4)),
    ],
)
def test_python_names_its_file_in_settings_and_code(code, expected):
    assert python(code) == expected


def test_an_address_of_flask_sqlalchemy_is_relative_to_the_folder_instance():
    code = "app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///site.db'"
    assert python(code, "flask\nflask-sqlalchemy\n") == ("instance/site.db", None, "sqlite:///{path}", 3)


@pytest.mark.parametrize(
    "code",
    [
        "URL = 'sqlite:///:memory:'",
        "# URL = 'sqlite:///app.db'",
        "URL = 'sqlite:////tmp/app.db'",
        "IGNORED = ['Thumbs.db']  # no sqlite here",
        "SECRET_KEY = os.environ['SECRET_KEY']\nCACHE = 'cache.bin'  # sqlite",
    ],
)
def test_what_keeps_nothing_is_no_file_of_data(code):
    assert python(code) is None


def test_a_variable_of_another_statement_does_not_name_the_file():
    code = "SECRET_KEY = os.environ['SECRET_KEY']\nURL = 'sqlite:///app.db'"
    assert python(code) == ("app.db", None, "sqlite:///{path}", 4)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("new Database('./data/app.db')", ("data/app.db", None, "{path}", 1)),
        (
            "new Database(process.env.DB_PATH || './data/app.db')",
            ("data/app.db", "DB_PATH", "{path}", 1),
        ),
        (
            "knex({\n  connection: { filename: process.env['DB_FILE'] ?? 'dev.sqlite3' }\n})",
            ("dev.sqlite3", "DB_FILE", "{path}", 2),
        ),
        # Node's path.join puts even an absolute name below the folder before it
        ("const f = path.join(__dirname, process.env.DB_FILE || 'a.db')", ("a.db", None, "{path}", 1)),
    ],
)
def test_node_names_its_file_where_a_package_can_open_it(code, expected):
    assert node(code) == expected
    assert node(code, package="pg") is None


@pytest.mark.parametrize(
    ("url", "example", "expected"),
    [
        ('"file:./dev.db"', "", ("prisma/dev.db", None, "file:{path}", 3)),
        (
            'env("DATABASE_URL")',
            'DATABASE_URL="file:./dev.db"\n',
            ("prisma/dev.db", "DATABASE_URL", "file:{path}", 3),
        ),
        ('env("DATABASE_URL")', "", None),
    ],
)
def test_prisma_s_file_is_relative_to_its_schema(url, example, expected):
    schema = f'datasource db {{\n  provider = "sqlite"\n  url = {url}\n}}\n'
    files = {"prisma/schema.prisma": schema, ".env.example": example}
    assert node("", package="@prisma/client", files=files) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('db, _ := sql.Open("sqlite3", "./app.db")', ("app.db", None, "{path}", 6)),
        (
            'db, _ := sql.Open("sqlite3", "file:data/app.db?cache=shared")',
            ("data/app.db", None, "file:{path}?cache=shared", 6),
        ),
        (
            'name := os.Getenv("DB_PATH")\n\tif name == "" {\n\t\tname = "app.db"\n\t}',
            ("app.db", "DB_PATH", "{path}", 8),
        ),
    ],
)
def test_go_names_its_file_where_a_driver_can_open_it(code, expected):
    assert go(code) == expected
    assert go(code, module="github.com/lib/pq") is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "spring.datasource.url=jdbc:h2:file:./data/demo;MODE=MySQL",
            ("data/demo", "SPRING_DATASOURCE_URL", "jdbc:h2:file:{path};MODE=MySQL", 1),
        ),
        (
            "spring.datasource.url=${DB_URL:jdbc:sqlite:app.db}",
            ("app.db", "DB_URL", "jdbc:sqlite:{path}", 1),
        ),
        ("spring.datasource.url=jdbc:h2:mem:testdb", None),
        ("spring.datasource.url=jdbc:postgresql://db/app", None),
    ],
)
def test_java_names_its_file_in_the_address_of_the_data_source(line, expected):
    assert java(line) == expected
