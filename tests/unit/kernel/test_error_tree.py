"""The drawing in the docstring is the tree of classes, and each class answers what a door asks of it."""

from __future__ import annotations

import re

from fops.kernel import errors
from fops.kernel.errors import FopsError


def _drawn() -> set[tuple[str, str]]:
    """The edges (parent, child) of the drawing."""
    path: list[str] = []
    edges = set()
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"((?:│   |    )*)(├── |└── )?([A-Z]\w+)(?: {2,}|$)", line)
        if found is None:
            continue
        depth = len(found[1]) // 4 + bool(found[2])
        path[depth:] = [found[3]]
        edges.update({(path[-2], path[-1])} if depth else set())
    return edges


def _classes(parent: type[FopsError] = FopsError) -> set[tuple[str, str]]:
    own = {(parent.__name__, child.__name__) for child in parent.__subclasses__() if _is_public(child)}
    return own.union(*(_classes(child) for child in parent.__subclasses__() if _is_public(child)))


def _is_public(error: type[FopsError]) -> bool:
    return error.__module__ == errors.__name__


def test_the_drawing_is_the_tree_of_classes() -> None:
    assert _drawn() == _classes()


def test_every_error_has_a_code_of_its_own() -> None:
    names = {child for _, child in _classes()}
    codes = {getattr(errors, name).code for name in names}
    assert len(codes) == len(names)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


def test_every_error_may_be_tried_again_or_not_or_is_in_doubt() -> None:
    roots = {child for parent, child in _classes() if parent == "FopsError"}
    assert roots == {"Transient", "Final", "InDoubt"}


def test_an_error_carries_its_message_and_hint() -> None:
    error = errors.Busy("the lease is held", hint="wait", retry_after=2.0)
    assert (str(error), error.message, error.hint, error.retry_after) == (
        "the lease is held", "the lease is held", "wait", 2.0,
    )  # fmt: skip
