"""What the GitHub page shows to be written in a test works there."""

from __future__ import annotations

import re
from pathlib import Path

from factories.repositories import API, repository

PAGE = Path(__file__).parents[2] / "docs" / "github.md"


def test_the_fake_is_used_as_the_page_shows(tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    given = {"folder": tmp_path, "origin": repository(tmp_path / "shop", API)}
    exec(compile(program, str(PAGE), "exec"), given)  # noqa: S102 - our own page
