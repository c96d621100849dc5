"""`files.write` through the gate: all or nothing, also when what was written cannot be recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import pytest

from factories.actions import a_call, a_change_set, a_context, a_gate
from fops.actions.contracts import FILES_WRITE
from fops.actions.model import ChangeSet, GateOutcome
from fops.kernel.errors import Final, StorageFailed, UnsafeInput
from fops.packs.files.write import WRITE


def a_write(folder: Path, files: dict[str, str], **parameters: Any) -> ChangeSet:
    entries = [
        {"path": path, "text": text, "executable": path.endswith(".sh")} for path, text in files.items()
    ]
    call = a_call(
        action=FILES_WRITE,
        target=str(folder),
        parameters={"folder": str(folder), "files": entries, **parameters},
    )
    return a_change_set(call)


def no_record(_outcome: GateOutcome) -> NoReturn:
    raise StorageFailed("the database is full")


def everything_below(folder: Path) -> dict[str, tuple[str, int] | None]:
    return {
        path.relative_to(folder).as_posix(): None
        if path.is_dir()
        else (path.read_text(), path.stat().st_mode)
        for path in folder.rglob("*")
    }


def test_files_are_written_with_their_folders_and_modes(tmp_path: Path):
    gate, _ = a_gate(tmp_path, WRITE)
    folder = tmp_path / "out"
    gate.run(a_context(), a_write(folder, {"a/b/run.sh": "x", "c.txt": "y"}), confirmed=True)

    assert (folder / "a/b/run.sh").stat().st_mode & 0o777 == 0o755
    assert (folder / "c.txt").read_text() == "y"


def test_what_cannot_be_recorded_is_taken_back_with_every_file_folder_and_mode_as_before(tmp_path: Path):
    gate, audit = a_gate(tmp_path, WRITE)
    folder = tmp_path / "out"
    (folder / "kept").mkdir(parents=True)
    (folder / "kept/old.sh").write_text("before")
    (folder / "kept/old.sh").chmod(0o600)
    before = everything_below(folder)
    changes = a_write(
        folder, {"kept/old.sh": "after", "kept/new.txt": "n", "x/y/z.txt": "z"}, may_replace=["kept/old.sh"]
    )

    with pytest.raises(StorageFailed, match="the database is full"):
        gate.run(a_context(), changes, confirmed=True, keep=no_record)

    assert everything_below(folder) == before
    assert "failed" in {entry.outcome for entry in audit.query()}


def test_a_folder_that_did_not_exist_is_gone_again(tmp_path: Path):
    gate, _ = a_gate(tmp_path, WRITE)
    with pytest.raises(StorageFailed):
        gate.run(a_context(), a_write(tmp_path / "out/deep", {"a.txt": "a"}), confirmed=True, keep=no_record)

    assert not (tmp_path / "out").exists()


def test_a_file_in_a_folders_place_is_named_before_anything_is_written(tmp_path: Path):
    gate, _ = a_gate(tmp_path, WRITE)
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / ".fops").write_text("mine")

    with pytest.raises(Final, match=r"\.fops is no folder; nothing was written"):
        gate.run(a_context(), a_write(folder, {"a.txt": "a", ".fops/policy/x.rego": "b"}), confirmed=True)

    assert [path.name for path in folder.iterdir()] == [".fops"]


def test_a_folder_in_a_files_place_leaves_nothing_half_written(tmp_path: Path):
    gate, _ = a_gate(tmp_path, WRITE)
    folder = tmp_path / "out"
    (folder / "b.txt").mkdir(parents=True)
    (folder / "a.txt").write_text("before")
    before = everything_below(folder)
    changes = a_write(folder, {"a.txt": "after", "b.txt": "b"}, may_replace=["a.txt", "b.txt"])

    with pytest.raises(StorageFailed):
        gate.run(a_context(), changes, confirmed=True)

    assert everything_below(folder) == before


def test_the_record_of_a_write_holds_no_text_of_a_file(tmp_path: Path):
    gate, audit = a_gate(tmp_path, WRITE)
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.txt").write_text("a private text")
    gate.run(a_context(), a_write(folder, {"a.txt": "after"}, may_replace=["a.txt"]), confirmed=True)

    assert "private" not in "".join(str(entry) for entry in audit.query())


def test_a_file_that_differs_is_never_replaced_and_no_path_leaves_the_folder(tmp_path: Path):
    gate, _ = a_gate(tmp_path, WRITE)
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.txt").write_text("mine")
    (folder / "link").symlink_to(tmp_path)

    with pytest.raises(Final, match="exists and differs"):
        gate.run(a_context(), a_write(folder, {"a.txt": "ours"}), confirmed=True)
    for path in ("../x", "/x", "link/x"):
        with pytest.raises(UnsafeInput):
            gate.run(a_context(), a_write(folder, {path: "x"}), confirmed=True)
