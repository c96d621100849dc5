"""A server as a container runs it: every line on stderr is one JSON object, from its first word to its last."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import httpx2

from factories.commands import Fops


def _lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def _address(file: Path) -> str:
    for _ in range(600):
        for line in _lines(file):
            if str(line["event"]).startswith("serving on "):
                return str(line["event"]).split()[2]
        time.sleep(0.1)
    raise AssertionError(file.read_text())


def test_all_that_a_server_says_where_no_person_reads_is_json_lines(tmp_path):
    fops, said = Fops(tmp_path), tmp_path / "said"
    env = fops.environment({"FOPS_AUTH_MODE": "off", "METRICS_ADDRESS": "127.0.0.1:0", "LOG_LEVEL": "debug"})
    with said.open("w") as stderr:
        process = subprocess.Popen(fops.words("serve", "--port", "0"), cwd=tmp_path, env=env, stderr=stderr)
        try:
            url = _address(said)
            metrics = httpx2.get(f"{url}/metrics").text
            httpx2.get(f"{url}/api/operations", headers={"X-Request-ID": "mine-1234"})
        finally:
            process.terminate()
            assert process.wait(timeout=60) == 0
    assert "process_resident_memory_bytes" in metrics
    lines = _lines(said)
    assert lines[-1]["event"] == "stopped"
    (told,) = [line for line in lines if line.get("request_id") == "mine-1234" and line["event"] == "request"]
    assert (told["route"], told["status"]) == ("/api/operations", 200)


def test_commands_that_no_server_answers_stay_quiet_and_load_nothing_of_it(tmp_path):
    fops = Fops(tmp_path)
    program = (
        "import sys\nfrom fops.cli.main import main\ncode = main(['audit', 'list'])\n"
        "print(sorted({'prometheus_client', 'opentelemetry', 'fops.telemetry.logs'} & set(sys.modules)), file=sys.stderr)\nsys.exit(code)"
    )
    words = [sys.executable, "-c", program]
    done = subprocess.run(
        words, cwd=tmp_path, env=fops.environment({}), capture_output=True, text=True, check=True
    )
    assert done.stderr.strip().splitlines()[-1] == "[]"
    assert len(done.stderr.strip().splitlines()) <= 2
