"""The plan as one JSON document, and its digest: what a person approves and a later run compares."""

from __future__ import annotations

from typing import Any

from fops.kernel.canonical import digest
from fops.onboarding.model import OnboardingPlan, ServicePlan

SCHEMA = "fops.onboarding-plan/v1"


def plan_json(plan: OnboardingPlan) -> dict[str, Any]:
    """All that the artifacts depend on, and nothing that changes while they do not: no commit, no path of a machine."""
    return {
        "schema": SCHEMA,
        "fops": plan.fops_version,
        "rules": plan.rules_version,
        "source": {
            "owner": plan.source.owner,
            "name": plan.source.name,
            "default_branch": plan.source.default_branch,
        },
        "target": plan.target.value,
        "environments": list(plan.environments),
        "pages": plan.pages,
        "services": [_service(service) for service in plan.services],
        "assumptions": [one.as_json() for one in plan.assumptions],
    }


def plan_digest(plan: OnboardingPlan) -> str:
    """SHA-256 over the canonical JSON of the document."""
    return digest(plan_json(plan))


def _service(service: ServicePlan) -> dict[str, Any]:
    return {
        "name": service.name,
        "path": service.path,
        "context": service.context,
        "language": service.language,
        "package_manager": service.package_manager,
        "framework": service.framework,
        "runtime_version": service.runtime_version,
        "install_command": service.install_command,
        "build_command": service.build_command,
        "start_command": service.start_command,
        "release_command": service.release_command,
        "test_command": service.test_command,
        "lint_command": service.lint_command,
        "port": service.port,
        "health_path": service.health_path,
        "metrics_path": service.metrics_path,
        "output_folder": service.output_folder,
        "static": service.static,
        "image": service.image,
        "processes": [
            {"name": one.name, "command": one.command, "port": one.port} for one in service.processes
        ],
        "backing": list(service.backing),
        "env": [
            {"name": one.name, "default": one.default, "secret": one.secret, "built": one.built}
            for one in service.env
        ],
        "data": service.data and {"path": service.data.path, "folder": service.data.folder},
        "dockerfile": None if service.dockerfile is None else service.dockerfile.path,
        "facts": {name: fact.as_json() for name, fact in service.evidence.items()},
    }
