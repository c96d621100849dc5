"""Detect every app of an unpacked evaluation set and write one result line each, for its scorer.

usage: eval_onboarding.py APPS RESULTS [ID_PREFIX_OR_SUBSTRING]
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from pathlib import Path

from fops.onboarding.detect import detect
from fops.onboarding.tree import FolderTree


def result(folder: Path) -> dict[str, object]:
    """One result line: the root app's facts, or the only app's where the root is none."""
    findings = detect(FolderTree(folder))
    app = findings.apps[0] if findings.apps else None
    facts = {name: fact.value for name, fact in app.facts.items()} if app else {}
    confidence = app.facts["language"].confidence if app and "language" in app.facts else 0
    return {"id": folder.name, "deployable": findings.deployable, "facts": facts, "language_confidence": confidence, "reason": findings.reason}


def main() -> int:
    """Write the results; the exit code is the number of crashes, 100 at most."""
    apps, out = Path(sys.argv[1]), Path(sys.argv[2])
    wanted = sys.argv[3] if len(sys.argv) > 3 else ""
    crashes, times = 0, []
    with out.open("w") as file:
        for folder in sorted(apps.iterdir()):
            if wanted not in folder.name:
                continue
            started = time.process_time()
            try:
                file.write(json.dumps(result(folder)) + "\n")
            except Exception:  # noqa: BLE001 - a crash is what this run counts
                crashes += 1
                print(f"CRASH {folder.name}")
                traceback.print_exc()
            times.append(time.process_time() - started)
    times.sort()
    print(f"{len(times)} apps, {crashes} crashes, median {times[len(times) // 2] * 1000:.1f} ms, p95 {times[int(len(times) * 0.95)] * 1000:.1f} ms CPU")
    return min(crashes, 100)


if __name__ == "__main__":
    sys.exit(main())
