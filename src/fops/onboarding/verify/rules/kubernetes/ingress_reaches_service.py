"""An Ingress leads to a Service that exists, on a port that Service has.

Pass: backend `shop-api`, port name `http`, and Service `shop-api` has a port named `http`.
Fail: backend `shop`, where the Service is called `shop-api`; port 8000, where it listens on 80.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fops.onboarding.verify.bundle import Bundle, dig, numbered
from fops.onboarding.verify.finding import Finding, Rule
from fops.onboarding.verify.manifests import Manifest, holds, manifests


def _find(bundle: Bundle) -> Iterator[Finding]:
    services = {service.name: service for service in manifests(bundle, "Service")}
    for ingress in manifests(bundle, "Ingress"):
        for path, backend in _backends(ingress):
            name, port = dig(backend, "service", "name"), dig(backend, "service", "port")
            if str(name) not in services:
                says = f"{ingress} leads to Service {name}, which is not among these manifests"
                yield Finding(ingress.file.path, says, ingress.line(f"{path}.service.name"))
            elif not _has(services[name], port):
                says = f"{ingress} leads to port {dig(port, 'name') or dig(port, 'number')}, which Service {name} has not"
                yield Finding(ingress.file.path, says, ingress.line(f"{path}.service.port"))


def _backends(ingress: Manifest) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if default := dig(ingress.data, "spec", "defaultBackend"):
        yield "spec.defaultBackend", default
    for index, rule in numbered(dig(ingress.data, "spec", "rules")):
        for number, path in numbered(dig(rule, "http", "paths")):
            yield f"spec.rules.{index}.http.paths.{number}.backend", path.get("backend", {})


def _has(service: Manifest, port: Any) -> bool:
    ports = [item for _, item in numbered(dig(service.data, "spec", "ports"))]
    if dig(port, "name"):
        return any(item.get("name") == port["name"] for item in ports)
    return any(item.get("port") == dig(port, "number") for item in ports)


RULE = Rule("ingress-reaches-service", holds("Ingress"), _find)
