from __future__ import annotations

import pytest

from factories.plans import a_plan
from factories.services import SERVICES
from fops.onboarding.generate import monitoring


@pytest.mark.parametrize("name", ["prometheus-rules.yaml", "dashboard.json"])
def test_rules_and_dashboard_are_the_kept_ones(name, golden):
    files = {item.path: item.text for item in monitoring.artifacts(a_plan(SERVICES["gradle wrapper"]))}

    golden(f"monitoring/{name}", files[f"deploy/monitoring/{name}"])
