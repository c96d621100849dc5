"""Make what the composed services keep secret, once: the database's password, the keys for tokens and metrics.

usage: make_keys.py KEYS CONFIG

KEYS is a folder for what other programs read: `postgres`, the password, and `metrics`, the token that only reads metrics.
CONFIG is the configuration file of whoever runs `fops` in there; what the environment sets wins over it. POSTGRES_PASSWORD
and METRICS_TOKEN are taken if they are set. Nothing is printed.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import tomllib
from pathlib import Path
from urllib.parse import quote


def main() -> int:
    """Write both files; a second run leaves them as they are."""
    keys, config = map(Path, sys.argv[1:])
    told, kept = os.environ.get("POSTGRES_PASSWORD"), read(keys / "postgres")
    if kept and told and kept != told:
        print("error: POSTGRES_PASSWORD is not the one that the database was made with", file=sys.stderr)
        print(
            "hint: leave it out, or change it in the database and in the volume `keys` first", file=sys.stderr
        )
        return 1
    password = kept or told or secrets.token_urlsafe(32)
    metrics = os.environ.get("METRICS_TOKEN") or read(keys / "metrics") or secrets.token_urlsafe(32)
    values = {
        "DATABASE_URL": f"postgresql://fops:{quote(password, safe='')}@postgres:5432/fops",
        "METRICS_TOKEN": metrics,
        "SECRET_KEY": tomllib.loads(read(config)).get("SECRET_KEY") or secrets.token_urlsafe(48),
    }
    write(keys / "postgres", password)
    write(keys / "metrics", metrics, mode=0o644)  # Prometheus is another user, and this opens nothing else
    write(config, "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items()))
    return 0


def read(path: Path) -> str:
    """The text of a file, empty where there is none."""
    return path.read_text() if path.exists() else ""


def write(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Write it whole or not at all, for its owner alone unless told otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
    new.replace(path)


if __name__ == "__main__":
    sys.exit(main())
