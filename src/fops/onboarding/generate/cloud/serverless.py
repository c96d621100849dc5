"""AWS Lambda: one SAM template for every service, its parameters per environment, and the image's adapter.

A web server is packaged as its own container image plus the Lambda Web Adapter: any framework, any language, and
the same image as everywhere else. Only a program that already is a Lambda function (the default handler file, no
start command) becomes a zip, and only where all of the plan's services are such.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, count
from posixpath import dirname, relpath
from types import MappingProxyType

from fops.onboarding.generate.backing import points_home
from fops.onboarding.generate.container import images, runtime
from fops.onboarding.generate.render import Escaped, because, render
from fops.onboarding.generate.render.places import place
from fops.onboarding.model import Artifact, OnboardingPlan, ServicePlan, Target
from fops.onboarding.plan.defaults import FUNCTION_FILES

FOLDER = "deploy/serverless"
ADAPTER = "1.0.0"  # the release the Lambda Web Adapter's own README names
_DEFAULT_PORT = 8080  # what the adapter itself takes
# File and handler that the Lambda console starts a function with; a repository that has it is a function already.
_HANDLERS = MappingProxyType({
    "python": "lambda_function.lambda_handler",
    "node": "index.handler",
})  # fmt: skip
_RUNTIMES = MappingProxyType({
    "python": ("python{}", ("3.14", "3.13", "3.12", "3.11", "3.10")),
    "node": ("nodejs{}.x", ("24", "22")),
})  # fmt: skip
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html: names a function may not set itself.
_RESERVED = re.compile(
    r"_.*|PORT|AWS_(REGION|DEFAULT_REGION|ACCESS_KEY.*|SECRET_ACCESS_KEY|SESSION_TOKEN|EXECUTION_ENV|LAMBDA_.*)"
)
_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A configuration variable as a parameter of the stack, so that each environment can have its own value."""

    name: str
    parameter: str
    default: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One service as a function. `secrets` are variables with the reference that CloudFormation resolves.

    `runtime`, `handler` and `code` are set for a zip alone.
    """

    id: str
    service: ServicePlan
    port: int
    health_path: str
    parameters: tuple[Parameter, ...]
    secrets: tuple[tuple[str, str], ...]
    runtime: str | None = None
    handler: str | None = None
    code: str | None = None

    @property
    def because(self) -> Callable[..., Escaped]:
        """The mark for the facts of this function's service."""
        return because(self.service)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm every function gets. `statistic` is the property that chooses it and its value; thresholds are per minute."""

    id: str
    description: str
    metric: str
    threshold: int
    periods: int
    namespace: str = "AWS/Lambda"
    statistic: tuple[str, str] = ("Statistic", "Sum")


ALARMS = (
    Alarm(id="Errors", description="fails on requests", metric="Errors", threshold=5, periods=1),
    Alarm(id="Throttles", description="is refused by the concurrency limit", metric="Throttles", threshold=1, periods=3),
    # 24 of the 29 seconds after which a request is cut off.
    Alarm(id="Slow", description="is near its timeout", metric="Duration", threshold=24_000, periods=3,
          statistic=("ExtendedStatistic", "p95")),
    Alarm(id="Failures", description="answers with 5xx", metric="5xx", threshold=5, periods=1, namespace="AWS/ApiGateway"),
)  # fmt: skip
# None of these ends like another, so that resources of `api` are never called like those of a service `api-http`.
_RESOURCES = ("Function", "Http", "Role", "Logs", "Requests", *(alarm.id for alarm in ALARMS))
_PARAMETERS = frozenset({
    "Environment", "Registry", "Version", "Rollout", "MemorySize", "LogRetentionDays", "AlarmTopicArn", "SubnetIds",
    "SecurityGroupIds",
})  # fmt: skip


def artifacts(plan: OnboardingPlan) -> Iterator[Artifact]:
    """The template, its parameters and, for images, the Dockerfiles of the services and the one that adds the adapter."""
    if plan.target is not Target.SERVERLESS:
        return
    zipped = is_zipped(plan)
    functions = _functions(plan)
    facts = [f"{service.name}:language" for service in plan.services]
    yield render(
        "serverless/template.yaml.j2",
        path=f"{FOLDER}/template.yaml",
        reason="The AWS resources of every service: function, HTTP API, role, logs and alarms.",
        facts=facts,
        name=plan.name,
        description=f"{plan.name} as AWS Lambda functions behind HTTP APIs",
        functions=functions,
        images=not zipped,
        private=any(service.backing for service in plan.services),
        alarms=ALARMS,
    )
    for environment in plan.environments:
        yield _parameters(plan, environment, functions)
    if not zipped:
        yield from images(plan)
        yield render(
            "serverless/Dockerfile.j2",
            path=f"{FOLDER}/Dockerfile",
            reason="Adds the Lambda Web Adapter to a service's image, so that its HTTP server answers Lambda's events.",
            facts=facts,
            adapter=ADAPTER,
        )


def is_zipped(plan: OnboardingPlan) -> bool:
    """Whether every program already is a Lambda function, which a zip serves better than a container."""
    return plan.target is Target.SERVERLESS and all(_is_function(service) for service in plan.services)


def url_output(plan: OnboardingPlan, service: ServicePlan) -> str:
    """The name of the stack's output that tells where a service answers."""
    return f"{_ids(plan)[service.name]}Url"


def unset_parameters(plan: OnboardingPlan) -> tuple[str, ...]:
    """The configuration that has no value yet: it is set by hand in the parameter files."""
    return tuple(
        item.parameter for function in _functions(plan) for item in function.parameters if not item.default
    )


def parameters_path(environment: str) -> str:
    """The file with the stack's parameters of one environment."""
    return f"{FOLDER}/parameters/{environment}.json"


def _is_function(service: ServicePlan) -> bool:
    return FUNCTION_FILES.get(service.language) in service.files and not service.start_command


def _functions(plan: OnboardingPlan) -> tuple[Function, ...]:
    ids = _ids(plan)
    taken = {*_PARAMETERS, *(f"{id_}{resource}" for id_ in ids.values() for resource in _RESOURCES)}
    return tuple(_function(plan, service, ids[service.name], taken) for service in plan.services)


def _ids(plan: OnboardingPlan) -> dict[str, str]:
    """What the resources of each service begin with: `api-2` and `api2` are the same in letters and digits alone."""
    ids: dict[str, str] = {}
    for service in plan.services:
        ids[service.name] = _unused(_camel(service.name), ids.values())
    return ids


def _unused(name: str, taken: Collection[str]) -> str:
    return next(one for one in chain([name], (f"{name}N{number}" for number in count(2))) if one not in taken)


def _function(plan: OnboardingPlan, service: ServicePlan, id_: str, taken: set[str]) -> Function:
    runs, zipped = runtime(service), is_zipped(plan)
    code = relpath(service.path, dirname(place(f"{FOLDER}/template.yaml", plan.existing)))
    return Function(
        id=id_,
        service=service,
        port=runs.port or _DEFAULT_PORT,
        health_path=runs.health_path or "/",
        parameters=tuple(_parameters_of(service, id_, taken)),
        secrets=tuple(_reference(service, item.name) for item in service.secrets if _settable(item.name)),
        runtime=_runtime(service) if zipped else None,
        handler=_HANDLERS[service.language] if zipped else None,
        code=code if zipped else None,
    )


def _parameters_of(service: ServicePlan, id_: str, taken: set[str]) -> Iterator[Parameter]:
    """The parameters of a service; `taken` are the names of the template so far, to which theirs are added."""
    for variable in service.configuration:
        if not _settable(variable.name):
            continue
        parameter = _unused(f"{id_}{_camel(variable.name)}", taken)
        taken.add(parameter)
        yield Parameter(
            name=variable.name,
            parameter=parameter,
            default="" if points_home(variable) else variable.default or "",
        )


def _reference(service: ServicePlan, name: str) -> tuple[str, str]:
    secret = f"{service.name}/${{Environment}}"
    return name, f"{{{{resolve:secretsmanager:{secret}:SecretString:{name}}}}}"


def _settable(name: str) -> bool:
    return bool(_VARIABLE.fullmatch(name)) and not _RESERVED.fullmatch(name)


def _runtime(service: ServicePlan) -> str:
    pattern, versions = _RUNTIMES[service.language]
    pinned = next(
        (version for version in versions if f"{service.runtime_version}.".startswith(f"{version}.")), None
    )
    return pattern.format(pinned or versions[0])


def _parameters(plan: OnboardingPlan, environment: str, functions: Iterable[Function]) -> Artifact:
    production = environment == plan.production
    values = {
        "Environment": environment,
        "Rollout": "Canary10Percent5Minutes" if production else "AllAtOnce",
        "MemorySize": "1024" if production else "512",
        "LogRetentionDays": "90" if production else "14",
        "AlarmTopicArn": "",
    }
    configured = {item.parameter: item.default for function in functions for item in function.parameters}
    return render(
        "serverless/parameters.json.j2",
        path=parameters_path(environment),
        reason=f"What differs in {environment}: sizes, log retention, roll-out and configuration.",
        facts=[f"{service.name}:{fact}" for service in plan.services for fact in ("language", "env")],
        values=values | configured,
    )


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]+", name))
