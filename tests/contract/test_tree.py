"""One suite for every Tree: in memory, in a folder, in a commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from factories.repositories import folder, git, repository
from fops.kernel.git import find_repository
from fops.onboarding.fetch.git_tree import GitTree
from fops.onboarding.fetch.tree import MAX_FILE, FolderTree, MemoryTree, TreeWithout
from fops.onboarding.ports import Tree

Plant = Callable[[Mapping[str, str]], Tree]
TEXTS = {
    "README.md": "# Shop\n",
    "apps/web/package.json": "{}\n",
    "apps/web/src/index.ts": "export {}\n",
    "apps/webshop/go.mod": "module x\n",
    "naïve/ü.txt": "ä\n",
}


@pytest.fixture(params=["memory", "folder", "commit", "without"])
def plant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Plant]:
    """Makes a tree of one kind with these texts."""
    with ExitStack() as opened:

        def make(texts: Mapping[str, str]) -> Tree:
            match request.param:
                case "memory":
                    return MemoryTree(texts)
                case "folder":
                    return FolderTree(folder(tmp_path / "tree", texts))
                case "without":
                    return TreeWithout(MemoryTree({**texts, "hidden/x": "x"}), frozenset({"hidden/x"}))
            found = find_repository(repository(tmp_path / "tree", texts))
            assert found is not None
            return opened.enter_context(GitTree(found, git("rev-parse", "HEAD", cwd=tmp_path / "tree")))

        yield make


def test_every_file_is_listed_sorted_by_its_path(plant: Plant) -> None:
    assert plant(TEXTS).files == tuple(sorted(TEXTS))


def test_a_file_is_read_and_measured(plant: Plant) -> None:
    tree = plant(TEXTS)
    assert {path: tree.read(path) for path in tree.files} == TEXTS
    assert {path: tree.size(path) for path in tree.files} == {
        path: len(text.encode()) for path, text in TEXTS.items()
    }


@pytest.mark.parametrize(
    "path", ["absent", "apps", "apps/web", "", ".", "/etc/passwd", "../tree/README.md", "./README.md"]
)
def test_what_is_no_listed_file_is_absent(plant: Plant, path: str) -> None:
    tree = plant(TEXTS)
    assert tree.read(path) is None
    assert tree.size(path) is None


def test_vendored_folders_are_left_out(plant: Plant) -> None:
    vendored = [
        "node_modules/x/index.js",
        "apps/web/node_modules/y.js",
        ".venv/lib/z.py",
        "a/__pycache__/b.pyc",
    ]
    tree = plant({**TEXTS, **dict.fromkeys(vendored, "x\n")})
    assert tree.files == tuple(sorted(TEXTS))
    assert [tree.read(path) for path in vendored] == [None] * len(vendored)


def test_a_file_named_like_a_vendored_folder_is_a_file(plant: Plant) -> None:
    assert plant({"bin/venv": "#!/bin/sh\n"}).files == ("bin/venv",)


def test_a_binary_or_very_large_file_is_listed_and_measured_but_not_read(plant: Plant) -> None:
    tree = plant({"logo.png": "\x89PNG\0", "exact": "x" * MAX_FILE, "large": "x" * (MAX_FILE + 1)})
    assert tree.files == ("exact", "large", "logo.png")
    assert [tree.read("logo.png"), tree.read("large")] == [None, None]
    assert tree.size("large") == MAX_FILE + 1
    assert len(tree.read("exact") or "") == MAX_FILE


def test_a_byte_order_mark_is_dropped(plant: Plant) -> None:
    assert plant({"package.json": "\ufeff{}"}).read("package.json") == "{}"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("\ufeffflask\r\n".encode("utf-16-le"), "flask\r\n"),
        ("\ufeffflask\n".encode("utf-16-be"), "flask\n"),
        ("\ufeffflask\n".encode("utf-32-le"), None),
        (b"\xff\xfeA\x00\x00\x00", None),
    ],
)
def test_what_windows_wrote_in_utf_16_is_text(tmp_path: Path, data: bytes, text: str | None) -> None:
    plain = FolderTree(folder(tmp_path / "plain", {"requirements.txt": data}))
    found = find_repository(repository(tmp_path / "committed", {"requirements.txt": data}))
    assert found is not None
    with GitTree(found, git("rev-parse", "HEAD", cwd=tmp_path / "committed")) as committed:
        assert [tree.read("requirements.txt") for tree in (plain, committed)] == [text, text]


def test_line_ends_stay_as_they_are(plant: Plant) -> None:
    assert plant({"dos.txt": "a\r\nb\r\n"}).read("dos.txt") == "a\r\nb\r\n"


def test_a_view_of_a_folder_has_only_its_files_with_paths_from_there(plant: Plant) -> None:
    web = plant(TEXTS).below("apps/web")
    assert web.files == ("package.json", "src/index.ts")
    assert web.read("package.json") == "{}\n"
    assert web.size("package.json") == 3
    assert web.read("../webshop/go.mod") is None
    assert web.read("README.md") is None


def test_a_view_of_a_view_is_a_view(plant: Plant) -> None:
    tree = plant(TEXTS)
    assert tree.below("apps").below("web/src/").files == ("index.ts",)
    assert tree.below(".").files == tree.files
    assert tree.below("apps/web").below(".").files == ("package.json", "src/index.ts")


def test_a_view_of_no_folder_is_empty(plant: Plant) -> None:
    tree = plant(TEXTS)
    assert [tree.below(path).files for path in ("absent", "..", "app", "README.md")] == [()] * 4
