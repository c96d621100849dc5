"""Alerts and dashboards ask only for metrics that the cluster, or this program, really exports.

Pass: `kube_deployment_status_replicas_available`; `go_goroutines` of a Go program with a metrics path.
Fail: `http_requests_total`, which no library exports by itself; `go_goroutines` of a program without a metrics path.
The known names stand in metrics.json: kube-state-metrics, cAdvisor, the kubelet, and the default collectors of the
official Prometheus clients (for Java, Micrometer's).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from fops.onboarding.model import OnboardingPlan
from fops.onboarding.verify.bundle import Bundle, File
from fops.onboarding.verify.finding import Finding, Rule

_NOT_NAMES = re.compile(
    r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\{[^}]*\}|\[[^\]]*\]|"
    r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)"
)
_NAME = re.compile(r"(?<![\w$:.])[A-Za-z_:][\w:]*(?!\s*\()(?![\w:])")
_WORDS = frozenset(
    {
        "and",
        "or",
        "unless",
        "bool",
        "offset",
        "by",
        "without",
        "on",
        "ignoring",
        "group_left",
        "group_right",
        "inf",
        "nan",
    }
)


def metrics(expression: str) -> set[str]:
    """The names of the metrics a PromQL expression reads."""
    names = _NAME.findall(_NOT_NAMES.sub(" ", expression))
    return {name for name in names if name.lower() not in _WORDS}


def _takes(file: File) -> bool:
    return "/monitoring/" in file.place and any(
        True for document in file.documents for _ in _expressions(document, "")
    )


def _find(bundle: Bundle) -> Iterator[Finding]:
    known = _exported(bundle.plan)
    for file in bundle.files:
        if not _takes(file):
            continue
        recorded = set(re.findall(r"\brecord:\s*[\"']?([\w:]+)", file.text))
        for document in file.documents:
            for path, expression in _expressions(document, ""):
                for name in sorted(metrics(expression) - known - recorded):
                    yield Finding(file.path, f"nothing is known to export {name}", file.line(path))


def _expressions(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every `expr` in a document, with its path."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            place = f"{path}.{key}".removeprefix(".")
            yield from (
                [(place, item)] if key == "expr" and isinstance(item, str) else _expressions(item, place)
            )
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            yield from _expressions(item, f"{path}.{index}".removeprefix("."))


def _exported(plan: OnboardingPlan) -> frozenset[str]:
    known = _known()
    languages = {service.language for service in plan.services if service.metrics_path}
    groups = ["cluster", *(["process"] if languages else []), *sorted(languages)]
    return frozenset(name for group in groups for name in known.get(group, ()))


@cache
def _known() -> dict[str, tuple[str, ...]]:
    text = resources.files(__package__).joinpath("metrics.json").read_text("utf-8")
    return {group: tuple(names) for group, names in json.loads(text).items() if isinstance(names, list)}


RULE = Rule("metrics-known", _takes, _find)
