"""Django's build: `collectstatic` reads the settings, which demand what only a started container is given."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from fops.onboarding.generate.backing import connection
from fops.onboarding.generate.container.commands import needs_shell
from fops.onboarding.model import EnvVariable, ServicePlan

_STAND_IN = "only-for-the-build"


def build_command(service: ServicePlan) -> str:
    """The build with stand-ins for this one command: the key Django refuses to be without, and where its stores are.

    Other variables stay unset: many settings take one that is set as the wish to use what it is about.
    """
    given = _stand_ins(service) if service.framework == "django" and service.build_command else {}
    if not given:
        return service.build_command
    assigned = " ".join(f"{name}={shlex.quote(value)}" for name, value in given.items())
    if needs_shell(service.build_command):
        return f"export {assigned} && {service.build_command}"
    return f"{assigned} {service.build_command}"


def _stand_ins(service: ServicePlan) -> Mapping[str, str]:
    values = {variable.name: _stand_in(service, variable) for variable in service.env if not variable.default}
    return {name: value for name, value in values.items() if value}


def _stand_in(service: ServicePlan, variable: EnvVariable) -> str | None:
    if variable.name.endswith("SECRET_KEY") and not variable.name.startswith("AWS_"):
        return _STAND_IN
    value = connection(service, variable.name, host="localhost", secret=_STAND_IN)
    return value and value.replace(f":{_STAND_IN}@", "@")  # an address needs no password to be read
