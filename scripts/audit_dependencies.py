"""Ask which locked packages have known vulnerabilities, and say of how many nobody answered.

usage: audit_dependencies.py [--program PIP_AUDIT] [REQUIREMENTS...]

pip-audit ends well when it could look up nothing at all, so its own verdict is not taken: the counts are read from what
it reports. Exit 0: every package was looked up and none is known to be vulnerable; 1: some are; 69: not all could be
looked up, which is no pass.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

TOP = Path(__file__).parent.parent
INSTALLED = tuple(TOP / "requirements" / f"{name}.txt" for name in ("core", "server", "verify", "build"))
SECONDS = 300
UNAVAILABLE = 69  # sysexits.h: EX_UNAVAILABLE


class CouldNotRunError(Exception):
    """No report was made; the text says why."""


def main() -> int:
    """Print the verdict over all files."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(Path(sys.executable).with_name("pip-audit")))
    parser.add_argument("files", nargs="*", type=Path, default=list(INSTALLED))
    chosen = parser.parse_args()
    try:
        packages = [one for file in chosen.files for one in report(chosen.program, file)]
    except CouldNotRunError as error:
        print(f"NOT AUDITED: {error}")
        return UNAVAILABLE
    return told(packages)


def report(program: str, file: Path) -> list[dict[str, Any]]:
    """Each package of a requirement file, with `vulns` where it was looked up and `skip_reason` where it was not."""
    words = [program, "--requirement", str(file), "--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off"]  # fmt: skip
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
        return list(json.loads(done.stdout)["dependencies"])
    except FileNotFoundError as error:
        raise CouldNotRunError(f"{program} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise CouldNotRunError(f"no answer within {SECONDS} s") from error
    except (ValueError, KeyError, TypeError) as error:
        said = done.stderr.strip().splitlines() or [f"pip-audit ended with {done.returncode}"]
        raise CouldNotRunError(said[-1]) from error


def told(packages: Iterable[dict[str, Any]]) -> int:
    """Print counts, what is vulnerable and what is unknown; the exit code."""
    unknown, known = {}, {}
    for one in packages:
        if "vulns" in one and "skip_reason" not in one:
            known[one["name"], one["version"]] = one["vulns"]
        else:
            unknown[one["name"]] = one.get("skip_reason", "no answer")
    found = [(package, vuln) for package, vulns in sorted(known.items()) for vuln in vulns]
    print(f"audited {len(known)}, unaudited {len(unknown)}, vulnerabilities {len(found)}")
    for (name, version), vuln in found:
        fixed = ", ".join(vuln.get("fix_versions", [])) or "no release yet"
        print(f"  {name} {version}: {vuln['id']} (fixed in: {fixed})")
    if unknown:
        more = f", and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        print(f"NOT AUDITED: {next(iter(unknown.values()))}{more}")
    elif not known:
        print("NOT AUDITED: no packages were reported")
    if found:
        return 1
    return UNAVAILABLE if unknown or not known else 0


if __name__ == "__main__":
    sys.exit(main())
