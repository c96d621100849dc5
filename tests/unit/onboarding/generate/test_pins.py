from __future__ import annotations

import re

import pytest

from fops.kernel.errors import NotFound
from fops.onboarding.generate.pipeline.pins import find_pin, unknown_inputs, uses


def test_an_action_is_named_by_its_whole_commit_and_its_release():
    assert re.fullmatch(r"actions/checkout@[0-9a-f]{40} # v\d+\.\d+\.\d+", uses("actions/checkout"))


def test_an_action_is_found_whatever_the_case_of_its_name():
    assert find_pin("Azure/Setup-Kubectl") is find_pin("azure/setup-kubectl")


def test_an_action_that_is_not_in_the_table_is_refused():
    with pytest.raises(NotFound, match="'somebody/something'"):
        uses("somebody/something")


def test_inputs_an_action_does_not_take_are_named_in_order():
    assert unknown_inputs("actions/checkout", ["ref", "speed", "path", "color"]) == ("speed", "color")
