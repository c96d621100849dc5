from __future__ import annotations

from factories.plans import a_plan
from factories.services import SERVICES
from fops.onboarding.generate import compose


def test_the_compose_file_is_the_kept_one(golden):
    plan = a_plan(SERVICES["celery"], SERVICES["vite"])

    (artifact,) = compose.artifacts(plan)

    golden("compose/compose.yaml", artifact.text)
