"""Backing services beside a test job, and the variables that point the tests at them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from fops.onboarding.generate.backing import Backing, backing, connection, required
from fops.onboarding.generate.render.escape import Escaped, escape_workflow
from fops.onboarding.model import ServicePlan

# Containers that live as long as the job need a password that nobody has to keep, and no file has to hold.
_THROWAWAY = "Test-${{ github.run_id }}"
_PASSWORD = "Password-PLACEHOLDER"  # noqa: S105 - stands in the values until they are escaped


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container of a job. `healthy` is the command that says it is ready, None where none can be written."""

    name: str
    image: str
    port: int
    env: tuple[tuple[str, Escaped], ...]
    healthy: str | None


def containers(service: ServicePlan) -> Iterator[Container]:
    """What the tests of a service need beside them; a kind that is not known is left out."""
    for name in service.backing:
        if known := backing(name):
            yield Container(
                name=name,
                image=known.image,
                port=known.port,
                env=_environment(name, known),
                healthy=_healthy(known),
            )


def variables(service: ServicePlan) -> Iterator[tuple[str, Escaped]]:
    """The service's variables that tell where those containers are."""
    for variable in service.env:
        value = connection(service, variable.name, host="localhost", secret=_PASSWORD)
        if value is not None and re.fullmatch(r"[A-Za-z_]\w*", variable.name, re.ASCII):
            yield variable.name, _with_password(value)


def _with_password(value: str) -> Escaped:
    return Escaped(escape_workflow(value).replace(_PASSWORD, _THROWAWAY))


def _environment(name: str, known: Backing) -> tuple[tuple[str, Escaped], ...]:
    """As on a developer's machine, with our own password, announcing itself by the name the job knows."""
    secret = required(known.kept_in) if known.kept_in else None
    own = f"{name}:{known.port}"
    return tuple(
        (key, _with_password(_PASSWORD if value == secret else value.replace(own, f"localhost:{known.port}")))
        for key, value in known.environment.items()
    )


def _healthy(known: Backing) -> str | None:
    form, *words = known.health
    command = words[0] if form == "CMD-SHELL" else shlex.join(words)
    return None if {'"', "$"} & set(command) else command
