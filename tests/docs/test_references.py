"""The documents cannot fall behind: references are printed from the code, and what pages show is run."""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
_BLOCK = re.compile(r"```(?:console|sh)\n(.*?)```", re.DOTALL)


def test_the_printed_references_are_current(tmp_path):
    subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "make_docs.py"), str(tmp_path)],
        check=True,
        capture_output=True,
    )
    printed = [path for path in tmp_path.rglob("*") if path.is_file()]
    stale = [
        str(path.relative_to(tmp_path))
        for path in printed
        if path.read_text() != (ROOT / path.relative_to(tmp_path)).read_text()
    ]
    assert stale == [], "run `make docs`"


def test_every_setting_has_its_documentation_with_a_default_told():
    from fops.bootstrap.settings import GROUPS

    docs = [
        field.metadata["doc"] for group in GROUPS for field in dataclasses.fields(group) if field.metadata
    ]
    assert docs
    assert [doc for doc in docs if "efault" not in doc] == []


def test_every_link_in_the_documents_leads_somewhere():
    broken = [
        f"{page.name}: {target}"
        for page in [*PAGES, ROOT / "CONTRIBUTING.md"]
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def _commands(page: Path) -> list[list[str]]:
    lines = [line for block in _BLOCK.findall(page.read_text()) for line in block.splitlines()]
    return [shlex.split(line.removeprefix("$ ")) for line in lines if line.startswith("$ fops ")]


@pytest.mark.parametrize("page", [page for page in PAGES if _commands(page)], ids=lambda page: page.name)
def test_every_command_a_page_shows_runs(page, tmp_path):
    shutil.copytree(ROOT / "examples" / "01-fastapi-postgres-redis", tmp_path / "shop")
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], [*identity, "commit", "-qm", "first"]):
        subprocess.run(["git", "-C", str(tmp_path / "shop"), *words], check=True)
    env = {**os.environ, "FOPS_HOME": str(tmp_path / "home")}
    for words in _commands(page):
        folder = tmp_path / "shop" if words[1] == "why" else tmp_path
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=folder, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (words, done.stderr)


def test_a_line_of_the_example_without_its_mark_sets_the_default():
    """What a person uncomments in a copied `.env.example` must mean what it says."""
    from fops.bootstrap.settings import GROUPS
    from fops.kernel.settings import Source, load, parse_env

    lines = (ROOT / ".env.example").read_text().splitlines()
    text = "\n".join(line[2:] for line in lines if re.match(r"# [A-Z0-9_]+=", line))
    for group in GROUPS:
        assert load(group, [Source("example", parse_env(text))])[0] == group()
