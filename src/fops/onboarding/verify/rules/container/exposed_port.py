"""A Dockerfile exposes the port the program listens on, by the plan.

Pass: `EXPOSE 8000` for a service on 8000; no EXPOSE for a worker. Fail: `EXPOSE 8080` for a service on 8000.
A static site has no port of its own: there the web server in the image decides.
"""

from __future__ import annotations

from collections.abc import Iterator

from fops.onboarding.model import ServicePlan
from fops.onboarding.verify.bundle import Bundle, File, is_dockerfile
from fops.onboarding.verify.dockerfile import last_stage
from fops.onboarding.verify.finding import Finding, Rule


def owner(bundle: Bundle, file: File) -> ServicePlan | None:
    """The service a Dockerfile is of: the one whose folder it stands in."""
    folder = file.place.rpartition("/")[0]
    return next((service for service in bundle.plan.services if service.prefix.rstrip("/") == folder), None)


def exposed(text: str) -> dict[int, int]:
    """Port → line of each EXPOSE in the last stage that names a number."""
    words = [
        (word, item.line) for item in last_stage(text) if item.word == "EXPOSE" for word in item.rest.split()
    ]
    return {int(word.partition("/")[0]): line for word, line in words if word.partition("/")[0].isdigit()}


def _find(bundle: Bundle) -> Iterator[Finding]:
    for file in bundle.files:
        service = owner(bundle, file) if is_dockerfile(file) else None
        if service is None or service.static or service.port is None:
            continue
        ports = exposed(file.text)
        if service.port not in ports:
            said = ", ".join(str(port) for port in ports) or "nothing"
            line = next(iter(ports.values()), None)
            yield Finding(file.path, f"exposes {said}, but {service.name} listens on {service.port}", line)


RULE = Rule("exposed-port", is_dockerfile, _find)
