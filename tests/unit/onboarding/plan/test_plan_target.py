from __future__ import annotations

import pytest

from fops.kernel.errors import NotDeployable, UsageError
from fops.onboarding.model import Target

FUNCTION = {
    "lambda_function.py": "def lambda_handler(event, context):\n    return {}\n",
    "requirements.txt": "requests\n",
}
SAM = "Transform: AWS::Serverless-2016-10-31\nResources: {}\n"


def test_one_site_is_static(planned, site):
    assert planned(site).plan.target is Target.STATIC


def test_a_server_goes_to_a_cluster(planned, fastapi):
    assert planned(fastapi).plan.target is Target.K8S


@pytest.mark.parametrize("file", ["serverless.yml", "samconfig.toml", "template.yaml"])
def test_files_of_serverless_tools_suggest_it(planned, fastapi, file):
    assert planned({**fastapi, file: SAM}).plan.target is Target.SERVERLESS


def test_a_template_of_something_else_suggests_nothing(planned, fastapi):
    assert planned({**fastapi, "template.yaml": "greeting: hello\n"}).plan.target is Target.K8S


def test_a_wish_wins(planned, fastapi, site):
    assert planned(fastapi, target=Target.SERVERLESS).plan.target is Target.SERVERLESS
    assert planned(site, target=Target.K8S).plan.target is Target.K8S


def test_a_function_has_no_process_and_goes_nowhere_else(planned):
    answers = {"language": "python", "start_command": "", "port": "none"}
    made = planned(FUNCTION, auto_detect=False, sets=answers)
    assert (made.plan.target, made.plan.services[0].processes) == (Target.SERVERLESS, ())
    with pytest.raises(NotDeployable, match="Lambda function"):
        planned(FUNCTION, auto_detect=False, sets=answers, target=Target.K8S)


def test_a_server_is_not_served_as_files(planned, fastapi):
    with pytest.raises(NotDeployable, match="fastapi starts uvicorn") as refused:
        planned(fastapi, target=Target.STATIC)
    assert "--target k8s or serverless" in refused.value.hint


@pytest.mark.parametrize(("target", "left"), [(Target.SERVERLESS, ["release_command"]), (Target.K8S, [])])
def test_a_command_before_a_release_is_left_to_people_where_no_job_can_run_it(planned, fastapi, target, left):
    fastapi["Procfile"] += "release: python manage.py migrate\n"
    made = planned(fastapi, target=target)
    assert [one.fact for one in made.plan.assumptions] == left


def test_workers_answer_no_requests(planned, fastapi):
    fastapi["Procfile"] = "worker: celery -A app worker\n"
    with pytest.raises(NotDeployable, match="only has workers"):
        planned(fastapi, target=Target.SERVERLESS, sets={"port": "none"})


def test_a_worker_beside_a_function_is_said_to_be_left_out(planned, fastapi):
    fastapi["Procfile"] += "worker: celery -A app worker\n"
    made = planned(fastapi, target=Target.SERVERLESS)
    assert [(one.fact, one.value) for one in made.plan.assumptions] == [("processes", "worker")]
    assert made.questions == ()


@pytest.mark.parametrize("target", [Target.SERVERLESS, Target.STATIC])
def test_one_application_at_a_time_leaves_the_cluster(planned, monorepo, target):
    with pytest.raises(NotDeployable, match="takes one application") as refused:
        planned(monorepo, target=target)
    assert refused.value.hint == "choose one: --path apps/api, --path apps/web"


def test_pages_are_for_files_alone(planned, fastapi, site):
    assert planned(site, sets={"pages": "true"}).plan.pages
    with pytest.raises(UsageError, match="needs the target static"):
        planned(fastapi, sets={"pages": "true"})
