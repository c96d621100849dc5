"""Small repositories on disk: what people keep in them, and git as they have it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

API = {
    "requirements.txt": "fastapi==0.121.0\nuvicorn==0.38.0\n",
    ".python-version": "3.13\n",
    "app/main.py": (
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/health')\ndef health():\n    return {'ok': True}\n"
    ),
}
SITE = {
    "index.html": "<!doctype html><title>Shop</title><h1>Shop</h1>\n",
    "style.css": "h1 { color: teal }\n",
}
RUBY = {
    "Gemfile": "source 'https://rubygems.org'\ngem 'sinatra'\ngem 'puma'\n",
    "config.ru": "require './app'\nrun Sinatra::Application\n",
    "app.rb": "require 'sinatra'\nget('/') { 'hello' }\n",
}
LIBRARY = {
    "pyproject.toml": '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n'
    '[project]\nname = "leftpad"\nversion = "1.0"\nclassifiers = ["Topic :: Software Development :: Libraries"]\n',
    "src/leftpad/__init__.py": "def pad(text, width):\n    return text.rjust(width)\n",
    "tests/test_pad.py": "from leftpad import pad\n\n\ndef test_pad():\n    assert pad('a', 2) == ' a'\n",
    "README.md": "# leftpad\n\nA library: `pip install leftpad`.\n",
}
DOCS = {
    "README.md": "# Notes\n",
    "docs/one.md": "# One\n\nText.\n",
    "docs/two.md": "# Two\n\nText.\n",
}
DATASET = {
    "README.md": "# Rainfall\n\nMonthly data.\n",
    "data/2024.csv": "month,mm\n1,30\n",
    "data/2025.csv": "month,mm\n1,28\n",
}


def folder(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """A plain folder with these files."""
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def repository(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """A git work tree with these files in its first commit on `main`."""
    folder(path, files)
    git("init", "--quiet", "--initial-branch=main", cwd=path)
    return commit(path)


def commit(path: Path, message: str = "as it is") -> Path:
    """Everything in the work tree as a commit."""
    git("add", "--all", "--force", cwd=path)
    git("commit", "--quiet", "--allow-empty", f"--message={message}", cwd=path)
    return path


def bare(path: Path, origin: Path) -> Path:
    """A bare clone without a remote."""
    git("clone", "--quiet", "--bare", str(origin), str(path))
    git("remote", "remove", "origin", cwd=path)
    return path


def git(*words: str, cwd: Path | None = None, stdin: bytes | None = None) -> str:
    """Run git as somebody with a name and no settings; returns what it printed."""
    identity = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"), ("DATE", "1700000000 +0000"))
    }
    environment = {**os.environ, **identity, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", *words], cwd=cwd, env=environment, input=stdin, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "surrogateescape").rstrip("\n")


def branches(path: Path) -> dict[str, str]:
    """The branches of a repository with their commits."""
    rows = git("for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads", cwd=path)
    return dict(row.split() for row in rows.splitlines())


def state(path: Path) -> dict[str, bytes]:
    """Every file's bytes below a folder, `.git` included but for its objects: equal means untouched."""
    return {
        str(file.relative_to(path)): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and not file.is_symlink() and ".git/objects" not in str(file)
    }
