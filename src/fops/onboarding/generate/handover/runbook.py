"""The runbook: what the services are, how to deploy, undo and look, and what has to be set up by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from fops.onboarding.generate.cloud.serverless import unset_parameters
from fops.onboarding.generate.handover.service_file import environments
from fops.onboarding.generate.kubernetes import host, namespace, release_job, secret_name, tls_name, workloads
from fops.onboarding.generate.kubernetes.base import settable
from fops.onboarding.generate.kubernetes.names import claim_name
from fops.onboarding.generate.pipeline import workflow
from fops.onboarding.generate.pipeline.scripts import kind_of
from fops.onboarding.generate.render import Escaped, because, render
from fops.onboarding.model import Artifact, OnboardingPlan, ServicePlan, Target
from fops.onboarding.plan.names import lettered

PATH = "docs/runbook.md"
_SETTING = re.compile(r"\b(vars|secrets)\.([A-Za-z_][A-Za-z0-9_]*)")
_OF_THE_BUILD = (
    "what the build writes into pages that every visitor can read; one value for every environment, since they share what "
    "was built; the deploy script takes it from its own environment"
)
_MEANINGS = MappingProxyType(
    {
        "AWS_ROLE_ARN": "role the pipeline becomes by OIDC, one for each environment",
        "AWS_REGION": "region to deploy to",
        "EKS_CLUSTER": "name of the EKS cluster, where it is one",
        "KUBE_SERVER": "address of the API server of a cluster that trusts GitHub's tokens; also the token's audience",
        "KUBE_CA": "certificate authority of that API server, base64",
        "GKE_CLUSTER": "name of the GKE cluster",
        "GKE_LOCATION": "its region or zone",
        "GCP_WORKLOAD_IDENTITY_PROVIDER": "full name of the workload identity provider that trusts GitHub's tokens",
        "GCP_SERVICE_ACCOUNT": "service account the pipeline becomes",
        "REGISTRY": "ECR registry of the images; empty for the one of the signed-in account",
        "REGISTRY_USERNAME": "account that may push images",
        "REGISTRY_PASSWORD": "its token; the one stored key, since this registry knows no OIDC",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A variable or secret of GitHub that the pipeline reads."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A service in words. `workers` are its processes without a port, `deployments` its names in a cluster.

    `release` is its release command and `job` the Job that runs it, both empty where there is none; `certificate` is
    the secret of its host, None where nothing comes in; `to_set` is configuration without a value; `data` is the file
    that no database server keeps and `claim` that on its volume, empty without one.
    """

    name: str
    stack: str
    path: str
    says: str
    secrets: tuple[str, ...]
    secret: str
    release: str
    job: str
    workers: tuple[str, ...]
    deployments: tuple[str, ...]
    certificate: str | None
    host: str
    to_set: tuple[str, ...]
    data: str
    claim: str
    because: Callable[..., Escaped]


def artifacts(plan: OnboardingPlan) -> Iterator[Artifact]:
    """The runbook."""
    kind = "pages" if plan.pages else kind_of(plan)
    backing = tuple(dict.fromkeys(name for service in plan.services for name in service.backing))
    settings = tuple(settings_of(plan))
    repository = f"{plan.source.owner or 'OWNER'}/{plan.source.name}"
    yield render(
        "runbook/runbook.md.j2",
        path=PATH,
        reason="Says what runs, how to deploy, undo and look at it, and what to set up by hand.",
        facts=[f"{service.name}:language" for service in plan.services],
        name=plan.name,
        stack=lettered(plan.name),
        kind=kind,
        script=workflow.script_path(plan),
        services=[_described(plan, service) for service in plan.services],
        rests_on=[f"{', '.join(backing)} beside it"] if backing else [],
        backing=backing,
        releases=any(service.releases_on(plan.target) for service in plan.services),
        environments=[item for item in environments(plan) if not plan.pages or item.name == plan.production],
        github_environments=_github_environments(plan),
        first=plan.environments[0],
        production=plan.production,
        production_namespace=namespace(plan, plan.production),
        branch=plan.source.default_branch,
        settings=settings,
        aws=any(setting.name == "AWS_ROLE_ARN" for setting in settings),
        subject=f"repo:{repository}:environment:ENVIRONMENT",
        branch_subject=f"repo:{repository}:ref:refs/heads/{plan.source.default_branch}",
        repository=plan.source.name,
        configuration=unset_parameters(plan) if plan.target is Target.SERVERLESS else (),
        checks=[
            command
            for service in plan.services
            for command in (service.lint_command, service.test_command)
            if command
        ],
    )


def settings_of(plan: OnboardingPlan) -> Iterator[Setting]:
    """Every GitHub variable and secret the plan's own workflow reads, as its text says, in the order of their names."""
    text = "".join(artifact.text for artifact in workflow.artifacts(plan))
    built = {
        variable.name: _OF_THE_BUILD for service in plan.services for variable in service.build_variables
    }
    meanings = {**built, **_MEANINGS}
    for kind, name in sorted(set(_SETTING.findall(text)), key=lambda found: found[1]):
        if name in meanings:  # a command of the repository may look like one
            yield Setting(
                name=name, kind="secret" if kind == "secrets" else "variable", meaning=meanings[name]
            )


def _github_environments(plan: OnboardingPlan) -> list[dict[str, object]]:
    if plan.pages:
        return [{"name": "github-pages", "protected": True}]
    return [{"name": name, "protected": name == plan.production} for name in plan.environments]


def _described(plan: OnboardingPlan, service: ServicePlan) -> Described:
    running, job = workloads(plan, service), release_job(plan, service)
    made_with = f"{service.language}, {service.framework}" if service.framework else service.language
    port = f" on port {service.port}" if service.port else ""
    return Described(
        name=service.name,
        stack=lettered(service.name),
        path=service.path,
        says=f"a static site ({made_with})" if service.static else f"a service ({made_with}){port}",
        secrets=tuple(variable.name for variable in service.secrets),
        secret=secret_name(service),
        release=service.release_command,
        job=job.name if job else "",
        workers=tuple(process.name for process in service.processes if process.port is None),
        deployments=tuple(workload.name for workload in running),
        certificate=tls_name(service) if running[0].port else None,
        host=host(service, plan.production),
        to_set=tuple(variable.name for variable in settable(service)),
        data=service.data.path if service.data else "",
        claim=claim_name(service) if running[0].runtime.data else "",
        because=because(service),
    )
