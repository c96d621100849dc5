"""Whatever stands in an artifact, verification gives verdicts and never crashes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from factories.artifacts import SOUND, sound_artifacts
from factories.plans import a_plan
from fops.kernel.formats import load_yaml
from fops.onboarding.verify import verify

DOCUMENTS = {
    path: load_yaml(text) for path, text in SOUND.items() if path.endswith((".yaml", ".yml", ".json"))
}
ODD = (
    None,
    True,
    0,
    1.5,
    "",
    "odd",
    "a:b@c",
    [],
    [None],
    [[]],
    ["odd"],
    {},
    {"odd": None},
    {1: [2]},
    [{"name": [1], "path": {}}],
)


def places(value: Any, route: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield route
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, item in members:
        yield from places(item, (*route, key))


PLACES = [(path, route) for path, document in DOCUMENTS.items() for route in places(document)]


def edited(document: Any, route: tuple[Any, ...], value: Any) -> Any:
    if not route:
        return value
    whole = copy.deepcopy(document)
    inner = whole
    for key in route[:-1]:
        inner = inner[key]
    inner[route[-1]] = value
    return whole


@settings(max_examples=100, deadline=None)
@given(place=st.sampled_from(PLACES), odd=st.sampled_from(ODD))
def test_one_odd_value_anywhere_is_judged(place: tuple[str, tuple[Any, ...]], odd: Any) -> None:
    path, route = place
    text = yaml.safe_dump(edited(DOCUMENTS[path], route, odd))
    assert verify(a_plan(), sound_artifacts(**{path: text}), tools=False)


@settings(max_examples=40, deadline=None)
@given(path=st.sampled_from(sorted(SOUND)), text=st.text(max_size=200))
def test_any_text_in_any_file_is_judged(path: str, text: str) -> None:
    assert verify(a_plan(), sound_artifacts(**{path: text}), tools=False)
