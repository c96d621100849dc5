"""Files nobody trusts: what is broken, doubled, too deep or made to explode is refused, quickly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fops.kernel.errors import FormatError, LimitExceeded
from fops.kernel.formats import (
    MAX_ALIASES,
    MAX_DEPTH,
    line_of,
    load_json,
    load_toml,
    load_yaml,
    load_yaml_all,
)


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", "x: {a: 1, a: 2}\n"])
def test_a_key_twice_in_yaml_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(FormatError, match=r"duplicate key 'a'.*line"):
        load_yaml(text, name="compose.yaml")


def test_a_key_twice_in_toml_is_refused() -> None:
    with pytest.raises(FormatError, match=r"pyproject\.toml"):
        load_toml("a = 1\na = 2\n", name="pyproject.toml")


def test_of_a_key_twice_in_json_the_last_counts_as_for_npm() -> None:
    assert load_json('{"a": 1, "a": 2}') == {"a": 2}


@pytest.mark.parametrize(("text", "value"), [
    ("on: push", {"on": "push"}), ("yes", "yes"), ("off", "off"), ("true", True), ("False", False),
    ("2026-01-01", "2026-01-01"), ("!Ref x", "x"), ("!Sub [a, b]", ["a", "b"]), ("!X {a: 1}", {"a": 1}), ("", None),
])  # fmt: skip
def test_yaml_is_read_as_version_1_2_with_unknown_tags_plain(text: str, value: Any) -> None:
    assert load_yaml(text) == value


def test_yaml_tags_of_python_construct_nothing() -> None:
    with pytest.raises(FormatError):
        load_yaml("!!python/object/apply:os.system ['true']")


def test_merge_keys_and_a_few_aliases_work() -> None:
    text = "base: &base {image: x, restart: always}\nweb: {<<: *base, image: y}\nlist: [*base, *base]\n"
    document = load_yaml(text)
    assert document["web"] == {"image": "y", "restart": "always"}
    assert document["list"] == [document["base"]] * 2


def test_every_document_of_a_stream_is_read() -> None:
    assert list(load_yaml_all("a: 1\n---\nb: 2\n")) == [{"a": 1}, {"b": 2}]


def _levels(first: str, level: Callable[[int], str]) -> str:
    return first + "".join(level(number) for number in range(1, 12))


BOMBS = {
    "ten to the eleventh texts": _levels("a0: &a0 x\n", lambda n: f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n"),
    "ten to the eleventh merges": _levels(
        "a0: &a0 {k: v}\n", lambda n: f"a{n}: &a{n} {{<<: [{','.join([f'*a{n - 1}'] * 10)}], k{n}: 1}}\n"
    ),
    "many aliases": f"a: &a x\nb: [{','.join(['*a'] * (MAX_ALIASES + 1))}]\n",
    "deep only when written out": _levels(
        f"a0: &a0 {'[' * 50}{']' * 50}\n", lambda n: f"a{n}: &a{n} {'[' * 50}*a{n - 1}{']' * 50}\n"
    ),
    "a list inside itself": "&a [*a]",
    "a mapping inside itself": "a: &a {b: {c: *a}}",
}  # fmt: skip


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_yaml_that_explodes_is_refused(text: str) -> None:
    with pytest.raises(LimitExceeded):
        load_yaml(text)


@pytest.mark.parametrize(("load", "text"), [
    (load_json, "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)), (load_json, "[" * 100_000),
    (load_toml, "a = " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)),
    (load_toml, ".".join(["a"] * 500_000) + " = 1"), (load_toml, "x = { " + '"a" . ' * MAX_DEPTH + "a = 1 }"),
    (load_yaml, "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)),
    (load_yaml, "".join(f"{' ' * n}a:\n" for n in range(MAX_DEPTH + 1))),
], ids=["json", "json unclosed", "toml", "toml dots", "toml quoted dots", "yaml flow", "yaml block"])  # fmt: skip
def test_deep_nesting_is_refused(load: Callable[[str], Any], text: str) -> None:
    with pytest.raises(LimitExceeded):
        load(text)


def test_brackets_inside_text_are_no_nesting() -> None:
    assert load_json(f'{{"a": "{"[" * 500}"}}') == {"a": "[" * 500}


@pytest.mark.parametrize(("load", "text"), [
    (load_json, '{"a": '), (load_json, "1" * 5000), (load_toml, "a ="), (load_yaml, "a: [1"), (load_yaml, "a: *none"),
    (load_yaml, "\x00"), (load_yaml, "? [a]\n: 1"),
])  # fmt: skip
def test_what_is_broken_names_the_file(load: Callable[..., Any], text: str) -> None:
    with pytest.raises(FormatError, match="broken file is not valid"):
        load(text, name="broken file")


def test_a_byte_order_mark_is_no_error() -> None:
    assert load_json("\ufeff{}") == {}
    assert load_toml("\ufeffa = 1") == {"a": 1}
    assert load_yaml("\ufeffa: 1") == {"a": 1}


def test_the_line_of_nested_keys_is_found() -> None:
    text = '{\n  "name": "x",\n  "scripts": {\n    "start": "node ."\n  }\n}\n'
    assert line_of(text, "scripts", "start") == 4
    assert line_of(text, "scripts", "stop") is None
    assert line_of("[tool.ruff]\nline-length = 100\n", "line-length") == 2
    assert line_of(text) is None


def test_half_a_surrogate_pair_in_json_becomes_text_a_file_can_hold() -> None:
    assert load_json(r'{"a\ud800": ["\ud83d\ude00", "x\udc00y", 1]}') == {
        "a\ufffd": ["\U0001f600", "x\ufffdy", 1]
    }
