"""Show onboarding from end to end on the examples, through a server too, or on a repository of yours.

usage: demo.py [REPO]     REPO: a path or an address that git can clone

Without REPO, the examples are copied into new git repositories in a folder that stays, so that everything made can be
looked at. With REPO, that repository gets one new branch; its checked-out files stay as they are. The data directory
is $FOPS_HOME, or one in the same folder. Exit 1 when a step failed.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import demo_server

ROOT = Path(__file__).resolve().parent.parent
FOPS = Path(sys.executable).with_name("fops")
TOURS = (
    ("01-fastapi-postgres-redis", "k8s"),
    ("02-vite-spa", "static"),
    ("03-go-monorepo", "k8s"),
    ("03-go-monorepo", "serverless"),
)
FIRST_COMMIT = (
    ("init", "-q", "-b", "main"),
    ("add", "."),
    ("-c", "user.name=F-Ops demo", "-c", "user.email=demo@example.invalid",
     "commit", "-q", "--no-gpg-sign", "-m", "Start"),
)  # fmt: skip
WORTH_ASKING = (
    ("deploy/k8s/base/", "path: /"),
    ("deploy/k8s/base/", "containerPort:"),
    ("Dockerfile", "FROM "),
    ("fops.yaml", "name:"),
)
"""A file's beginning and a word in it: lines that rest on facts, the most telling first."""


@dataclass(frozen=True)
class Stage:
    """Where this run happens: the folder that stays, and the environment of every command."""

    folder: Path
    env: dict[str, str]

    def run(
        self, *command: str | Path, cwd: Path | None = None, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """One finished command, its output kept."""
        words = list(map(str, command))
        return subprocess.run(
            words, cwd=cwd, env=self.env, input=stdin, capture_output=True, text=True, check=False
        )

    def shown(self, *words: str | Path) -> str:
        """A `fops` command as a person can paste it."""
        home = "" if "FOPS_HOME" in os.environ else f"FOPS_HOME={shlex.quote(self.env['FOPS_HOME'])} "
        return home + shlex.join(map(str, (FOPS, *words)))


@dataclass(frozen=True)
class Made:
    """One onboarding that went through: where, and the command's JSON."""

    repository: Path
    result: dict[str, Any]

    @property
    def checks(self) -> Counter[str]:
        """How many checks ended how."""
        return Counter(check["status"] for check in self.result["checks"])

    @property
    def proposal(self) -> str | None:
        """The pull request's text, None when nothing had to be proposed."""
        url = self.result["pr_url"]
        return url.removeprefix("file://") if url else None


def main(arguments: Sequence[str]) -> int:
    """Run the tour and say what came out. Returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("repo", nargs="?", metavar="REPO", help="a path or an address that git can clone")
    repo = parser.parse_args(arguments).repo
    stage = _stage()
    tours = ((repo, None),) if repo else tuple(_copied(stage, name, target) for name, target in TOURS)
    print(
        f"F-Ops onboards {repo}" if repo else "F-Ops onboards three example repositories, one of them twice"
    )
    print()
    tried = [_onboard(stage, what, target=target) for what, target in tours]
    made = [one for one in tried if one is not None]
    failed = len(tried) - len(made)
    if made:
        failed += not _explain(stage, made[0])
        failed += not (repo or demo_server.show(stage, FOPS, made[0].repository, "k8s"))
        failed += not _close(stage, made, own=bool(repo))
    if failed:
        print(f"\n{failed} {'step' if failed == 1 else 'steps'} failed; see above.", file=sys.stderr)
    return 1 if failed else 0


def _stage() -> Stage:
    folder = Path(tempfile.mkdtemp(prefix="fops-demo-"))
    return Stage(folder=folder, env={"FOPS_HOME": str(folder / "home"), **os.environ})


def _copied(stage: Stage, name: str, target: str) -> tuple[str, str]:
    repository = stage.folder / name
    if not repository.exists():
        unwanted = shutil.ignore_patterns("expected.json", "node_modules", "dist", "__pycache__", ".*_cache")
        shutil.copytree(ROOT / "examples" / name, repository, ignore=unwanted)
        for command in FIRST_COMMIT:
            done = stage.run("git", *command, cwd=repository)
            if done.returncode:
                sys.exit(f"error: git {' '.join(command)} in {repository}: {done.stderr.strip()}")
    return str(repository), target


def _onboard(stage: Stage, what: str, *, target: str | None) -> Made | None:
    wish = ["--target", target] if target else []
    started = time.monotonic()
    done = stage.run(FOPS, "--quiet", "onboard", "repo", what, *wish, "--json")
    seconds = time.monotonic() - started
    name = what.rstrip("/").rpartition("/")[2]
    if done.returncode:
        print(f"  ✗ {name:<26} {target or '':<10}  {stage.shown('onboard', 'repo', what, *wish)}")
        print("    " + done.stderr.strip().replace("\n", "\n    "))
        return None
    result = json.loads(done.stdout)
    made = Made(repository=Path(result["repository"] or what), result=result)
    print(f"  ✓ {name:<26} {result['target']:<10} {_count(made)}  {seconds:5.1f} s", flush=True)
    return made


def _count(made: Made) -> str:
    text = f"{len(made.result['files']):>3} files  {made.checks['pass']:>4} checks passed"
    rest = [
        f"{made.checks[status]} {status}" for status in ("findings", "could-not-run") if made.checks[status]
    ]
    return ", ".join([text, *rest])


def _explain(stage: Stage, made: Made) -> bool:
    """Ask why one generated line is as it is. True when there was an answer, or no line worth asking about."""
    place = _telling_line(stage, made)
    if place is None:
        return True
    done = stage.run(FOPS, "--no-color", "why", place, cwd=made.repository)
    print(f"\nWhy is that line there?  fops why {place}\n")
    print("  " + (done.stdout or done.stderr).strip().replace("\n", "\n  "))
    return done.returncode == 0


def _telling_line(stage: Stage, made: Made) -> str | None:
    paths = [file["path"] for file in made.result["files"]]
    for beginning, word in WORTH_ASKING:
        for path in (path for path in paths if path.startswith(beginning)):
            text = stage.run("git", "show", f"{made.result['branch']}:{path}", cwd=made.repository).stdout
            for number, line in enumerate(text.splitlines(), start=1):
                if line.strip().startswith(word):
                    return f"{path}:{number}"
    return None


def _close(stage: Stage, made: Sequence[Made], *, own: bool) -> bool:
    audit = stage.run(FOPS, "audit", "verify")
    first = made[0]
    checks: Counter[str] = sum((one.checks for one in made), Counter())
    branches = {one.result["branch"] for one in made}
    git = ["git", "-C", str(first.repository)]
    branch = first.result["branch"]
    rows = [
        ("Made", f"{sum(len(one.result['files']) for one in made)} files on {len(branches)} {'branch' if len(branches) == 1 else 'branches'}, none checked out"),
        ("Checked", ", ".join(f"{count} {status}" for status, count in sorted(checks.items(), key=lambda one: -one[1]))),
        ("Audit", (audit.stdout or audit.stderr).strip().partition(", head")[0]),
        ("Kept in", str(first.repository if own else stage.folder)),
        ("", ""),
        ("Look", shlex.join([*git, "diff", "--stat", f"HEAD...{branch}"])),
        ("Read", shlex.join(["less", first.proposal]) if first.proposal else "nothing new was proposed"),
        ("Ask", f"cd {shlex.quote(str(first.repository))} && {stage.shown('why', 'Dockerfile')}"),
        ("Undo", shlex.join([*git, "branch", "-D", branch]) if own else shlex.join(["rm", "-r", str(stage.folder)])),
        ("Next", shlex.join([*git, "push", "origin", branch]) if own else "make demo REPO=path-or-address   your own repository"),
    ]  # fmt: skip
    print()
    for label, text in rows:
        print(f"{label:<9} {text}".rstrip())
    return audit.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
