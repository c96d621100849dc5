from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from factories.plans import a_plan, a_service
from factories.services import SERVICES, go, java, node, own, python, web, worker
from fops.kernel.formats import load_yaml
from fops.onboarding.generate import compose
from fops.onboarding.model import EnvVariable, Target


def document(*services, **changes):
    (artifact,) = compose.artifacts(a_plan(*services, **changes))
    return load_yaml(artifact.text, name="compose.yaml")


@pytest.mark.parametrize("name", ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"])
def test_a_repository_with_its_own_compose_file_keeps_it(name):
    assert list(compose.artifacts(a_plan(existing=frozenset({name})))) == []


def test_another_target_than_kubernetes_gets_no_compose_file():
    assert list(compose.artifacts(a_plan(target=Target.SERVERLESS))) == []


def test_a_service_waits_until_what_it_rests_on_is_healthy():
    services = document(a_service())["services"]

    assert services["shop-api"]["depends_on"] == {
        "postgres": {"condition": "service_healthy"},
        "redis": {"condition": "service_healthy"},
    }
    assert services["postgres"]["healthcheck"]["test"] == [
        "CMD-SHELL",
        "pg_isready --host 127.0.0.1 --username app --dbname app",
    ]
    assert services["shop-api"]["environment"]["REDIS_URL"] == "redis://redis:6379/0"


def test_every_process_waits_until_what_goes_before_a_release_has_ended_well():
    services = document(SERVICES["celery"])["services"]

    assert services["shop-api-release"]["command"] == ["python", "manage.py", "migrate"]
    assert services["shop-api-release"]["environment"] == services["shop-api-worker"]["environment"]
    assert "ports" not in services["shop-api-release"]
    for name in ("shop-api", "shop-api-worker", "shop-api-beat"):
        waits = services[name]["depends_on"]
        assert waits["shop-api-release"] == {"condition": "service_completed_successfully"}


def test_what_goes_before_a_release_never_takes_the_name_of_another_service():
    other = a_service(name="shop-api-release", path="w", context="w")
    services = document(a_service(release_command="a"), other)["services"]

    assert services["shop-api-release-2"]["command"] == ["a"]
    assert "command" not in services["shop-api-release"]


def test_every_backing_service_has_an_exact_image_and_a_health_check():
    services = document(SERVICES["every backing service"])["services"]

    for name in SERVICES["every backing service"].backing:
        assert re.search(r":\d[\w.-]*$", services[name]["image"])
        assert services[name]["healthcheck"]["test"]


def test_a_folder_in_memory_over_one_of_the_image_belongs_to_the_programs_user():
    services = document(SERVICES["next"])["services"]

    assert services[SERVICES["next"].name]["tmpfs"] == ["/tmp", "/app/.next/cache:uid=1000,gid=1000"]  # noqa: S108 - in the container


def test_no_secret_stands_in_the_file():
    services = document(SERVICES["every backing service"])["services"]

    given = [value for service in services.values() for key, value in service.get("environment", {}).items()
             if "PASS" in key or "URL" in key]  # fmt: skip
    assert given
    assert all(re.search(r"\$\{\w+:\?", value) or "@" not in value for value in given)


@pytest.mark.parametrize(
    ("service", "name", "expected"),
    [
        (a_service(backing=("postgres",)), "DATABASE_URL", "postgresql://app:${POSTGRES_PASSWORD:?"),
        (a_service(backing=("postgres",)), "PGHOST", "postgres"),
        (a_service(backing=("postgres",)), "DB_PORT", "5432"),
        (a_service(backing=("postgres",)), "DB_NAME", "app"),
        (a_service(backing=("postgres",)), "DB_PASSWORD", "${POSTGRES_PASSWORD:?"),
        (a_service(backing=("redis",)), "REDIS_DB", "fallback"),
        (a_service(backing=("kafka",)), "KAFKA_BOOTSTRAP_SERVERS", "kafka:9092"),
        (a_service(backing=("redis",)), "CELERY_BROKER_URL", "redis://redis:6379/0"),
        (go("make", *web("./a")), "REDIS_ADDR", "redis:6379"),
        (java("maven", "", "java -jar a.jar"), "SPRING_DATASOURCE_URL", "jdbc:mysql://mysql:3306/app"),
        (a_service(backing=("redis",)), "LOG_LEVEL", "fallback"),
        (a_service(backing=()), "DATABASE_URL", "fallback"),
    ],
)
def test_variables_about_a_backing_service_get_its_local_address(service, name, expected):
    changed = a_service(
        language=service.language, backing=service.backing, processes=service.processes,
        env=(EnvVariable(name=name, default="fallback"),), package_manager=service.package_manager,
    )  # fmt: skip

    value = document(changed)["services"]["shop-api"]["environment"][name]

    assert value.startswith(expected)


def test_a_go_program_is_told_that_the_local_postgres_has_no_certificate():
    service = go(
        "make", *web("./a"), backing=("postgres",), env=(EnvVariable(name="DATABASE_URL", secret=True),)
    )

    assert document(service)["services"]["jobs"]["environment"]["DATABASE_URL"].endswith("?sslmode=disable")


def test_a_default_with_a_dollar_is_not_replaced_by_compose():
    service = a_service(env=(EnvVariable(name="PATTERN", default="a$b"),))

    assert document(service)["services"]["shop-api"]["environment"]["PATTERN"] == "a$$b"


def test_a_worker_runs_from_the_same_image_without_a_port():
    services = document(
        python("pip", "requirements.txt", processes=web("gunicorn a") + worker("celery -A a worker"))
    )["services"]

    assert services["shop-api-worker"]["command"] == ["celery", "-A", "a", "worker"]
    assert services["shop-api-worker"]["build"] == services["shop-api"]["build"]
    assert "ports" not in services["shop-api-worker"]


def test_two_services_on_one_port_are_published_on_two_and_only_for_this_machine():
    services = document(a_service(), a_service(name="other"), own("1001", name="third"))["services"]

    assert services["shop-api"]["ports"] == ["127.0.0.1:8000:8000"]
    assert services["other"]["ports"] == ["127.0.0.1:8001:8000"]
    assert services["third"]["ports"] == ["127.0.0.1:8080:80"]


def test_a_workspace_member_is_built_from_the_workspaces_top():
    assert document(SERVICES["pnpm member"])["services"]["api"]["build"] == {
        "context": ".",
        "dockerfile": "apps/web/Dockerfile",
    }
    assert document(SERVICES["vite below"])["services"]["web"]["build"] == {
        "context": "./frontend",
        "dockerfile": "Dockerfile",
    }


def test_a_service_called_like_a_backing_service_stands_for_it():
    services = document(a_service(), node("npm", name="redis"))["services"]

    assert "build" in services["redis"]
    assert "redis" not in services["shop-api"]["depends_on"]


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_the_file_is_one_document_whatever_the_repository_says(service):
    assert document(service)["name"] == service.name


@pytest.mark.verify
def test_the_compose_schema_accepts_every_file(tmp_path):
    tool = Path(sys.prefix, "bin", "check-jsonschema")
    if not tool.exists():
        pytest.skip("check-jsonschema is not installed: pip install fops[verify]")
    files = []
    for number, service in enumerate(SERVICES.values()):
        (artifact,) = compose.artifacts(a_plan(service))
        files.append(tmp_path / f"{number}.yaml")
        files[-1].write_text(artifact.text, encoding="utf-8")

    done = subprocess.run(
        [tool, "--builtin-schema", "vendor.compose-spec", *files], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout
