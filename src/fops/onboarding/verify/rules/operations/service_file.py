"""The service file `fops.yaml` is one that deployments can read, and tells of this plan's services and environments.

Pass: schema `fops.service/v1`, every service and environment of the plan. Fail: an unknown member; a service left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from fops.catalog import parse
from fops.kernel.errors import FopsError
from fops.onboarding.verify.bundle import Bundle, File
from fops.onboarding.verify.finding import Finding, Rule


def _takes(file: File) -> bool:
    return file.name == "fops.yaml"


def _find(bundle: Bundle) -> Iterator[Finding]:
    for file in bundle.files:
        if _takes(file):
            yield from _judge(bundle, file)


def _judge(bundle: Bundle, file: File) -> Iterator[Finding]:
    try:
        read = parse(file.text, name=file.path)
    except FopsError as error:
        yield Finding(file.path, error.message)
        return
    missing = {service.name for service in bundle.plan.services} - {service.name for service in read.services}
    missing |= set(bundle.plan.environments) - {environment.name for environment in read.environments}
    for name in sorted(missing):
        yield Finding(file.path, f"the plan's {name} is left out")


RULE = Rule("service-file", _takes, _find)
