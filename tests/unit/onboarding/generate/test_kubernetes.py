from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from factories.plans import NODE_SPA as SITE
from factories.plans import a_plan, a_service
from factories.services import SERVICES, own, python, web, worker
from fops.kernel.formats import load_yaml, load_yaml_all
from fops.onboarding.generate import kubernetes
from fops.onboarding.model import EnvVariable, Process, Target

BASE = "deploy/k8s/base"
OVERLAYS = "deploy/k8s/overlays"


def files(*services, **changes):
    return {item.path: item.text for item in kubernetes.artifacts(a_plan(*services, **changes))}


def read(made, path):
    return load_yaml(made[path], name=path)


def pod(made, name="shop-api", file="deployment.yaml"):
    return read(made, f"{BASE}/{name}/{file}")["spec"]["template"]["spec"]


def container(made, name="shop-api", file="deployment.yaml"):
    return pod(made, name, file)["containers"][0]


def test_another_target_than_kubernetes_gets_no_manifests():
    assert files(target=Target.STATIC) == {}


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_every_file_is_listed_and_every_listed_file_exists(service):
    made = files(service)

    listed = read(made, f"{BASE}/kustomization.yaml")["resources"]

    assert sorted(f"{BASE}/{path}" for path in listed) == sorted(
        path for path in made if path.startswith(f"{BASE}/") and not path.endswith("kustomization.yaml")
    )
    for environment in ("staging", "prod"):
        overlay = read(made, f"{OVERLAYS}/{environment}/kustomization.yaml")["resources"]
        assert overlay[0] == "../../base"
        assert all(f"{OVERLAYS}/{environment}/{path}" in made for path in overlay[1:])


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_every_container_is_limited_and_has_no_privileges(service):
    made = files(service)

    for path in made:
        if "/deployment" in path:
            spec = read(made, path)["spec"]["template"]["spec"]
            (running,) = spec["containers"]
            assert spec["automountServiceAccountToken"] is False
            assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
            assert running["securityContext"]["allowPrivilegeEscalation"] is False
            assert running["securityContext"]["capabilities"]["drop"] == ["ALL"]
            assert set(running["resources"]) == {"requests", "limits"}


def test_a_generated_image_meets_the_restricted_standard():
    made = files()

    assert pod(made)["securityContext"]["runAsNonRoot"] is True
    assert container(made)["securityContext"]["readOnlyRootFilesystem"] is True
    labels = read(made, f"{OVERLAYS}/prod/namespace.yaml")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("user", [None, "app"])
def test_an_own_dockerfile_without_a_numbered_user_lowers_the_standard_and_says_why(user):
    made = files(own(user))

    text = made[f"{BASE}/shop-api/deployment.yaml"]
    assert "runAsNonRoot" not in pod(made)["securityContext"]
    assert "# The Dockerfile" in text
    labels = read(made, f"{OVERLAYS}/prod/namespace.yaml")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"


def test_an_own_dockerfile_decides_port_and_user():
    made = files(own("1001:0"))

    assert pod(made)["securityContext"]["runAsUser"] == 1001
    assert pod(made)["securityContext"]["sysctls"] == [
        {"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}
    ]
    assert container(made)["ports"] == [{"name": "http", "containerPort": 80, "protocol": "TCP"}]


def test_probes_ask_the_health_path_and_fall_back_on_the_port():
    probes = ("startupProbe", "readinessProbe", "livenessProbe")

    with_path, without = container(files()), container(files(a_service(health_path=None)))

    assert all(with_path[probe]["httpGet"] == {"path": "/healthz", "port": "http"} for probe in probes)
    assert all(without[probe]["tcpSocket"] == {"port": "http"} for probe in probes)


def test_a_site_is_asked_on_the_path_its_own_server_answers():
    assert container(files(SERVICES["vite"]), "web")["readinessProbe"]["httpGet"] == {
        "path": "/healthz",
        "port": "http",
    }


def test_the_service_reaches_the_containers_port_by_its_name():
    made = files()

    (port,) = read(made, f"{BASE}/shop-api/service.yaml")["spec"]["ports"]
    backend = read(made, f"{BASE}/shop-api/ingress.yaml")["spec"]["rules"][0]["http"]["paths"][0]["backend"]
    assert port["targetPort"] == container(made)["ports"][0]["name"]
    assert backend == {"service": {"name": "shop-api", "port": {"name": port["name"]}}}
    selector = read(made, f"{BASE}/shop-api/service.yaml")["spec"]["selector"].items()
    assert (
        selector
        <= read(made, f"{BASE}/shop-api/deployment.yaml")["spec"]["template"]["metadata"]["labels"].items()
    )


def test_a_service_whose_name_begins_with_a_digit_gets_a_name_that_every_cluster_takes():
    made = files(a_service(name="2048"))

    assert read(made, f"{BASE}/2048/service.yaml")["metadata"]["name"] == "app-2048"


def test_secrets_are_referred_to_and_configuration_is_given():
    made = files()

    assert container(made)["env"] == [
        {
            "name": "DATABASE_URL",
            "valueFrom": {"secretKeyRef": {"name": "shop-api-secrets", "key": "DATABASE_URL"}},
        }
    ]
    assert read(made, f"{BASE}/shop-api/configmap.yaml")["data"] == {"LOG_LEVEL": "info"}
    assert not any("kind: Secret\n" in text for text in made.values())


def test_a_default_that_means_this_machine_is_left_to_a_person():
    made = files()

    assert (
        "# REDIS_URL (its default redis://localhost:6379/0 means the pod itself)"
        in made[f"{BASE}/shop-api/configmap.yaml"]
    )


def test_a_program_that_reads_port_gets_the_containers():
    service = python("pip", "requirements.txt", start="gunicorn -b :$PORT app", env=())

    assert read(files(service), f"{BASE}/shop-api/configmap.yaml")["data"] == {"PORT": "8000"}


def test_a_program_without_variables_gets_no_configmap():
    made = files(a_service(env=()))

    assert f"{BASE}/shop-api/configmap.yaml" not in made
    assert "envFrom" not in container(made)


def test_a_name_that_is_no_variable_is_left_out():
    made = files(SERVICES["hostile python"])

    assert set(read(made, f"{BASE}/shop-api/configmap.yaml")["data"]) == {"OK"}


def test_what_goes_before_a_release_is_a_job_that_is_tried_once():
    made = files(SERVICES["celery"])

    job = read(made, f"{BASE}/shop-api/job-release.yaml")
    assert (job["apiVersion"], job["kind"], job["metadata"]["name"]) == (
        "batch/v1",
        "Job",
        "shop-api-release",
    )
    assert (job["spec"]["backoffLimit"], job["spec"]["template"]["spec"]["restartPolicy"]) == (0, "Never")
    assert container(made, file="job-release.yaml")["command"] == ["python", "manage.py", "migrate"]
    assert not any("shop-api-release" in made[f"{OVERLAYS}/prod/{name}.yaml"] for name in ("hpa", "pdb"))


def test_what_goes_before_a_release_runs_with_all_that_the_program_has_and_may_no_more():
    made = files(SERVICES["celery"])
    before, program = (container(made, file=f"{name}.yaml") for name in ("job-release", "deployment"))

    assert pod(made, file="job-release.yaml")["securityContext"] == pod(made)["securityContext"]
    for part in ("image", "env", "envFrom", "resources", "securityContext", "volumeMounts"):
        assert before[part] == program[part]


def test_a_site_whose_image_lacks_the_program_gets_no_job():
    made = files(a_service(**SITE | {"release_command": "npm run purge"}))

    assert not any("job" in path for path in made)


def test_no_lasting_process_is_taken_for_what_goes_before_a_release():
    service = a_service(processes=(*web("a"), Process(name="Release", command="b")))

    assert [item.component for item in kubernetes.workloads(a_plan(service), service)] == ["web", "release-2"]


@pytest.mark.parametrize(
    ("service", "shared"),
    [("no package.json", True), ("python worker", True), ("conda", False), ("npm", False), ("celery", False),
     ("go", False), ("vite", False)],
)  # fmt: skip
def test_a_plain_interpreter_is_not_the_first_process_of_its_pod(service, shared):
    made = files(SERVICES[service])

    spec = pod(made, SERVICES[service].name)
    assert spec.get("shareProcessNamespace", False) is shared
    labels = read(made, f"{OVERLAYS}/prod/namespace.yaml")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_the_first_process_of_an_own_image_stays_the_first():
    service = own("1001", start_command="node a.js", processes=web("node a.js"))

    assert "shareProcessNamespace" not in pod(files(service))


def test_workers_run_without_a_service_and_a_scheduler_only_once():
    made = files(SERVICES["celery"])

    assert container(made, file="deployment-worker.yaml")["command"] == ["celery", "-A", "shop", "worker"]
    assert "ports" not in container(made, file="deployment-worker.yaml")
    assert read(made, f"{BASE}/shop-api/deployment-beat.yaml")["spec"]["strategy"] == {"type": "Recreate"}
    assert f"{BASE}/shop-api/service-worker.yaml" not in made
    assert "command" not in container(made)


def test_a_program_without_a_port_is_not_reachable():
    made = files(SERVICES["python worker"])

    assert not any("ingress.yaml" in path or "/service.yaml" in path or "hpa" in path for path in made)
    assert read(made, f"{BASE}/shop-api/networkpolicy.yaml")["spec"]["ingress"] == []


def test_processes_of_one_name_get_names_of_their_own():
    service = a_service(
        processes=(*web("a"), Process(name="Job_1", command="b"), Process(name="job-1", command="c"))
    )

    assert [item.name for item in kubernetes.workloads(a_plan(service), service)] == [
        "shop-api",
        "shop-api-job-1",
        "shop-api-job-1-2",
    ]


def test_traffic_out_is_for_names_tls_and_what_the_program_rests_on():
    rules = read(files(), f"{BASE}/shop-api/networkpolicy.yaml")["spec"]["egress"]

    assert [port["port"] for port in rules[-1]["ports"]] == [443, 5432, 6379]


def test_metrics_are_announced_only_where_they_are_exported():
    metadata = read(files(SERVICES["uv"]), f"{BASE}/shop-api/deployment.yaml")["spec"]["template"]["metadata"]

    assert metadata["annotations"]["prometheus.io/path"] == "/metrics"
    assert (
        "annotations" not in read(files(), f"{BASE}/shop-api/deployment.yaml")["spec"]["template"]["metadata"]
    )


def test_only_production_scales_by_itself_and_is_protected_from_drains():
    made = files(environments=("dev", "staging", "prod"))

    assert [path for path in made if path.endswith(("hpa.yaml", "pdb.yaml"))] == [
        f"{OVERLAYS}/prod/hpa.yaml", f"{OVERLAYS}/prod/pdb.yaml",
    ]  # fmt: skip
    hpa = read(made, f"{OVERLAYS}/prod/hpa.yaml")
    assert (hpa["spec"]["minReplicas"], hpa["spec"]["scaleTargetRef"]["name"]) == (2, "shop-api")
    assert "replicas" not in read(made, f"{OVERLAYS}/prod/kustomization.yaml")
    assert read(made, f"{OVERLAYS}/dev/kustomization.yaml")["replicas"] == [{"name": "shop-api", "count": 1}]


def test_each_environment_has_its_own_namespace_host_and_tag():
    made = files()

    overlay = read(made, f"{OVERLAYS}/staging/kustomization.yaml")
    assert overlay["namespace"] == "shop-api-staging"
    assert overlay["images"] == [{"name": "ghcr.io/acme/shop-api", "newTag": "0.0.0"}]
    assert "shop-api.staging.example.com" in overlay["patches"][0]["patch"]
    assert not any("latest" in text for text in made.values())


def test_the_longest_valid_names_still_give_valid_ones_that_differ():
    running = {"processes": web("a") + worker("b" * 30), "release_command": "c"}
    like = [a_service(name="a" * 62 + end, **running) for end in "xy"]
    plan = a_plan(*like, environments=("e" * 62 + "1", "e" * 62 + "2", "prod"))
    names = [
        *(kubernetes.namespace(plan, environment) for environment in plan.environments),
        *(item.name for service in like for item in kubernetes.workloads(plan, service)),
        *(job.name for service in like if (job := kubernetes.release_job(plan, service))),
        *(kubernetes.secret_name(service) for service in like),
        *(kubernetes.tls_name(service) for service in like),
    ]

    assert kubernetes.namespace(plan, "prod").endswith("-prod")
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", name) for name in names)
    assert list(kubernetes.artifacts(plan))


def test_a_worker_never_takes_the_name_of_another_service():
    first = a_service(name="api", processes=web("a") + worker("worker"))
    plan = a_plan(first, a_service(name="api-worker", path="w", context="w"))

    assert [item.name for item in kubernetes.workloads(plan, first)] == ["api", "api-worker-2"]


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_every_document_is_accepted_by_the_strict_schema(service):
    validator = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    made = files(service)

    for path, text in made.items():
        for document in load_yaml_all(text, name=path):
            if document["kind"] != "Kustomization":
                validator.validate(document, "1.35", strict=True)


@pytest.mark.verify
@pytest.mark.parametrize("name", ["celery", "own as root", "hostile python", "python worker", "vite"])
def test_kustomize_builds_every_environment(name, tmp_path):
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not on the PATH")
    for path, text in files(SERVICES[name]).items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    for environment in ("staging", "prod"):
        done = subprocess.run(
            [kubectl, "kustomize", tmp_path / OVERLAYS / environment],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert f"namespace: {SERVICES[name].name}-{environment}" in done.stdout


def test_what_goes_before_a_release_reaches_the_line_that_names_it():
    made = {item.path: item for item in kubernetes.artifacts(a_plan(SERVICES["celery"]))}

    artifact = made[f"{BASE}/shop-api/job-release.yaml"]
    lines = artifact.text.splitlines()
    command = next(number for number, text in enumerate(lines, 1) if "command:" in text)
    assert artifact.lines[command] == ("shop-api:release_command",)


def test_a_variable_of_the_program_reaches_the_line_that_gives_it():
    made = {
        item.path: item
        for item in kubernetes.artifacts(a_plan(a_service(env=(EnvVariable(name="A", default="1"),))))
    }

    artifact = made[f"{BASE}/shop-api/configmap.yaml"]
    line = next(
        number for number, text in enumerate(artifact.text.splitlines(), 1) if text.startswith("  A:")
    )
    assert artifact.lines[line] == ("shop-api:env",)
