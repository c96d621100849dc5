from __future__ import annotations

import json
from dataclasses import replace

from factories.plans import a_plan, a_source
from fops.onboarding.plan import plan_digest, plan_json


def test_the_document_is_json_with_its_schema(planned, monorepo):
    document = plan_json(planned(monorepo).plan)
    assert json.loads(json.dumps(document)) == document
    assert document["schema"] == "fops.onboarding-plan/v1"
    assert [one["name"] for one in document["services"]] == ["api", "web"]


def test_the_document_of_one_application_is_the_same_wherever_it_lies(planned, fastapi):
    here, there = (planned(fastapi, a_source(url=url, commit=None)).plan for url in ("one/shop", "two/shop"))
    assert plan_json(here) == plan_json(there)


def test_a_commit_that_changes_nothing_else_changes_no_digest():
    plan = a_plan()
    other = replace(plan, source=a_source(commit="b" * 40))
    assert plan_digest(plan) == plan_digest(other)


def test_another_environment_is_another_plan():
    assert plan_digest(a_plan()) != plan_digest(a_plan(environments=("prod",)))


def test_what_utf_8_cannot_spell_does_not_reach_the_document(planned):
    files = {"package.json": '{"name": "a\\ud800b", "scripts": {"start": "node \\ud800.js"}, "dependencies": {"express": "1"}}',
             "server.js": "require('express')().listen(3000);"}  # fmt: skip
    made = planned(files).plan
    assert plan_digest(made).startswith("sha256:")
    assert "\\ud800" not in json.dumps(plan_json(made))
