"""Names that other readers take for numbers, dates, truth or syntax, and names of the greatest length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.plans import GO_API_AND_WORKER, NODE_SPA, a_plan, a_service

from fops.catalog import parse
from fops.onboarding.generate.artifacts import generate
from fops.onboarding.generate.render.escape import escape_workflow, escape_yaml
from fops.onboarding.model import OnboardingPlan, Target

ODD = (
    "2048",
    "0",
    "1e3",
    "0x10",
    "0b1",
    "0o17",
    "017",
    "2024-01-01",
    "on",
    "no",
    "y",
    "null",
    "true",
    "1-0",
    "esac",
)


def plan_named(name: str, environment: str, target: Target) -> OnboardingPlan:
    """Two services, so that both a name that stands first and one that stands among others are seen."""
    first = a_service(name=name, path="a", context="a", image=name)
    second = a_service(**GO_API_AND_WORKER | {"name": f"{name}-b", "path": "b", "context": "b"})
    if target is Target.STATIC:
        first = a_service(**NODE_SPA | {"name": name, "path": "a", "context": "a"})
        second = a_service(**NODE_SPA | {"name": f"{name}-b", "path": "b", "context": "b"})
    return a_plan(first, second, target=target, environments=(environment, "prod"))


class Old(yaml.SafeLoader):
    """YAML 1.1 with CloudFormation's tags."""


def read_untagged(loader: yaml.SafeLoader, _tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return node.value
    return (
        loader.construct_sequence(node, deep=True)
        if isinstance(node, yaml.SequenceNode)
        else loader.construct_mapping(node, deep=True)
    )


Old.add_multi_constructor("!", read_untagged)


def old(text: str) -> Iterator[Any]:
    return yaml.load_all(text, Old)


def new(text: str) -> Iterator[Any]:
    """YAML 1.2, without the files that need the tags."""
    ruamel = pytest.importorskip("ruamel.yaml", reason="a reader of YAML 1.2 comes with the verify extra")
    return (
        iter(())
        if "Transform: AWS" in text or "AWSTemplate" in text
        else ruamel.YAML(typ="safe", pure=True).load_all(text)
    )


def documents(plan: OnboardingPlan, read: Callable[[str], Iterator[Any]]) -> Iterator[Any]:
    for artifact in generate(plan):
        if artifact.path.endswith((".yaml", ".yml")):
            yield from read(artifact.text)


def keys_and_values(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from keys_and_values(value)
    elif isinstance(node, list):
        for value in node:
            yield from keys_and_values(value)
    else:
        yield node


def not_text(plan: OnboardingPlan, read: Callable[[str], Iterator[Any]]) -> Counter[str]:
    return Counter(
        repr(one)
        for document in documents(plan, read)
        for one in keys_and_values(document)
        if not isinstance(one, str)
    )


@pytest.mark.parametrize("read", [old, new])
@pytest.mark.parametrize("target", Target)
@pytest.mark.parametrize("name", ODD)
def test_a_name_is_text_wherever_it_stands(name: str, target: Target, read: Callable[[str], Iterator[Any]]):
    usual = not_text(plan_named("shop", "staging", target), read)

    assert not_text(plan_named(name, name, target), read) == usual


@pytest.mark.parametrize("target", Target)
@pytest.mark.parametrize("name", ODD)
def test_the_service_file_reads_back_with_the_same_names(name: str, target: Target):
    made = {artifact.path: artifact.text for artifact in generate(plan_named(name, name, target))}
    read = parse(made["fops.yaml"])

    assert [service.name for service in read.services] == [name, f"{name}-b"]
    assert [environment.name for environment in read.environments] == [name, "prod"]


@given(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,9}[a-z0-9])?|[0-9xXeEobTZ:+._-]{1,12}", fullmatch=True))
def test_a_text_is_text_for_readers_of_either_version_of_yaml(text: str):
    ruamel = pytest.importorskip("ruamel.yaml", reason="a reader of YAML 1.2 comes with the verify extra")
    for printed in (escape_yaml(text), escape_workflow(text)):
        for document, expected in (
            (f"a: {printed}\n", {"a": text}),
            (f"{printed}:\n- {printed}\n", {text: [text]}),
        ):
            assert yaml.safe_load(document) == expected
            assert ruamel.YAML(typ="safe", pure=True).load(document) == expected
