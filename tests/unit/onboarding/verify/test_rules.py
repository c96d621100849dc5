"""Each rule of our own: the sound set passes, and one changed word is found, with its line."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from factories.artifacts import DEPLOYMENT, SOUND, an_artifact, sound_artifacts
from factories.plans import SPRING, a_plan, a_service
from fops.onboarding.model import Artifact, Check, OnboardingPlan
from fops.onboarding.verify import verify
from fops.onboarding.verify.rules import RULES

BASE = "deploy/k8s/base/shop-api"
PROD = "deploy/k8s/overlays/prod"
WORKFLOW = ".github/workflows/pipeline.yml"
DIGITS = "3d3c42e5aac5ba805825da76410c181273ba90b1"


@dataclass(frozen=True)
class Broken:
    """One edit of the sound set, what must be said of it, and what stands on the line it must point to."""

    rule: str
    path: str
    old: str
    new: str
    says: str
    at: str | None

    def __str__(self) -> str:
        return f"{self.rule}-{self.says.replace(' ', '-')}"


BROKEN = [
    Broken("parses", "fops.yaml", "schema: fops", "schema: x\nschema: fops", "duplicate key", "schema: fops"),
    Broken("parses", "deploy/static/parameters/prod.json", '"ParameterKey"', '"ParameterValue"', "twice", None),
    Broken("parses", "compose.yaml", "services:", "services: [", "not valid YAML", "build:"),
    Broken("no-hidden-characters", "scripts/deploy.sh", "-eu", "-eu # \u202e", "U+202E", "set -eu"),
    Broken("no-secrets", f"{BASE}/configmap.yaml", "info", "ghp_" + "a1B2" * 9, "looks like a credential", "LOG_LEVEL"),
    Broken("no-secrets", f"{BASE}/configmap.yaml", "info", "redis://u:pw@h/0", "looks like a credential", "LOG_LEVEL"),
    Broken("no-secrets", "scripts/deploy.sh", "set", "API_TOKEN=" + "q8Zr2LmX0vTn5KcP7dWs" + "; set", "credential", "API_TOKEN"),
    Broken("no-moving-image", "Dockerfile", "python:3.13.7-slim\nWORKDIR /app\nCOPY --from", "python\nCOPY --from", "image python", "FROM python"),
    Broken("no-moving-image", "Dockerfile", "--from=build", "--from=nginx", "image nginx", "COPY --from=nginx /venv /venv"),
    Broken("no-moving-image", "compose.yaml", "17.6-alpine", "latest", "postgres:latest", "image: postgres:latest"),
    Broken("no-moving-image", f"{BASE}/deployment.yaml", "shop-api\n          ports", "x/y\n          ports", "x/y", "image: ghcr.io/acme/x/y"),
    Broken("no-moving-image", WORKFLOW, "$IMAGE:$GITHUB_SHA", "a/b:latest", "a/b:latest", 'run: docker build --tag "a/b:latest" .'),
    Broken("no-moving-image", WORKFLOW, "    runs-on", "    container: node\n    runs-on", "image node", "container: node"),
    Broken("exposed-port", "Dockerfile", "EXPOSE 8000", "EXPOSE 8080/tcp", "exposes 8080", "EXPOSE 8080/tcp"),
    Broken("exposed-port", "Dockerfile", "EXPOSE 8000\n", "", "exposes nothing", None),
    Broken("non-root-image", "Dockerfile", "10001:10001", "0:0", "runs as 0:0", "USER 0:0"),
    Broken("non-root-image", "Dockerfile", "USER 10001:10001\n", "", "no USER", "FROM python:3.13.7-slim"),
    Broken("compose-port", "compose.yaml", "8000:8000", "8000:3000", "publishes port 3000", '- "127.0.0.1:8000:3000"'),
    Broken("service-reaches-container", f"{BASE}/service.yaml", "targetPort: http", "targetPort: 9000", "port 9000", "targetPort: 9000"),
    Broken("service-reaches-container", f"{BASE}/service.yaml", "name: shop-api\n  ports", "name: x\n  ports", "chooses no pods", "selector:"),
    Broken("probe-is-served", f"{BASE}/deployment.yaml", "/healthz", "/health", "asks for /health", "path: /health"),
    Broken("probe-is-served", f"{BASE}/deployment.yaml", "port: http", "port: 9000", "asks port 9000", "readinessProbe:"),
    Broken("ingress-reaches-service", f"{BASE}/ingress.yaml", "name: shop-api\n                port", "name: x\n                port", "Service x", "name: x"),
    Broken("ingress-reaches-service", f"{BASE}/ingress.yaml", "name: http", "number: 8000", "port 8000", "port:"),
    Broken("selectors-match", f"{BASE}/deployment.yaml", "labels:\n        app.kubernetes.io/name: shop-api", "labels:\n        app: x", "its own pods", "selector:"),
    Broken("selectors-match", f"{PROD}/hpa.yaml", "name: shop-api\n  min", "name: shop\n  min", "scales Deployment/shop", "scaleTargetRef:"),
    Broken("selectors-match", f"{PROD}/pdb.yaml", "maxUnavailable: 1", "maxUnavailable: 0", "lets no pod go", "spec:"),
    Broken("selectors-match", f"{PROD}/pdb.yaml", "name: shop-api", "name: x", "chooses no pods", "selector:"),
    Broken("network-policy-admits", f"{BASE}/networkpolicy.yaml", "port: http", "port: 80", "no ingress on port http", "ingress:"),
    Broken("network-policy-admits", f"{BASE}/networkpolicy.yaml", "port: 53\n", "port: 54\n", "no name resolves", "egress:"),
    Broken("image-is-built", f"{PROD}/kustomization.yaml", "ghcr.io/acme/shop-api", "ghcr.io/acme/shop", "no container uses", "- name: ghcr.io/acme/shop"),
    Broken("image-is-built", WORKFLOW, "ghcr.io/acme/shop-api", "ghcr.io/acme/other", "nothing in the pipeline builds", "image: ghcr.io/acme/shop-api"),
    Broken("references-provided", f"{BASE}/deployment.yaml", "key: LOG_LEVEL", "key: LEVEL", "no key LEVEL", "- name: LOG_LEVEL"),
    Broken("references-provided", f"{BASE}/deployment.yaml", "name: shop-api-secrets", "name: x-secrets", "Secret x-secrets", "- name: DATABASE_URL"),
    Broken("references-provided", f"{BASE}/deployment.yaml", "key: DATABASE_URL", "key: DSN", "Secret shop-api-secrets", "- name: DATABASE_URL"),
    Broken("references-provided", f"{BASE}/deployment.yaml", "AccountName: shop-api", "AccountName: x", "ServiceAccount x", "serviceAccountName: x"),
    Broken("references-provided", f"{BASE}/ingress.yaml", "shop-api-tls", "x-tls", "Secret x-tls", "secretName: x-tls"),
    Broken("kustomization-complete", f"{PROD}/kustomization.yaml", "hpa.yaml", "scale.yaml", "scale.yaml, which does not exist", "- scale.yaml"),
    Broken("kustomization-complete", f"{PROD}/replicas.yaml", "shop-api", "shop", "patches Deployment/shop", "- path: replicas.yaml"),
    Broken("kustomization-complete", f"{PROD}/kustomization.yaml", "  - pdb.yaml\n", "", "never applied", None),
    Broken("pod-security", f"{BASE}/deployment.yaml", "runAsNonRoot: true", "runAsNonRoot: false", "may run as root", "securityContext:"),
    Broken("pod-security", f"{BASE}/deployment.yaml", "- ALL", "- NET_RAW", "keeps capabilities", "securityContext:"),
    Broken("pod-security", f"{BASE}/deployment.yaml", "Escalation: false", "Escalation: true", "may gain privileges", "securityContext:"),
    Broken("pod-security", f"{BASE}/deployment.yaml", "RuntimeDefault", "Unconfined", "no seccomp profile", "securityContext:"),
    Broken("pod-security", f"{BASE}/deployment.yaml", "      containers", "      hostNetwork: true\n      containers", "hostNetwork", "hostNetwork: true"),
    Broken("actions-pinned", WORKFLOW, DIGITS, "v7", "is at v7", "uses: "),
    Broken("actions-pinned", WORKFLOW, "actions/checkout", "evil/checkout", "not in the table", "uses: "),
    Broken("actions-pinned", WORKFLOW, "persist-credentials", "persist", "takes no input persist", "uses: "),
    Broken("actions-pinned", WORKFLOW, "# v7.0.1", "# v6.0.0", "says v6.0.0", "uses: "),
    Broken("settings-listed", WORKFLOW, "secrets.KUBE_CONFIG", "secrets.KUBE", "secrets.KUBE is not listed", "KUBE_CONFIG: ${{ secrets.KUBE }}"),
    Broken("scripts-exist", WORKFLOW, "scripts/deploy.sh", "scripts/ship.sh", "scripts/ship.sh, which does not", "run: scripts/ship.sh prod"),
    Broken("parameters-match", "deploy/static/parameters/prod.json", "Domain", "Name", "no parameter Name", "ParameterKey"),
    Broken("parameters-match", "deploy/static/parameters/prod.json", '"ParameterKey": "Domain"', '"ParameterKey": "Name"', "nobody gives Domain", None),
    Broken("metrics-known", "deploy/monitoring/prometheus-rules.yaml", "sum(up", "sum(http_requests_total", "http_requests_total", "expr: max"),
    Broken("metrics-known", "deploy/monitoring/prometheus-rules.yaml", "sum(up", "sum(go_goroutines", "go_goroutines", "expr: max"),
    Broken("service-file", "fops.yaml", "port: 8000", "ports: 8000", "ports is unknown", None),
    Broken("service-file", "fops.yaml", "name: prod", "name: live", "prod is left out", None),
]  # fmt: skip


def judged(artifacts: tuple[Artifact, ...], plan: OnboardingPlan | None = None) -> list[Check]:
    checks = verify(plan or a_plan(), artifacts, tools=False)
    return [check for check in checks if check.status != "skipped"]


def found(artifacts: tuple[Artifact, ...], plan: OnboardingPlan | None = None) -> list[Check]:
    return [check for check in judged(artifacts, plan) if check.status != "pass"]


def with_text(path: str, text: str) -> tuple[Artifact, ...]:
    return sound_artifacts(**{path: text})


def test_the_sound_set_has_no_findings() -> None:
    assert found(sound_artifacts()) == []


def test_every_rule_judges_something_of_the_sound_set() -> None:
    assert {check.check for check in judged(sound_artifacts())} == {rule.check for rule in RULES}


def test_every_rule_has_a_pass_and_a_fail_example_in_its_documentation() -> None:
    import sys

    for rule in RULES:
        text = sys.modules[rule.find.__module__].__doc__ or ""
        assert "Pass: " in text, rule.check
        assert "Fail: " in text, rule.check


def test_every_rule_is_broken_by_some_edit_here() -> None:
    assert {broken.rule for broken in BROKEN} == {rule.check for rule in RULES}


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_one_wrong_word_is_found_with_its_line(broken: Broken) -> None:
    assert broken.old in SOUND[broken.path]
    edited = SOUND[broken.path].replace(broken.old, broken.new)
    telling = [
        (check.artifact, detail)
        for check in found(with_text(broken.path, edited))
        for detail in check.detail.split("\n")
        if check.check == broken.rule and broken.says in detail
    ]
    assert telling
    artifact, detail = telling[0]
    if broken.at is not None:
        text = edited if artifact == broken.path else SOUND[artifact]
        assert broken.at in text.splitlines()[int(detail.partition(":")[0]) - 1]


def test_a_verdict_names_the_artifact_it_is_about() -> None:
    checks = found(with_text("Dockerfile", SOUND["Dockerfile"].replace("EXPOSE 8000", "EXPOSE 1")))
    assert [(check.artifact, check.check) for check in checks] == [("Dockerfile", "exposed-port")]


def test_the_same_input_gives_the_same_checks_in_the_same_order() -> None:
    forwards, backwards = sound_artifacts(), sound_artifacts()[::-1]
    checks = verify(a_plan(), forwards, tools=False)
    assert checks == verify(a_plan(), backwards, tools=False)
    assert list(checks) == sorted(checks, key=lambda check: check.artifact)


def test_without_tools_their_rows_say_skipped() -> None:
    checks = verify(a_plan(), sound_artifacts(), tools=False)
    rows = {(check.artifact, check.check): check.status for check in checks}
    assert rows["Dockerfile", "hadolint"] == "skipped"


def test_a_credential_is_never_quoted() -> None:
    token = "ghp_" + "a1B2" * 9
    checks = found(with_text("docs/notes.md", f"token: {token}"))
    assert [check.check for check in checks] == ["no-secrets"]
    assert token not in repr(checks)


def test_a_worker_chosen_by_the_service_of_the_web_process_is_found() -> None:
    worker = DEPLOYMENT.replace("name: shop-api\nspec", "name: shop-api-worker\nspec")
    worker = worker.replace(
        "          ports:\n            - name: http\n              containerPort: 8000\n", ""
    )
    artifacts = with_text(f"{BASE}/deployment-worker.yaml", worker)
    details = {check.check: check.detail for check in found(artifacts)}
    assert "Deployment/shop-api-worker" in details["service-reaches-container"]
    assert "also chooses the pods" in details["selectors-match"]


def test_a_generated_script_without_its_mode_is_found() -> None:
    artifacts = tuple(replace(artifact, executable=False) for artifact in sound_artifacts())
    assert [check.check for check in found(artifacts)] == ["scripts-exist"]


def test_a_script_of_the_repository_itself_is_known() -> None:
    text = SOUND[WORKFLOW].replace("scripts/deploy.sh", "./ci/test.sh")
    service = a_service(files=frozenset({"ci/test.sh"}))
    assert found(with_text(WORKFLOW, text), a_plan(service)) == []


@pytest.mark.parametrize("end", ["", "/liveness", "/readiness"])
def test_the_probes_of_spring_boot_are_below_its_health_path(end: str) -> None:
    service = a_service(**SPRING | {"image": "ghcr.io/acme/shop-api"})
    text = DEPLOYMENT.replace("/healthz", f"/actuator/health{end}")
    checks = judged(with_text(f"{BASE}/deployment.yaml", text), a_plan(service))
    assert {check.status for check in checks if check.check == "probe-is-served"} == {"pass"}


def test_metrics_of_a_client_library_are_known_where_the_program_has_a_metrics_path() -> None:
    path = "deploy/monitoring/prometheus-rules.yaml"
    text = SOUND[path].replace("sum(up", "sum(process_open_fds")
    assert [check.check for check in found(with_text(path, text))] == ["metrics-known"]
    assert found(with_text(path, text), a_plan(a_service(metrics_path="/metrics"))) == []


def test_a_proposal_beside_the_users_file_is_judged_as_what_that_file_is() -> None:
    proposal = an_artifact("docs/proposed", "FROM python\nUSER 1\nEXPOSE 8000\n", beside="Dockerfile")
    checks = found((proposal,))
    assert [(check.artifact, check.check) for check in checks] == [("docs/proposed", "no-moving-image")]


def test_a_user_set_in_the_stage_an_image_begins_from_counts() -> None:
    text = "FROM python:3.13.7-slim AS base\nUSER 1000\nEXPOSE 8000\nFROM base\nCOPY . .\n"
    assert found((an_artifact("Dockerfile", text),)) == []


def test_an_argument_with_a_default_fixes_the_tag() -> None:
    text = "ARG VERSION=3.13.7\nFROM python:${VERSION}-slim\nUSER 1000\nEXPOSE 8000\n"
    assert found((an_artifact("Dockerfile", text),)) == []
