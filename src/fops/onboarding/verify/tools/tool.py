"""How a program judges artifacts: copies in a private folder, one run for all its files, findings or the reason why not."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from fops.kernel.errors import FopsError, FormatError, OutsideFailed, UnsafeInput
from fops.kernel.process import Result, environment, find_program, run
from fops.onboarding.model import Check, CheckStatus
from fops.onboarding.verify.bundle import Bundle, File
from fops.onboarding.verify.finding import Finding, verdicts

WORKERS = 3  # the tools are short and bound by one core each; more only slows the machine down
INSTALL_HINT = 'pip install "fops[verify]"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A program that judges artifacts. Contract suite: tests/contract/test_verify_tools.py.

    `takes` says which artifacts; those that do not parse are skipped. `words` gives the whole command for the found
    program and the files, which are relative to the working folder and start with `./`, so that none reads as an
    option. `read` turns what it left into findings, each under its file's `place`; it raises FopsError for an answer it cannot read. `judged` are
    the exit codes of a program that did its work, with findings or without; any other means it could not.
    `timeout` is in seconds. `one_by_one`: the program takes one file per run. `absent` is the verdict where the program
    is not installed: `could-not-run` for those the `verify` extra brings.
    """

    check: str
    program: str
    takes: Callable[[File], bool]
    words: Callable[[Path, Sequence[str]], Sequence[str | Path]]
    read: Callable[[Result, Sequence[File]], Iterator[Finding]]
    judged: frozenset[int] = frozenset({0, 1})
    timeout: float = 60.0
    one_by_one: bool = False
    absent: CheckStatus = "could-not-run"
    hint: str = INSTALL_HINT


def run_all(tools: Sequence[Tool], bundle: Bundle, *, folder: Path | None = None) -> list[Check]:
    """The checks of every tool, in the order of the tools, over copies in a private folder that is removed again.

    Raises UnsafeInput for a path that would leave the folder.
    """
    with tempfile.TemporaryDirectory(prefix="fops-verify-", dir=folder) as private:
        _write(bundle, Path(private))
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            try:
                # Each in a copy of the caller's context, so that whoever watches the caller can end what it waits for.
                begun = [
                    pool.submit(copy_context().run, _checks, bundle, Path(private), tool) for tool in tools
                ]
                results = [one.result() for one in begun]
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
    return [check for checks in results for check in checks]


def skip_all(tools: Sequence[Tool], bundle: Bundle) -> list[Check]:
    """A `skipped` row wherever a tool would have judged an artifact."""
    return [
        check
        for tool in tools
        for check in _rows(tool, _taken(tool, bundle), "skipped", "the tools were not asked for")
    ]


def own_path(name: str) -> str:
    """A path as a program names it, back as the artifact's."""
    return name.removeprefix("./")


def _write(bundle: Bundle, root: Path) -> None:
    for file in bundle.files:
        path = PurePosixPath(file.place)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise UnsafeInput(f"artifact path {file.place!r} leaves the repository", hint="report this plan")
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.text.encode("utf-8", "replace"))


def _checks(bundle: Bundle, root: Path, tool: Tool) -> list[Check]:
    taken = _taken(tool, bundle)
    broken = _rows(tool, [file for file in taken if file.error], "skipped", "the file does not parse")
    sound = [file for file in taken if not file.error]
    program = find_program(tool.program)
    if program is None:
        return broken + _rows(tool, sound, tool.absent, tool.hint)
    runs = [[file] for file in sound] if tool.one_by_one else [sound] if sound else []
    return broken + [check for files in runs for check in _judge(tool, program, files, root)]


def _judge(tool: Tool, program: Path, files: Sequence[File], root: Path) -> list[Check]:
    try:
        words = tool.words(program, [f"./{file.place}" for file in files])
        result = run(words, cwd=root, env=_environment(root), timeout=tool.timeout)
        findings = list(_read(tool, result, files))
    except (FopsError, OSError) as error:
        return _rows(tool, files, "could-not-run", f"{tool.program}: {error}")
    return list(verdicts(tool.check, (file.path for file in files), findings))


def _read(tool: Tool, result: Result, files: Sequence[File]) -> Iterator[Finding]:
    if result.exit_code not in tool.judged:
        said = [line.strip() for line in (result.error_text or result.text).splitlines() if line.strip()]
        raise OutsideFailed(f"ended with {result.exit_code}: {said[-1] if said else 'no message'}")
    paths = {file.place: file.path for file in files}
    try:
        for found in tool.read(result, files):
            yield replace(found, artifact=paths[found.artifact])
    except (LookupError, TypeError, AttributeError) as error:
        # Another release of the program may answer in another shape; what we do not understand is no pass.
        raise FormatError(f"its answer is not understood ({error!r})") from error


def _environment(root: Path) -> dict[str, str]:
    """No configuration of the person's own may change a verdict, and tools find each other beside this interpreter."""
    path = os.pathsep.join([str(Path(sys.prefix, "bin")), os.environ.get("PATH", os.defpath)])
    return environment(
        {"PATH": path, "HOME": str(root), "XDG_CACHE_HOME": str(root / ".cache"), "NO_COLOR": "1"}
    )


def _taken(tool: Tool, bundle: Bundle) -> list[File]:
    return [file for file in bundle.files if tool.takes(file)]


def _rows(tool: Tool, files: Sequence[File], status: CheckStatus, detail: str) -> list[Check]:
    return [Check(artifact=file.path, check=tool.check, status=status, detail=detail) for file in files]
