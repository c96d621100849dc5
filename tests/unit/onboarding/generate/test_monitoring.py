from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from factories.plans import a_plan, a_service
from factories.services import SERVICES
from fops.kernel.formats import load_yaml
from fops.onboarding.generate import monitoring
from fops.onboarding.model import Target

CLUSTER = re.compile(r"\b(?:kube_\w+|container_\w+)\b")
OWN = re.compile(r"\b(?:up|process_\w+|go_\w+|jvm_\w+|http_server_\w+|python_\w+|nodejs_\w+)\{")


def files(*services, **changes):
    return {item.path.rpartition("/")[2]: item for item in monitoring.artifacts(a_plan(*services, **changes))}


def rules(made):
    groups = load_yaml(made["prometheus-rules.yaml"].text, name="rules")["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions(made):
    panels = json.loads(made["dashboard.json"].text)["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]] + [
        rule["expr"] for rule in rules(made)
    ]


def test_another_target_than_kubernetes_gets_neither_rules_nor_dashboard():
    assert files(target=Target.SERVERLESS) == {}


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_rules_and_dashboard_can_be_read_whatever_the_repository_says(service):
    made = files(service)

    assert len({rule["alert"] for rule in rules(made)}) >= 5
    assert all(rule["annotations"]["summary"] and rule["labels"]["severity"] for rule in rules(made))
    assert json.loads(made["dashboard.json"].text)["title"] == service.name


def test_a_program_that_exports_nothing_is_watched_from_outside_only():
    assert all(CLUSTER.search(text) and not OWN.search(text) for text in expressions(files(a_service())))


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("uv", "process_resident_memory_bytes"),
        ("gradle wrapper", "http_server_requests_seconds_count"),
        ("go", "go_goroutines"),
    ],
)
def test_a_program_that_exports_metrics_is_watched_by_what_its_client_gives(name, metric):
    assert any(metric in text for text in expressions(files(SERVICES[name])))


def test_rules_look_at_every_environment_and_every_deployment():
    text = files(SERVICES["celery"])["prometheus-rules.yaml"].text

    assert 'namespace=~"shop-api-staging|shop-api-prod"' in text
    assert 'deployment=~"shop-api|shop-api-worker|shop-api-beat"' in text


def test_no_autoscaler_is_watched_where_there_is_none():
    assert "horizontalpodautoscaler" not in files(SERVICES["python worker"])["prometheus-rules.yaml"].text


def test_a_panel_about_the_programs_own_metrics_rests_on_the_metrics_path():
    artifact = files(SERVICES["uv"])["dashboard.json"]

    line = next(number for number, text in enumerate(artifact.text.splitlines(), 1) if '"expr": "up{' in text)
    assert artifact.lines[line] == ("shop-api:metrics_path",)


@pytest.mark.verify
def test_prometheus_accepts_the_rules(tmp_path):
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not on the PATH")
    written = []
    for number, service in enumerate(SERVICES.values()):
        written.append(tmp_path / f"{number}.yaml")
        written[-1].write_text(files(service)["prometheus-rules.yaml"].text, encoding="utf-8")

    done = subprocess.run([promtool, "check", "rules", *written], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
