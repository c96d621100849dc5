"""Plans: a small FastAPI service for Kubernetes unless told otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fops.onboarding.model import (
    CERTAIN,
    EnvVariable,
    Fact,
    OnboardingPlan,
    Process,
    ServicePlan,
    Source,
    Target,
)


def a_fact(name: str, value: Any, **changes: Any) -> Fact:
    fact = Fact(
        name=name, value=value, rule=f"test.{name}", confidence=CERTAIN, file="pyproject.toml", line=1
    )
    return replace(fact, **changes)


def a_service(**changes: Any) -> ServicePlan:
    service = ServicePlan(
        name="shop-api",
        path=".",
        context=".",
        language="python",
        package_manager="pip",
        framework="fastapi",
        runtime_version="3.13",
        install_command="pip install -r requirements.txt",
        build_command="",
        start_command="uvicorn app.main:app --host 0.0.0.0 --port 8000",
        release_command="",
        test_command="pytest",
        lint_command="ruff check .",
        port=8000,
        health_path="/healthz",
        metrics_path=None,
        output_folder=None,
        static=False,
        image="ghcr.io/acme/shop-api",
        processes=(
            Process(name="web", command="uvicorn app.main:app --host 0.0.0.0 --port 8000", port=8000),
        ),
        backing=("postgres", "redis"),
        env=(
            EnvVariable(name="DATABASE_URL", secret=True),
            EnvVariable(name="REDIS_URL", default="redis://localhost:6379/0"),
            EnvVariable(name="LOG_LEVEL", default="info"),
        ),
        files=frozenset({"requirements.txt", "pyproject.toml", "app/main.py"}),
        dockerfile=None,
        evidence={},
    )
    service = replace(service, **changes)
    if "evidence" in changes:
        return service
    facts = ("language", "package_manager", "framework", "runtime_version", "install_command", "build_command", "start_command",
             "release_command", "test_command", "lint_command", "port", "health_path", "metrics_path", "output_folder", "static")  # fmt: skip
    evidence = {
        name: a_fact(name, getattr(service, name))
        for name in facts
        if getattr(service, name) not in {None, "", False}
    }
    evidence |= {
        "services": a_fact("services", list(service.backing)),
        "env": a_fact("env", [variable.name for variable in service.env]),
        "processes": a_fact("processes", [process.name for process in service.processes]),
    }
    return replace(service, evidence=evidence)


def a_source(**changes: Any) -> Source:
    source = Source(
        url="https://github.com/acme/shop",
        owner="acme",
        name="shop",
        default_branch="main",
        ref=None,
        commit="a" * 40,
    )
    return replace(source, **changes)


def a_plan(*services: ServicePlan, **changes: Any) -> OnboardingPlan:
    plan = OnboardingPlan(
        source=a_source(),
        target=Target.K8S,
        environments=("staging", "prod"),
        services=services or (a_service(),),
        assumptions=(),
        existing=frozenset(),
        fops_version="0.1.0",
    )
    return replace(plan, **changes)


NODE_SPA = {
    "name": "web", "language": "node", "package_manager": "npm", "framework": "vite", "runtime_version": "24",
    "install_command": "npm ci", "build_command": "npm run build", "start_command": "", "test_command": "npm test",
    "lint_command": "npm run lint", "port": None, "health_path": None, "output_folder": "dist", "static": True,
    "processes": (), "backing": (), "env": (), "image": "ghcr.io/acme/web",
    "files": frozenset({"package.json", "package-lock.json", "index.html", "vite.config.js"}),
}  # fmt: skip

GO_API_AND_WORKER = {
    "name": "jobs", "language": "go", "package_manager": "go", "framework": "chi", "runtime_version": "1.25",
    "install_command": "go mod download", "build_command": "go build -o bin/ ./cmd/...", "start_command": "bin/api",
    "test_command": "go test ./...", "lint_command": "go vet ./...", "port": 8080, "health_path": "/healthz",
    "metrics_path": "/metrics",
    "processes": (Process(name="web", command="bin/api", port=8080), Process(name="worker", command="bin/worker")),
    "backing": ("redis",), "image": "ghcr.io/acme/jobs",
    "files": frozenset({"go.mod", "go.sum", "cmd/api/main.go", "cmd/worker/main.go"}),
}  # fmt: skip

SPRING = {
    "name": "orders", "language": "java", "package_manager": "maven", "framework": "spring-boot", "runtime_version": "21",
    "install_command": "", "build_command": "./mvnw -B -DskipTests package", "start_command": "java -jar target/orders-1.0.0.jar",
    "test_command": "./mvnw -B test", "lint_command": "", "port": 8080, "health_path": "/actuator/health",
    "metrics_path": None, "processes": (Process(name="web", command="java -jar target/orders-1.0.0.jar", port=8080),),
    "backing": ("mysql",), "image": "ghcr.io/acme/orders",
    "files": frozenset({"pom.xml", "mvnw", ".mvn/wrapper/maven-wrapper.properties"}),
}  # fmt: skip
