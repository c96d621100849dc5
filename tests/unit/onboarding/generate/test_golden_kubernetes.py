from __future__ import annotations

import pytest

from factories.plans import a_plan
from factories.services import SERVICES
from fops.onboarding.generate import kubernetes

BASE = ("deployment", "service", "ingress", "configmap", "serviceaccount", "networkpolicy")
OVERLAY = ("kustomization", "namespace", "hpa", "pdb")


@pytest.fixture(scope="module")
def files():
    return {item.path: item.text for item in kubernetes.artifacts(a_plan(SERVICES["celery"]))}


@pytest.mark.parametrize("name", BASE)
def test_the_files_of_a_service_are_the_kept_ones(name, files, golden):
    golden(f"kubernetes/base/{name}.yaml", files[f"deploy/k8s/base/shop-api/{name}.yaml"])


def test_a_worker_and_the_list_of_the_base_are_the_kept_ones(files, golden):
    golden("kubernetes/base/deployment-beat.yaml", files["deploy/k8s/base/shop-api/deployment-beat.yaml"])
    golden("kubernetes/base/job-release.yaml", files["deploy/k8s/base/shop-api/job-release.yaml"])
    golden("kubernetes/base/kustomization.yaml", files["deploy/k8s/base/kustomization.yaml"])


def test_the_claim_on_a_volume_is_the_kept_one(golden):
    made = {item.path: item.text for item in kubernetes.artifacts(a_plan(SERVICES["data on a volume"]))}
    path = "deploy/k8s/base/shop-api/persistentvolumeclaim.yaml"
    golden("kubernetes/base/persistentvolumeclaim.yaml", made[path])


def test_the_pod_of_a_plain_interpreter_is_the_kept_one(golden):
    made = {item.path: item.text for item in kubernetes.artifacts(a_plan(SERVICES["no package.json"]))}

    golden("kubernetes/base/deployment-interpreter.yaml", made["deploy/k8s/base/api/deployment.yaml"])


@pytest.mark.parametrize("name", OVERLAY)
def test_the_files_of_production_are_the_kept_ones(name, files, golden):
    golden(f"kubernetes/overlay/{name}.yaml", files[f"deploy/k8s/overlays/prod/{name}.yaml"])
