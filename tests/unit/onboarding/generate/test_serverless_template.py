from __future__ import annotations

import json
from typing import Any

from tests.factories.plans import NODE_SPA, a_plan, a_service

from fops.kernel.formats import load_yaml
from fops.onboarding.generate.cloud import serverless
from fops.onboarding.model import EnvVariable, OnboardingPlan, Target


def made(plan: OnboardingPlan) -> dict[str, Any]:
    return {
        artifact.path: json.loads(artifact.text)
        if artifact.path.endswith("json")
        else load_yaml(artifact.text)
        for artifact in serverless.artifacts(plan)
        if artifact.path.endswith((".yaml", ".json"))
    }


def a_function(**changes: Any) -> OnboardingPlan:
    return a_plan(a_service(**changes), target=Target.SERVERLESS)


def template(plan: OnboardingPlan) -> dict[str, Any]:
    return made(plan)["deploy/serverless/template.yaml"]


def test_a_web_server_becomes_an_image_with_the_adapter_at_its_own_port_and_health_path():
    function = template(a_function())["Resources"]["ShopApiFunction"]["Properties"]

    assert function["PackageType"] == "Image"
    variables = function["Environment"]["Variables"]
    assert variables["AWS_LWA_PORT"] == "8000"
    assert variables["AWS_LWA_READINESS_CHECK_PATH"] == "/healthz"


def test_the_adapters_image_builds_on_the_services_own():
    files = {artifact.path: artifact.text for artifact in serverless.artifacts(a_function())}

    assert "FROM ${IMAGE}" in files["deploy/serverless/Dockerfile"]
    assert "Dockerfile" in files


def test_a_program_that_is_a_lambda_function_already_becomes_a_zip():
    plan = a_function(
        start_command="",
        port=None,
        processes=(),
        runtime_version="3.12",
        files=frozenset({"lambda_function.py"}),
    )
    function = template(plan)["Resources"]["ShopApiFunction"]["Properties"]

    assert function["Runtime"] == "python3.12"
    assert function["Handler"] == "lambda_function.lambda_handler"
    assert not any(artifact.path.endswith("Dockerfile") for artifact in serverless.artifacts(plan))


def test_a_role_names_every_action_and_resource():
    for resource in template(a_function())["Resources"].values():
        for policy in (
            resource.get("Properties", {}).get("Policies", []) if resource["Type"] == "AWS::IAM::Role" else []
        ):
            for statement in policy["PolicyDocument"]["Statement"]:
                assert "*" not in json.dumps(statement["Action"])
                assert statement["Resource"] != "*"


def test_secrets_are_references_and_configuration_are_parameters():
    plan = a_function(
        env=(
            EnvVariable(name="API_KEY", default="do-not-copy", secret=True),
            EnvVariable(name="LEVEL", default="info"),
        )
    )
    text = "".join(artifact.text for artifact in serverless.artifacts(plan) if "serverless" in artifact.path)

    assert "do-not-copy" not in text
    assert "{{resolve:secretsmanager:shop-api/${Environment}:SecretString:API_KEY}}" in text
    assert made(plan)["deploy/serverless/parameters/prod.json"]["Parameters"]["ShopApiLevel"] == "info"


def test_names_that_lambda_keeps_for_itself_are_not_set():
    env = tuple(
        EnvVariable(name=name, default="x") for name in ("AWS_REGION", "PORT", "_HANDLER", "A B", "GOOD_ONE")
    )
    variables = template(a_function(env=env))["Resources"]["ShopApiFunction"]["Properties"]["Environment"][
        "Variables"
    ]

    assert set(variables) == {
        "APP_VERSION",
        "AWS_LWA_PORT",
        "AWS_LWA_READINESS_CHECK_PATH",
        "PORT",
        "GOOD_ONE",
    }


def test_a_default_that_means_the_developers_machine_is_left_to_be_filled_in():
    plan = a_function()

    assert made(plan)["deploy/serverless/parameters/staging.json"]["Parameters"]["ShopApiRedisUrl"] == ""
    assert serverless.unset_parameters(plan) == ("ShopApiRedisUrl",)


def test_production_rolls_out_step_by_step_and_others_at_once():
    parameters = made(a_function())

    assert (
        parameters["deploy/serverless/parameters/prod.json"]["Parameters"]["Rollout"]
        == "Canary10Percent5Minutes"
    )
    assert parameters["deploy/serverless/parameters/staging.json"]["Parameters"]["Rollout"] == "AllAtOnce"


def test_every_function_has_its_alarms_and_logs_that_end():
    resources = template(
        a_plan(
            a_service(), a_service(**NODE_SPA | {"path": "web", "context": "web"}), target=Target.SERVERLESS
        )
    )["Resources"]

    for name in ("ShopApi", "Web"):
        assert {f"{name}{alarm}" for alarm in ("Errors", "Throttles", "Slow", "Failures")} <= set(resources)
        assert "RetentionInDays" in resources[f"{name}Logs"]["Properties"]


def test_names_that_are_alike_in_letters_and_digits_alone_share_no_resource_and_no_parameter():
    """Services `api-2` and `api2`; a variable that reads like a resource, like another's, like one of the template's."""
    names = ("api-2", "api2", "api", "api-server", "memory")
    variables = tuple(
        EnvVariable(name=name, default="x") for name in ("SERVER_URL", "URL", "ROLE", "A__B", "A_B", "SIZE")
    )
    plan = a_plan(
        *(a_service(name=name, path=name, context=name, env=variables) for name in names),
        target=Target.SERVERLESS,
    )
    read = template(plan)
    set_by = [
        value
        for resource in read["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
        for key, value in resource["Properties"]["Environment"]["Variables"].items()
        if key in {variable.name for variable in variables}
    ]

    assert len(read["Outputs"]) == len(names)
    assert {serverless.url_output(plan, service) for service in plan.services} == set(read["Outputs"])
    assert not set(read["Parameters"]) & set(read["Resources"])
    assert len(set(set_by)) == len(set_by) == len(names) * len(variables)
