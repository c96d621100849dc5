"""Programs are run without a shell, see only what they need, and end when their time or room is over."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from fops.kernel import interrupts
from fops.kernel.errors import Cancelled, LimitExceeded, NotFound
from fops.kernel.process import environment, find_program, run


def _python(program: str, *words: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", program, *words]


def test_words_reach_the_program_as_they_are() -> None:
    result = run(_python("import sys; print(sys.argv[1:])", "$(id)", "a b", "*", ";"))
    assert result.text.strip() == "['$(id)', 'a b', '*', ';']"


def test_exit_code_and_both_outputs_come_back() -> None:
    result = run(_python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"))
    assert (result.exit_code, result.text, result.error_text) == (3, "out\n", "err\n")


def test_large_input_and_output_do_not_block_each_other() -> None:
    data = os.urandom(500_000)
    result = run(
        _python("import sys, shutil; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)"), stdin=data
    )
    assert result.stdout == data


def test_input_nobody_reads_is_no_error() -> None:
    assert run(_python("pass"), stdin=b"x" * 500_000).exit_code == 0


def test_a_program_sees_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    monkeypatch.setenv("FOPS_TOKEN", "hunter2")
    seen = run(_python("import os; print(dict(os.environ))")).text
    assert "hunter2" not in seen
    assert "PATH" in seen


def test_the_environment_can_be_added_to() -> None:
    assert environment({"A": "1"})["A"] == "1"


def test_a_program_that_is_not_installed_is_named() -> None:
    with pytest.raises(NotFound, match="no-such-program") as caught:
        run(["no-such-program"])
    assert "install" in caught.value.hint
    assert find_program("no-such-program") is None


def test_the_program_beside_the_interpreter_comes_first() -> None:
    assert find_program("python") == Path(sys.prefix, "bin", "python")


def _is_alive(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_past_its_time_a_program_is_ended_with_all_it_started(tmp_path: Path) -> None:
    note = tmp_path / "child"
    program = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(sys.argv[1], "w").write(str(child.pid))
time.sleep(60)
"""
    with pytest.raises(LimitExceeded, match="did not end within 1 s"):
        run(_python(program, str(note)), timeout=1)
    child = int(note.read_text())
    ended = time.monotonic() + 5
    while _is_alive(child) and time.monotonic() < ended:
        time.sleep(0.01)
    assert not _is_alive(child)


def test_a_program_that_closes_its_outputs_still_has_to_end_in_time() -> None:
    with pytest.raises(LimitExceeded, match="did not end"):
        run(_python("import os, time; os.close(1); os.close(2); time.sleep(60)"), timeout=0.5)


@pytest.mark.parametrize("output", ["stdout", "stderr"])
def test_a_program_that_writes_without_end_is_ended(output: str) -> None:
    program = f"import sys\nwhile True: sys.{output}.write('x' * 1000)"
    with pytest.raises(LimitExceeded, match="more than 100000 bytes"):
        run(_python(program), max_output=100_000)


def test_a_program_cannot_write_a_file_larger_than_it_may(tmp_path: Path) -> None:
    program = "import sys\nwith open(sys.argv[1], 'wb') as file: file.write(b'x' * 5000)"
    result = run(_python(program, str(tmp_path / "file")), max_file=1000)
    assert result.exit_code != 0
    assert "File too large" in result.error_text
    assert (tmp_path / "file").stat().st_size <= 1000


def test_a_program_ends_when_whoever_watches_wants_the_wait_to_end(tmp_path: Path) -> None:
    began = time.monotonic()

    def check() -> None:
        if time.monotonic() - began > 0.3:
            raise Cancelled("somebody stopped it")

    program = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(60)"
    with pytest.raises(Cancelled), interrupts.watched(check):
        run(_python(program, str(tmp_path / "pid")))
    assert time.monotonic() - began < 20
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_nobody_watches_behind_the_block() -> None:
    with interrupts.watched(lambda: pytest.fail("nobody waits here any more")):
        pass
    assert run(_python("print('done')")).text == "done\n"
