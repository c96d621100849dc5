"""Programs that keep their data in a file: a volume where one fits, else a file system they may write."""

from __future__ import annotations

from dataclasses import replace

import pytest

from factories.plans import GO_API_AND_WORKER, SPRING, a_plan, a_service
from factories.services import SERVICES, own
from fops.kernel.formats import load_yaml
from fops.onboarding.generate import compose, container, kubernetes, monitoring
from fops.onboarding.generate.handover import runbook
from fops.onboarding.model import DataFile

ON_VOLUME = DataFile(path="instance/shop.db", folder="instance")
AT_DATA = DataFile(path="/data/shop.db", folder="/data")
BESIDE = DataFile(path="db.sqlite3", folder=None)
BASE = "deploy/k8s/base/shop-api"


def files(data):
    plan = a_plan(a_service(data=data, backing=(), env=()))
    rooms = (container, compose, kubernetes, monitoring)
    return {item.path: item.text for room in rooms for item in room.artifacts(plan)}


def deployment(made):
    return load_yaml(made[f"{BASE}/deployment.yaml"], name="deployment")["spec"]


@pytest.mark.parametrize(("data", "folder"), [(ON_VOLUME, "/app/instance"), (AT_DATA, "/data")])
def test_a_volume_is_claimed_mounted_and_may_be_written(data, folder):
    made = files(data)
    pod = deployment(made)["template"]["spec"]
    claim = load_yaml(made[f"{BASE}/persistentvolumeclaim.yaml"], name="claim")

    assert pod["containers"][0]["volumeMounts"][0] == {"name": "data", "mountPath": folder}
    assert pod["volumes"][0] == {
        "name": "data",
        "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]},
    }
    assert pod["securityContext"]["fsGroup"] == pod["securityContext"]["runAsUser"]
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is True
    assert "persistentvolumeclaim.yaml" in made["deploy/k8s/base/kustomization.yaml"]


@pytest.mark.parametrize("data", [ON_VOLUME, BESIDE])
def test_one_pod_at_a_time_writes_the_file_in_every_environment(data):
    made = files(data)
    assert deployment(made)["strategy"] == {"type": "Recreate"}
    assert not [path for path in made if path.endswith(("hpa.yaml", "pdb.yaml"))]
    for environment in ("staging", "prod"):
        overlay = load_yaml(made[f"deploy/k8s/overlays/{environment}/kustomization.yaml"], name="overlay")
        assert overlay["replicas"] == [{"name": "shop-api", "count": 1}]
    assert "AutoscalerAtMaximum" not in made["deploy/monitoring/prometheus-rules.yaml"]


def test_a_file_beside_the_program_needs_a_file_system_that_can_be_written_and_the_manifest_says_why():
    made = files(BESIDE)
    spec = deployment(made)["template"]["spec"]["containers"][0]
    assert spec["securityContext"]["readOnlyRootFilesystem"] is False
    assert "# No volume keeps db.sqlite3" in made[f"{BASE}/deployment.yaml"]
    assert f"{BASE}/persistentvolumeclaim.yaml" not in made
    assert "read_only" not in made["compose.yaml"]


def test_compose_keeps_the_data_in_a_named_volume():
    document = load_yaml(files(AT_DATA)["compose.yaml"], name="compose")
    assert document["services"]["shop-api"]["volumes"] == ["shop-api-data:/data"]
    assert "shop-api-data" in document["volumes"]


def test_every_process_of_the_service_sees_the_file():
    celery = replace(SERVICES["celery"], data=AT_DATA)
    made = [item for item in kubernetes.artifacts(a_plan(celery)) if "/deployment" in item.path]
    assert len(made) > 1
    assert all("claimName: shop-api-data" in item.text and "type: Recreate" in item.text for item in made)


@pytest.mark.parametrize("name", ["python", "go", "java", "node"])
@pytest.mark.parametrize("data", [AT_DATA, BESIDE], ids=["volume", "beside"])
def test_the_image_gives_the_folder_to_its_user(name, data):
    service = {
        "python": a_service(),
        "go": a_service(**GO_API_AND_WORKER),
        "java": a_service(**SPRING),
        "node": SERVICES["npm"],
    }[name]
    made = [item.text for item in container.artifacts(a_plan(replace(service, data=data)))]
    folder = data.folder or "/app"
    lines = made[0].splitlines()
    assert any(
        line.endswith((f" {folder}", f" {folder}/")) and ("--owner" in line or "--chown" in line)
        for line in lines
    )


def test_a_program_beside_its_data_owns_its_files():
    assert "COPY --from=build --chown=10001:10001 /app /app" in files(BESIDE)["Dockerfile"]
    assert "COPY --from=build /app /app" in files(AT_DATA)["Dockerfile"]


def test_a_person_s_own_image_gets_a_volume_only_where_its_place_is_known():
    theirs = own("10001", data=AT_DATA)
    made = {item.path: item.text for item in kubernetes.artifacts(a_plan(theirs))}
    assert "mountPath: /data" in made[f"{BASE}/deployment.yaml"]


def test_the_runbook_says_that_it_cannot_be_scaled_and_asks_for_a_backup():
    plan = a_plan(a_service(data=ON_VOLUME))
    text = next(item.text for item in runbook.artifacts(plan))
    assert "runs as one pod" in text
    assert "a backup of its volume" in text
    assert "HorizontalPodAutoscaler decides" not in text
