"""The rules of the house that a machine can decide: one test each."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "fops"
MODULES = sorted(SOURCE.rglob("*.py"))
ROOMS = sorted(path.parent for path in SOURCE.glob("*/__init__.py"))
EXEMPT_FOLDERS = {SOURCE, SOURCE / "kernel"}


def _functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield path, node


def _length(node: ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_folder_holds_more_than_twelve_entries():
    crowded = {
        str(folder.relative_to(ROOT)): len(entries)
        for folder in {path.parent for path in MODULES} - EXEMPT_FOLDERS
        if len(entries := [one for one in folder.iterdir() if one.name not in {"__pycache__", "__init__.py"}])
        > 12
    }
    assert crowded == {}


def test_no_module_is_longer_than_five_hundred_lines():
    assert {str(path): count for path in MODULES if (count := len(path.read_text().splitlines())) > 500} == {}


def test_functions_are_short():
    lengths = sorted(_length(node) for _, node in _functions())
    assert lengths[len(lengths) // 2] <= 10
    assert lengths[int(len(lengths) * 0.9)] <= 35


def test_every_room_says_what_it_is_for_and_what_it_must_not_know():
    silent = [room.name for room in ROOMS if room.name not in {"cli", "kernel", "bootstrap", "packs"}
              and "Must not know" not in (room / "__init__.py").read_text()]  # fmt: skip
    assert silent == []


def test_no_module_is_named_for_nothing():
    vague = re.compile(r"^(utils?|helpers?|common|misc|managers?|handlers?|services?_layer|.*_old|.*_v2)$")
    assert [str(path) for path in MODULES if vague.match(path.stem)] == []


def test_only_the_front_door_catches_everything():
    broad = [
        str(path.relative_to(SOURCE))
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and isinstance(node.type, ast.Name)
        and node.type.id == "Exception"
    ]
    assert broad == ["cli/main.py"]


def test_mocks_are_for_nobody():
    users = [
        str(path)
        for path in (ROOT / "tests").rglob("*.py")
        if re.search(r"^\s*(from|import) unittest", path.read_text(), re.MULTILINE)
    ]
    assert users == []


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["onboard", "--help"]])
def test_help_loads_nothing_heavy_and_no_settings(words):
    program = (
        "import sys\nfrom fops.cli.main import main\nmain(sys.argv[1:])\n"
        "heavy = {'chromadb', 'langchain', 'fastapi', 'sqlalchemy', 'dbos', 'boto3', 'onnxruntime', 'yaml', 'jinja2', 'prometheus_client', 'opentelemetry',"
        " 'fops.bootstrap.settings'}\nprint(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_explain_loads_no_database():
    program = (
        "import sys\nfrom fops.cli.main import main\nmain(['onboard', 'explain', sys.argv[1], '--json'])\n"
        "print(sorted({'sqlalchemy', 'jinja2', 'rich'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(ROOT / "tests")], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_no_path_of_a_machine_and_no_address_of_a_registry_is_committed():
    listing = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True
    ).stdout.decode()
    machine = re.compile(r'(^|[\s"\'=(])/(root|work|home/[a-z]+)/[a-z]')
    lock = re.compile(r'"resolved": *"https?:|--(extra-)?index-url|files\.pythonhosted')
    found = []
    for name in filter(None, listing.split("\0")):
        path = ROOT / name
        if not path.is_file() or path.suffix in {".svg", ".png"} or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        found += [f"{name}: {match[0]!r}" for pattern in (machine, lock) if (match := pattern.search(text))]
    assert found == []
