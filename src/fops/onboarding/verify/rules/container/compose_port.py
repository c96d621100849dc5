"""Compose publishes the port that the service's program opens.

Pass: `"8000:8000"` for a service on 8000. Fail: `"8000:3000"` for it: nothing answers behind that port.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fops.onboarding.model import ServicePlan
from fops.onboarding.verify.bundle import Bundle, File, dig, is_compose, is_dockerfile, items, mapping
from fops.onboarding.verify.finding import Finding, Rule
from fops.onboarding.verify.rules.container.exposed_port import exposed, owner


def _find(bundle: Bundle) -> Iterator[Finding]:
    services = {service.name: service for service in bundle.plan.services}
    for file in bundle.files:
        for document in file.documents if is_compose(file) else ():
            for name, data in mapping(dig(document, "services")).items():
                if name in services:
                    yield from _judge(file, services[name], mapping(data), _expected(bundle, services[name]))


def _judge(
    file: File, service: ServicePlan, data: Mapping[str, Any], expected: frozenset[int]
) -> Iterator[Finding]:
    for index, port in enumerate(items(data.get("ports"))):
        inside = port.get("target") if isinstance(port, Mapping) else _inside(str(port))
        if expected and inside not in expected:
            listens = " or ".join(str(number) for number in sorted(expected))
            line = file.line(f"services.{service.name}.ports.{index}")
            yield Finding(
                file.path, f"publishes port {inside} of {service.name}, which listens on {listens}", line
            )


def _inside(port: str) -> int | None:
    """The container's port of `[[host:]published:]inside[/protocol]`."""
    number = re.search(r"(\d+)(?:/\w+)?$", port)
    return int(number[1]) if number else None


def _expected(bundle: Bundle, service: ServicePlan) -> frozenset[int]:
    if service.port is not None and not service.static:
        return frozenset({service.port, *(process.port for process in service.processes if process.port)})
    mine = (file for file in bundle.files if is_dockerfile(file) and owner(bundle, file) == service)
    return frozenset(port for file in mine for port in exposed(file.text))


RULE = Rule("compose-port", is_compose, _find)
