from __future__ import annotations

import pytest

from fops.catalog import Environment, Process, Protection, Runtime, Service, parse, schema
from fops.kernel.errors import FormatError

TEXT = """\
schema: fops.service/v1
name: shop
services:
  - name: shop-api
    path: .
    language: python
    image: ghcr.io/acme/shop-api
    port: 8000
    health: /healthz
    processes:
      - name: web
        command: uvicorn app:app
        port: 8000
      - name: worker
        command: celery worker
    backing: [postgres]
    secrets: [DATABASE_URL]
environments:
  - name: staging
    target: k8s
    protection: none
    manifests: deploy/k8s/overlays/staging
    namespace: shop-staging
  - name: prod
    target: k8s
    protection: approval
"""


def test_a_service_file_becomes_frozen_values():
    file = parse(TEXT)

    assert file.service("shop-api") == Service(
        name="shop-api",
        path=".",
        language="python",
        image="ghcr.io/acme/shop-api",
        port=8000,
        health="/healthz",
        processes=(
            Process(name="web", command="uvicorn app:app", port=8000),
            Process(name="worker", command="celery worker"),
        ),
        backing=("postgres",),
        secrets=("DATABASE_URL",),
    )
    assert file.environment("prod") == Environment(
        name="prod", target=Runtime.K8S, protection=Protection.APPROVAL
    )
    assert file.service("other") is None
    assert file.environment("other") is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("schema: fops.service/v1", "schema: fops.service/v9", "schema is 'fops.service/v9'"),
        ("port: 8000\n    health", "port: 99999\n    health", "services[0].port is 99999"),
        ("name: shop-api", "name: Shop_API", "services[0].name is 'Shop_API'"),
        ("path: .", "path: ../other", "services[0].path is '../other'"),
        ("path: .", "path: /etc", "services[0].path is '/etc'"),
        ("health: /healthz", "helth: /healthz", "services[0].helth is unknown"),
        ("command: celery worker", "command: ''", "services[0].processes[1].command is ''"),
        ("protection: approval", "protection: maybe", "environments[1].protection is 'maybe'"),
        ("name: prod", "name: staging", "environments[1].name gives environments 'staging' twice"),
        ("backing: [postgres]", "backing: postgres", "services[0].backing is 'postgres'"),
        ("secrets: [DATABASE_URL]", "secrets: [1]", "services[0].secrets is [1]"),
        ("    language: python\n", "", "services[0].language is missing"),
    ],
)
def test_what_is_wrong_is_refused_by_place_and_value(old: str, new: str, said: str):
    with pytest.raises(FormatError, match=r"^fops\.yaml") as caught:
        parse(TEXT.replace(old, new))

    assert said in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(
    "text", ["", "[]", "schema: fops.service/v1\nname: shop\nservices: []\nenvironments: []\n"]
)
def test_a_file_that_holds_no_services_is_refused(text: str):
    with pytest.raises(FormatError):
        parse(text)


def test_the_published_schema_accepts_and_refuses_what_the_parser_does():
    jsonschema = pytest.importorskip("jsonschema", reason="comes with the verify extra")
    from fops.kernel.formats import load_yaml

    validator = jsonschema.Draft202012Validator(schema())

    assert not list(validator.iter_errors(load_yaml(TEXT)))
    assert list(validator.iter_errors(load_yaml(TEXT.replace("path: .", "path: ../other"))))
    assert list(validator.iter_errors(load_yaml(TEXT.replace("health:", "helth:"))))
    assert schema()["$id"] == "fops.service/v1"
