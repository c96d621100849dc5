"""Rules of detect/files: Procfile, platforms, compose, Kubernetes manifests, example environments."""

import pytest

from fops.onboarding.detect import files
from fops.onboarding.detect.files.environment import looks_secret
from fops.onboarding.detect.files.images import backing_service
from fops.onboarding.detect.files.place import Place
from fops.onboarding.fetch.tree import MemoryTree


def told(texts, path=".", language="python"):
    top = MemoryTree(texts)
    place = Place(tree=top.below(path), top=top, path=path, language=language)
    return [(fact.name, fact.value, fact.file, fact.line) for fact in files.facts(place)]


def test_a_procfile_gives_processes_and_the_web_command():
    found = told(
        {"Procfile": "# comment\nweb: gunicorn app:app --bind 0.0.0.0:8000\n\nworker: celery -A app worker\n"}
    )
    assert ("start_command", "gunicorn app:app --bind 0.0.0.0:8000", "Procfile", 2) in found
    assert ("port", 8000, "Procfile", 2) in found
    assert [value for name, value, *_ in found if name == "processes"] == [
        [
            {"name": "web", "command": "gunicorn app:app --bind 0.0.0.0:8000"},
            {"name": "worker", "command": "celery -A app worker"},
        ]
    ]


def test_the_only_lasting_process_of_a_procfile_is_how_the_application_starts():
    alone = told({"Procfile": "release: python migrate.py\nworker: celery -A app worker\n"})
    assert ("start_command", "celery -A app worker", "Procfile", 2) in alone
    several = told({"Procfile": "worker: celery -A app worker\nbeat: celery -A app beat\n"})
    assert "start_command" not in [name for name, *_ in several]


@pytest.mark.parametrize("name", ["release", "postdeploy", "predeploy", "migrate"])
def test_a_command_of_a_procfile_that_ends_goes_before_a_release(name):
    found = told({"Procfile": f"web: gunicorn app:app\n{name}: python manage.py migrate\n"})
    assert ("release_command", "python manage.py migrate", "Procfile", 2) in found


def test_heroku_s_own_name_goes_before_other_commands_that_end():
    found = told({"Procfile": "migrate: ./by-hand.sh\nrelease: ./release.sh\nweb: ./web.sh\n"})
    assert [fact for fact in found if fact[0] == "release_command"] == [
        ("release_command", "./release.sh", "Procfile", 2)
    ]


def test_what_runs_after_a_deployment_of_a_review_app_goes_before_no_release():
    found = told({"app.json": '{"scripts": {"postdeploy": "python seed.py"}}'})
    assert "release_command" not in [name for name, *_ in found]


@pytest.mark.parametrize("file", ["Aptfile", "packages.txt"])
def test_lists_of_debian_packages_are_read_by_todays_names(file):
    text = "# for the charts\nffmpeg\nlibgl1-mesa-glx\n:repo:deb http://archive.example stable main\n"

    assert ("system_packages", ["ffmpeg", "libgl1"], file, 2) in told({file: text})


@pytest.mark.parametrize(
    ("file", "text", "name", "value", "line"),
    [
        ("fly.toml", "app = 'x'\n[http_service]\n  internal_port = 8080\n", "port", 8080, 3),
        ("fly.toml", "[processes]\napp = 'node a.js'\n", "start_command", "node a.js", 2),
        (
            "app.yaml",
            "runtime: python312\nentrypoint: gunicorn -b :$PORT main:app\n",
            "start_command",
            "gunicorn -b :$PORT main:app",
            2,
        ),
        ("app.yaml", "runtime: python312\n", "runtime_version", "3.12", 1),
        ("app.yaml", "runtime: go\nruntime_config:\n  runtime_version: 1.22\n", "runtime_version", "1.22", 3),
        ("heroku.yml", "run:\n  web: node a.js\n", "start_command", "node a.js", 2),
        ("railway.json", '{"deploy": {\n"healthcheckPath": "/ok"}}', "health_path", "/ok", 2),
        (
            "render.yaml",
            "services:\n  - type: web\n    startCommand: node a.js\n",
            "start_command",
            "node a.js",
            3,
        ),
        ("fly.toml", "[deploy]\nrelease_command = 'bin/migrate'\n", "release_command", "bin/migrate", 2),
        (
            "heroku.yml",
            "release:\n  image: web\n  command:\n    - ./a.sh\n    - ./b.sh\n",
            "release_command",
            "./a.sh && ./b.sh",
            3,
        ),
        (
            "railway.json",
            '{"deploy": {\n"preDeployCommand": ["npm run migrate"]}}',
            "release_command",
            "npm run migrate",
            2,
        ),
        (
            "railway.toml",
            "[deploy]\npreDeployCommand = 'npm run migrate'\n",
            "release_command",
            "npm run migrate",
            2,
        ),
        (
            "render.yaml",
            "services:\n  - type: web\n    preDeployCommand: npm run migrate\n",
            "release_command",
            "npm run migrate",
            3,
        ),
        ("render.yaml", "databases:\n  - name: db\n", "services", ["postgres"], 1),
        ("app.json", '{"addons": ["heroku-redis:mini"]}', "services", ["redis"], 1),
        ("netlify.toml", '[build]\ncommand = "hugo"\n', "build_command", "hugo", 2),
        ("apprunner.yaml", "run:\n  command: python app.py\n  network:\n    port: 9000\n", "port", 9000, 4),
    ],
)
def test_a_platform_file_tells(file, text, name, value, line):
    assert (name, value, file, line) in told({file: text})


COMPOSE = """\
services:
  web:
    build: .
    ports: ["8080:3000"]
    environment:
      DATABASE_URL: postgres://db
    depends_on: [db]
  api:
    build: {context: ./services/api}
    ports:
      - target: 9000
    depends_on: {cache: {condition: service_started}}
  db:
    image: docker.io/library/postgres:16
  cache:
    image: valkey/valkey:8
"""


def test_compose_tells_the_container_port_and_the_services_beside_it():
    found = told({"compose.yaml": COMPOSE})
    assert ("port", 3000, "compose.yaml", 4) in found
    assert {value[0] for name, value, *_ in found if name == "services"} == {"postgres", "redis"}
    assert ("env", [{"name": "DATABASE_URL", "default": None}], "compose.yaml", 5) in found


def test_compose_at_the_top_speaks_for_the_folder_it_builds():
    found = told({"compose.yaml": COMPOSE, "services/api/main.py": ""}, path="services/api")
    assert ("port", 9000, "../../compose.yaml", 10) in found
    assert [value for name, value, *_ in found if name == "services"] == [["redis"]]


ONCE = """\
services:
  web:
    build: .
    command: gunicorn app:app
    depends_on:
      schema: {condition: service_completed_successfully}
  worker:
    build: .
    command: celery -A app worker
  schema:
    build: .
    command: [python, manage.py, migrate]
"""


def test_the_entrypoint_of_a_service_stands_before_its_command():
    text = "services:\n  a: {build: ., entrypoint: [python, -m], command: [shop.web]}\n  b: {build: ., entrypoint: python worker.py}\n"
    found = told({"compose.yaml": text})
    processes = next(value for name, value, *_ in found if name == "processes")
    assert [one["command"] for one in processes] == ["python -m shop.web", "python worker.py"]


def test_an_entrypoint_script_of_a_service_gives_way_to_its_command():
    text = "services:\n  a: {build: ., entrypoint: ./entrypoint.sh, command: npm start}\n  b: {build: ., command: npm run work}\n"
    processes = next(value for name, value, *_ in told({"compose.yaml": text}) if name == "processes")
    assert [one["command"] for one in processes] == ["npm start", "npm run work"]


def test_a_service_of_compose_that_others_wait_for_to_end_is_no_process():
    found = told({"compose.yaml": ONCE})
    assert ("release_command", "python manage.py migrate", "compose.yaml", 12) in found
    assert [[one["name"] for one in value] for name, value, *_ in found if name == "processes"] == [
        ["web", "worker"]
    ]


@pytest.mark.parametrize(
    ("entry", "port"), [("3000", 3000), ("127.0.0.1:80:8080/tcp", 8080), ("${P:-1}:${Q:-5000}", 5000)]
)
def test_short_ports_of_compose_are_read_to_the_container_side(entry, port):
    found = told({"compose.yml": f"services:\n  a:\n    build: .\n    ports: ['{entry}']\n"})
    assert [value for name, value, *_ in found if name == "port"] == [port]


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  template:
    spec:
      containers:
        - name: api
          image: example/api
          ports:
            - containerPort: 8088
          readinessProbe:
            httpGet: {path: /ready, port: 8088}
"""


def test_a_deployment_tells_port_and_probe_of_the_app_named_like_it():
    found = told({"k8s/api.yaml": DEPLOYMENT, "src/api/main.py": ""}, path="src/api")
    assert ("port", 8088, "../../k8s/api.yaml", 11) in found
    assert ("health_path", "/ready", "../../k8s/api.yaml", 13) in found


def test_several_workloads_say_nothing_about_a_single_application():
    other = DEPLOYMENT.replace("api", "web").replace("8088", "9099")
    assert not told({"k8s/api.yaml": DEPLOYMENT, "k8s/web.yaml": other})


def test_what_an_example_environment_sets_for_developers_is_no_default():
    text = (
        "NODE_ENV=development\nHOST=localhost\nDEBUG=True\nAPP_ENV=local\nLOG_LEVEL=debug\nGIN_MODE=release\n"
    )
    [variables] = [value for name, value, *_ in told({".env.example": text}) if name == "env"]
    assert {one["name"]: one["default"] for one in variables} == {
        "DEBUG": None,
        "APP_ENV": None,
        "LOG_LEVEL": "debug",
        "GIN_MODE": "release",
    }


def test_a_public_host_of_an_example_environment_is_the_programs_own():
    [variables] = [value for name, value, *_ in told({".env.example": "HOST=shop.test\n"}) if name == "env"]
    assert variables == [{"name": "HOST", "default": "shop.test"}]


def test_an_example_environment_gives_defaults_but_never_a_secret():
    text = "# settings\nexport PORT=8000 # http\nAPI_KEY=abc\nDEBUG='no'\nNAME=changeme\nUPSTREAM=https://me:pw@host\n"
    found = told({".env.example": text})
    assert ("port", 8000, ".env.example", 2) in found
    assert [value for name, value, *_ in found if name == "env"] == [
        [
            {"name": "PORT", "default": "8000"},
            {"name": "API_KEY", "default": None},
            {"name": "DEBUG", "default": "no"},
            {"name": "NAME", "default": None},
            {"name": "UPSTREAM", "default": None},
        ]
    ]


@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "DB_PASSWORD", "DATABASE_URL", "GITHUB_TOKEN", "STRIPE_KEY", "MONGO_URI", "SENTRY_DSN"],
)
def test_a_secret_is_known_by_its_name(name):
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "PORT",
        "NEXT_PUBLIC_API_KEY",
        "SORT_KEY",
        "TOKEN_EXPIRY_MINUTES",
        "BASE_URL",
        "MAX_TOKENS",
        "PUBLIC_KEY",
    ],
)
def test_other_names_are_no_secrets(name):
    assert not looks_secret(name)


@pytest.mark.parametrize(
    ("image", "service"),
    [
        ("postgres:16", "postgres"),
        ("postgis/postgis", "postgres"),
        ("mariadb", "mysql"),
        ("bitnami/kafka:3", "kafka"),
        ("mcr.microsoft.com/mssql/server:2022", "mssql"),
        ("mongo-express", None),
        ("oliver006/redis_exporter", None),
        ("example/app", None),
    ],
)
def test_an_image_is_known_as_a_backing_service(image, service):
    assert backing_service(image) == service
