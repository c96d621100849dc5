"""JSON of a request means one thing only."""

import pytest

from fops.kernel.errors import FormatError, LimitExceeded
from fops.kernel.formats import load_strict_json


@pytest.mark.parametrize(
    "text",
    [
        b'{"a": 1, "a": 2}', b'{"a": {"b": 1, "b": 2}}', b"[NaN]", b"[Infinity]", b"[-Infinity]", b"[1e999]", b"[-1e999]",
        b'["\\ud800"]', b'["\\udc00x"]', b'{"\\ud800": 1}', b'["\\u0000"]', b'"\xff"', b"[" + b"9" * 5000 + b"]", b"", b"{", b"[1,]",
        b"\xef\xbb\xbf{}", b"// {}", b"{'a': 1}",
    ],
)  # fmt: skip
def test_what_could_mean_two_things_or_none_is_refused(text):
    with pytest.raises(FormatError, match=r"^the body"):
        load_strict_json(text, name="the body")


@pytest.mark.parametrize("text", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 200 + b"]" * 200])
def test_a_nest_without_end_is_refused_before_it_is_read(text):
    with pytest.raises(LimitExceeded):
        load_strict_json(text)


def test_all_else_is_read():
    assert load_strict_json('{"a": [1, 2.5, "é \\ud83d\\ude00", null, true]}'.encode()) == {
        "a": [1, 2.5, "é 😀", None, True]
    }
