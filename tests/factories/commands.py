"""The `fops` command as a person has it: another process, its own data directory, nothing of ours around it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PASSED_ON = ("PATH", "LANG", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")


@dataclass(frozen=True)
class Fops:
    """Runs `fops` below one private folder: `home` is its data directory, `temporary` where it may leave things.

    Without `tools` it stands as on a machine that lacks the programs of the `verify` extra: a run is twice as fast.
    """

    root: Path
    tools: bool = False

    @property
    def home(self) -> Path:
        return self.root / "fops"

    @property
    def temporary(self) -> Path:
        return self.root / "tmp"

    @property
    def proposals(self) -> list[Path]:
        return sorted((self.home / "proposals").glob("*"))

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """What the command sees; `extra` adds to it."""
        for folder in (self.temporary, self.root / "user"):
            folder.mkdir(parents=True, exist_ok=True)
        user = self.root / "user"
        return {
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            "HOME": str(user),
            "XDG_CONFIG_HOME": str(user / "config"),
            "GIT_CONFIG_GLOBAL": str(user / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "FOPS_HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            **(extra or {}),
        }

    def words(self, *words: str | Path) -> list[str]:
        """The command line that starts it."""
        program = sys.executable if self.tools else str(_without_programs(self.root / "python"))
        return [program, "-m", "fops", *map(str, words)]

    def __call__(
        self,
        *words: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end; output that is no UTF-8 keeps its bytes as surrogates."""
        return subprocess.run(
            self.words(*words), cwd=cwd or self.root, env=self.environment(env), input=stdin, capture_output=True,
            text=True, encoding="utf-8", errors="surrogateescape", timeout=120, check=False,
        )  # fmt: skip


def _without_programs(folder: Path) -> Path:
    """This interpreter with its packages, but without the programs that were installed beside it."""
    python = folder / "bin/python"
    if not python.exists():
        packages = folder / f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
        for place in (python.parent, packages):
            place.mkdir(parents=True)
        base = Path(sys.executable).resolve()
        (folder / "pyvenv.cfg").write_text(f"home = {base.parent}\n")
        (packages / "all.pth").write_text(
            f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
        )
        python.symlink_to(base)
    return python


@dataclass(frozen=True)
class Onboarded:
    """A repository after `fops onboard repo`: look, do not change."""

    fops: Fops
    path: Path
    result: dict[str, Any]
    talk: str


def error_of(done: subprocess.CompletedProcess[str], exit_code: int) -> str:
    """What a failed call said: an error, mostly with a hint, no traceback, and no data. Checks its exit code."""
    assert done.returncode == exit_code, done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith(("error:", "hint:"))]
    assert "".join(lines).startswith("error:"), done.stderr
    assert "this is a mistake in F-Ops" not in done.stderr, done.stderr
    assert done.stdout == ""
    return "\n".join(lines)
