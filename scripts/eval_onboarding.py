"""Measure detection on the evaluation set, or detect an unpacked one.

usage: eval_onboarding.py --shared DIR [--mirror DIR]     unpack, detect, score, compare with the floors
       eval_onboarding.py APPS RESULTS [SUBSTRING]        write one result line per app, for the set's own scorer

With --mirror, the folder of fetched source repositories, program files are filled in and the *whole* floors hold;
without, the *data-only* floors. Exit 1 below a floor, on a crash, or on a wrong language told with confidence.
"""

from __future__ import annotations

import argparse
import json
import runpy
import subprocess
import sys
import tarfile
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from fops.onboarding.detect import detect
from fops.onboarding.fetch.tree import FolderTree

FLOORS = Path(__file__).parent.parent / "tests" / "eval" / "thresholds.json"
FAMILIES = {"node", "python", "go", "java", "static"}
CONFIDENT = 0.9


def result(folder: Path) -> dict[str, Any]:
    """One result line: the root app's facts, or the first app's where the root is none; a crash says so."""
    started = time.process_time()
    try:
        findings = detect(FolderTree(folder))
    except Exception:  # noqa: BLE001 - a crash is what this run counts
        return {
            "id": folder.name,
            "facts": {},
            "deployable": None,
            "crash": traceback.format_exc(),
            "seconds": 0.0,
        }
    app = findings.apps[0] if findings.apps else None
    language = app.facts.get("language") if app else None
    return {
        "id": folder.name,
        "deployable": findings.deployable,
        "facts": {name: fact.value for name, fact in app.facts.items()} if app else {},
        "language_confidence": language.confidence if language else 0,
        "reason": findings.reason,
        "seconds": time.process_time() - started,
    }


def detect_all(apps: Path, out: Path, *, wanted: str = "") -> list[dict[str, Any]]:
    """Detect every folder with two processes, write the lines, say the times and every crash."""
    folders = sorted(folder for folder in apps.iterdir() if wanted in folder.name)
    with ProcessPoolExecutor(2) as pool:
        results = list(pool.map(result, folders, chunksize=16))
    out.write_text("".join(json.dumps(one) + "\n" for one in results))
    times = sorted(one["seconds"] for one in results) or [0.0]
    crashed = [one for one in results if "crash" in one]
    for one in crashed:
        print(f"CRASH {one['id']}\n{one['crash']}")
    middle, late = times[len(times) // 2] * 1000, times[int(len(times) * 0.95)] * 1000
    print(f"{len(results)} apps, {len(crashed)} crashes, median {middle:.1f} ms, p95 {late:.1f} ms CPU")
    return results


def unpacked(shared: Path, folder: Path, *, mirror: str) -> Path:
    """The apps of the set below a folder, their program files filled when a mirror is given."""
    with tarfile.open(shared / "apps-data.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    if mirror:
        subprocess.run([sys.executable, shared / "fill_code.py", mirror, folder / "apps"], check=True)
    return folder / "apps"


def scored(shared: Path, folder: Path, rows: list[dict[str, Any]], *, whole: bool) -> dict[str, float]:
    """The share of right answers per fact over some rows, by the set's own scorer, which also prints them."""
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    words = [
        "--expectations",
        folder / "rows.jsonl",
        "--results",
        folder / "results.jsonl",
        "--json",
        folder / "score.json",
    ]
    subprocess.run(
        [sys.executable, shared / "score.py", *words, *([] if whole else ["--data-only"])], check=True
    )
    numbers = json.loads((folder / "score.json").read_text())
    shares = {fact: one["correct"] / one["known"] for fact, one in numbers["facts"].items() if one["known"]}
    (apps, right_apps), (others, right_others) = (
        numbers["deployable"]["apps"],
        numbers["deployable"]["non_apps"],
    )
    return {**shares, "deployable": (right_apps / max(1, apps) + right_others / max(1, others)) / 2}


def in_families(row: dict[str, Any]) -> bool:
    """Whether the expected language (the first of accepted alternatives) is one of the five families."""
    language = row["facts"].get("language")
    return (
        row["deployable"] is not False
        and (language[0] if isinstance(language, list) else language) in FAMILIES
    )


def wrong_with_confidence(
    shared: Path, rows: list[dict[str, Any]], results: list[dict[str, Any]]
) -> list[str]:
    """Apps whose language is told wrong with CONFIDENT or more."""
    judge = runpy.run_path(str(shared / "score.py"))["judge"]
    expected = {row["id"]: row["facts"]["language"] for row in rows if "language" in row["facts"]}
    told = {
        one["id"]: one["facts"].get("language")
        for one in results
        if one.get("language_confidence", 0) >= CONFIDENT
    }
    return [
        name
        for name, language in told.items()
        if name in expected and judge("language", expected[name], language) is False
    ]


def measure(shared: Path, *, mirror: str) -> int:
    """Unpack, detect, score and compare; 0 when every floor holds."""
    kind = "whole" if mirror else "data-only"
    floors = json.loads(FLOORS.read_text())["onboarding"][kind]
    rows = [json.loads(line) for line in (shared / "expectations.jsonl").read_text().splitlines()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        results = detect_all(unpacked(shared, folder, mirror=mirror), folder / "results.jsonl")
        print(f"\n{kind}, all apps and non-apps:")
        everything = scored(shared, folder, rows, whole=bool(mirror))
        print(f"\n{kind}, the five families:")
        families = scored(shared, folder, [row for row in rows if in_families(row)], whole=bool(mirror))
    shares = {**families, "deployable": everything["deployable"]}
    below = [
        f"{fact} {shares.get(fact, 0):.4f} is below {floor}"
        for fact, floor in floors.items()
        if shares.get(fact, 0) < floor
    ]
    below += [f"{one['id']} crashed" for one in results if "crash" in one]
    below += [
        f"{name} has a wrong language with confidence"
        for name in wrong_with_confidence(shared, rows, results)
    ]
    print("\n" + ("\n".join(below) or f"every {kind} floor of {FLOORS.name} holds"))
    return 1 if below else 0


def main() -> int:
    """Parse the words and run; 0 when all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("apps", nargs="?", type=Path)
    parser.add_argument("results", nargs="?", type=Path)
    parser.add_argument("wanted", nargs="?", default="")
    parser.add_argument("--shared", type=Path, help="folder that holds eval/onboarding")
    parser.add_argument("--mirror", default="", help="folder of the fetched source repositories")
    told = parser.parse_args()
    if told.shared is None:
        return min(
            100, sum("crash" in one for one in detect_all(told.apps, told.results, wanted=told.wanted))
        )
    data = told.shared / "eval" / "onboarding"
    if not data.is_dir():
        print(f"skipped: no evaluation data at {data}")
        return 0
    return measure(data, mirror=told.mirror)


if __name__ == "__main__":
    sys.exit(main())
