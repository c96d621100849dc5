"""Canonical JSON means the same as the value, whatever the order it was built in."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fops.kernel.canonical import canonical_json

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)


def _read(written: bytes) -> Any:
    """As readers of JSON do to whom every number is a double: RFC 8785 writes for them."""
    return json.loads(written, parse_int=float)


@given(_VALUES)
def test_what_is_written_reads_as_the_same_value(value: Any) -> None:
    assert _read(canonical_json(value)) == value


@given(st.dictionaries(st.text(), _SCALARS))
def test_the_order_of_members_does_not_matter(value: dict[str, Any]) -> None:
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


@given(_VALUES)
def test_writing_what_was_written_changes_nothing(value: Any) -> None:
    written = canonical_json(value)
    assert canonical_json(_read(written)) == written
