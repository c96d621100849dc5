"""What F-Ops generated is no evidence about the application, whoever edited it since."""

from __future__ import annotations

import json

import pytest

from fops.onboarding.explain import own_files_hidden
from fops.onboarding.fetch.tree import MemoryTree

LOCK = json.dumps({"schema": "fops.onboard-lock/v1", "files": {"Dockerfile": {"digest": "of another text"}}})
FILES = {"app.py": "", "Dockerfile": "FROM scratch\n"}


def test_a_generated_file_is_hidden_though_a_person_edited_it_and_so_is_the_lock() -> None:
    assert own_files_hidden(MemoryTree({**FILES, ".fops/onboard.lock": LOCK})).files == ("app.py",)


@pytest.mark.parametrize(
    "lock", ["", "[]", "{", "null", '{"files": []}', LOCK.replace("onboard-lock/v1", "onboard-lock/v9")]
)
def test_a_lock_that_is_none_of_ours_hides_nothing(lock: str) -> None:
    files = {**FILES, ".fops/onboard.lock": lock}
    assert own_files_hidden(MemoryTree(files)).files == tuple(sorted(files))
