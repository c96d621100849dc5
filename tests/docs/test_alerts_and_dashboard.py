"""Alerts and dashboard stand on metrics that exist, with labels they have, and each alert says what to do."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from fops.telemetry.metrics import COUNTED
from fops.telemetry.seen import LOOKED_UP

ROOT = Path(__file__).parents[2]
RULES = ROOT / "ops" / "prometheus" / "alerts.yml"
BOARD = ROOT / "ops" / "grafana" / "fops.json"
SCRAPED = {"job", "instance"}  # what Prometheus adds to every series
FOREIGN = {"up": set(), "ALERTS": {"alertname", "alertstate"}, "process_start_time_seconds": set(),
           "process_resident_memory_bytes": set(), "process_cpu_seconds_total": set()}  # fmt: skip
_WORDS = {
    "by",
    "without",
    "and",
    "or",
    "unless",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "offset",
    "bool",
}


def _known() -> dict[str, set[str]]:
    known = {name: labels | SCRAPED for name, labels in FOREIGN.items()}
    for one in (*COUNTED, *LOOKED_UP):
        labels = set(one.labels) | SCRAPED
        if one.kind == "histogram":
            known |= {
                f"{one.name}_sum": labels,
                f"{one.name}_count": labels,
                f"{one.name}_bucket": labels | {"le"},
            }
        else:
            known[one.name] = labels
    return known


def _alerts() -> list[dict[str, object]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def _board_expressions() -> Iterator[str]:
    board = json.loads(BOARD.read_text())
    for panel in board["panels"]:
        yield from (target["expr"] for target in panel.get("targets", []))
    yield from (one["expr"] for one in board["annotations"]["list"])
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield re.sub(r"label_values\((\w+), (\w+)\)", r"sum by (\2) (\1)", variable["definition"])


def _strange(expression: str) -> list[str]:
    """What an expression names that does not exist."""
    known, wrong = _known(), []
    bare = re.sub(r'"[^"]*"', '""', expression)
    for name, matchers in re.findall(r"([a-zA-Z_:]\w*)\s*\{([^}]*)\}", bare):
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))
        wrong += [f"{name}{{{label}}}" for label in labels - known.get(name, labels)]
    grouped = {
        label
        for inner in re.findall(r"\b(?:by|without)\s*\(([^)]*)\)", bare)
        for label in re.findall(r"\w+", inner)
    }
    rest = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\b(?:by|without)\s*\([^)]*\)", " ", bare)
    names = {name for name in re.findall(r"\b[a-zA-Z_:]\w*\b(?!\s*\()", rest) if name not in _WORDS}
    wrong += sorted(names - set(known))
    offered = set.intersection(*(known[name] for name in names & set(known))) if names & set(known) else set()
    return wrong + [f"by ({label})" for label in sorted(grouped - offered)]


@pytest.mark.parametrize("rule", _alerts(), ids=lambda rule: rule["alert"])
def test_an_alert_stands_on_metrics_that_exist_and_says_what_to_do(rule):
    assert _strange(rule["expr"]) == []
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert rule["annotations"]["summary"]
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    headings = {
        line.removeprefix("## ").lower()
        for line in (ROOT / page).read_text().splitlines()
        if line.startswith("## ")
    }
    assert anchor == rule["alert"].lower()
    assert anchor in headings


def test_the_dashboard_stands_on_metrics_that_exist():
    expressions = list(_board_expressions())
    assert len(expressions) > 20
    assert {expression: wrong for expression in expressions if (wrong := _strange(expression))} == {}


def test_every_metric_of_our_own_is_shown_or_watched():
    used = "\n".join([*_board_expressions(), *(str(rule["expr"]) for rule in _alerts())])
    assert [one.name for one in (*COUNTED, *LOOKED_UP) if one.name not in used] == []


@pytest.mark.parametrize(
    "expression",
    [
        "fops_no_such_total > 0",
        'fops_http_requests_total{path="/x"}',
        "sum by (route) (fops_operations_total)",
        "fops_http_request_duration_seconds > 1",
    ],
)
def test_what_does_not_exist_is_found(expression):
    assert _strange(expression)


def test_the_runbook_has_no_section_that_no_alert_leads_to():
    sections = re.findall(r"^## (\w+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)
    assert sections == [rule["alert"] for rule in _alerts()]


def test_every_name_that_a_scrape_shows_is_in_the_reference(tmp_path):
    from fastapi.testclient import TestClient
    from prometheus_client.parser import text_string_to_metric_families

    from fops.api.application import create_app
    from fops.bootstrap import open_app
    from fops.bootstrap.settings import Settings

    house = open_app(Settings(flags={"FOPS_HOME": str(tmp_path), "FOPS_AUTH_MODE": "off"}))
    with TestClient(create_app(house), base_url="http://127.0.0.1") as client:
        families = list(text_string_to_metric_families(client.get("/metrics").text))
    shown = {f"{one.name}_total" if one.type == "counter" else one.name: one for one in families}
    own = {one.name: one for one in (*COUNTED, *LOOKED_UP)}
    assert {name for name in shown if not name.startswith("process_")} == set(own)
    assert {name: shown[name].type for name in own} == {name: one.kind for name, one in own.items()}
    reference = (ROOT / "docs" / "reference" / "metrics.md").read_text()
    assert [name for name in own if f"`{name}`" not in reference] == []
    assert {name for name in FOREIGN if name.startswith("process_")} <= set(shown)


@pytest.mark.parametrize(
    "words",
    [
        ["check", "rules", "alerts.yml"],
        ["check", "config", "--syntax-only", "prometheus.yml"],
        ["test", "rules", "alerts_test.yml"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_promtool_agrees(words):
    promtool = shutil.which("promtool")
    if promtool is None:
        if os.environ.get("CI"):
            pytest.fail("promtool is absent in CI: scripts/install_system.sh brings it")
        pytest.skip("promtool is not on PATH")
    done = subprocess.run([promtool, *words], cwd=RULES.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_proved_to_fire_and_to_be_silent():
    told: dict[str, set[bool]] = {}
    for case in yaml.safe_load((RULES.parent / "alerts_test.yml").read_text())["tests"]:
        for one in case["alert_rule_test"]:
            told.setdefault(one["alertname"], set()).add(bool(one.get("exp_alerts")))
    assert {str(rule["alert"]): {True, False} for rule in _alerts()} == told
