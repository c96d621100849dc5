"""Settings: the strongest source wins, each value says where it came from, and a visited repository may set little."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from fops.kernel.errors import UsageError
from fops.kernel.settings import Secret, Source, flatten, load, parse_env, path, setting


@dataclass(frozen=True)
class Group:
    url: str = setting("DATABASE_URL", default="sqlite://", doc="where the rows lie")
    retries: int = setting("RETRIES", default=3, doc="times", read=int, project=True)
    token: Secret = setting("TOKEN", default=Secret(""), doc="to sign in", read=Secret)
    own: str = setting("FOPS_HOME", default="", doc="our own folder", prefix_only=True)


def test_the_first_source_that_has_a_name_wins_and_is_named() -> None:
    sources = [Source("flag", {}), Source("environment", {"RETRIES": "5"}), Source("user", {"RETRIES": "7"})]
    group, found = load(Group, sources)
    assert group.retries == 5
    assert {one.name: one.origin for one in found} == {
        "DATABASE_URL": "default", "RETRIES": "environment", "TOKEN": "default", "FOPS_HOME": "default",
    }  # fmt: skip


def test_the_prefixed_name_wins_within_a_source() -> None:
    group, _ = load(Group, [Source("environment", {"RETRIES": "5", "FOPS_RETRIES": "6"})])
    assert group.retries == 6


def test_an_empty_value_counts_as_absent() -> None:
    group, _ = load(Group, [Source("environment", {"RETRIES": ""}), Source("user", {"RETRIES": "7"})])
    assert group.retries == 7


def test_a_name_the_system_uses_itself_needs_the_prefix() -> None:
    group, _ = load(Group, [Source("environment", {"HOME": "/users/ada", "FOPS_HOME": "/srv/fops"})])
    assert group.own == "/srv/fops"


def test_a_visited_repository_sets_only_what_it_may() -> None:
    visited = {"FOPS_DATABASE_URL": "postgresql://evil", "TOKEN": "evil", "FOPS_HOME": "evil", "RETRIES": "9"}
    group, _ = load(Group, [Source(".env", visited, visited=True)])
    assert group == Group(retries=9)


def test_a_value_that_cannot_be_read_names_setting_value_and_origin() -> None:
    with pytest.raises(UsageError, match=r"FOPS_RETRIES='many' \(environment\)"):
        load(Group, [Source("environment", {"FOPS_RETRIES": "many"})])


def test_a_secret_never_prints_itself() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {[secret]} {Group(token=secret)}"
    assert secret.reveal() == "hunter2"
    assert (bool(secret), bool(Secret(""))) == (True, False)
    assert {secret} == {Secret("hunter2")}


def test_an_env_file_is_read_without_running_or_expanding_anything() -> None:
    text = """
# comment
#OFF=1
export A=1
B = "two words"  
C='#x'
D=plain # comment
E=$(touch marker) $A
no assignment
F="""  # noqa: W291 - blanks at a line's end are what people leave
    assert parse_env(text) == {
        "A": "1", "B": "two words", "C": "#x", "D": "plain", "E": "$(touch marker) $A", "F": "",
    }  # fmt: skip


def test_a_table_becomes_names_and_texts() -> None:
    table = {"retries": 3, "names": ["a", "b"], "nested": {"x": 1}, "on": True}
    assert flatten(table) == {"RETRIES": "3", "NAMES": "a,b", "ON": "True"}


def test_a_path_may_start_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/users/ada")
    assert path("~/fops") == Path("/users/ada/fops")
