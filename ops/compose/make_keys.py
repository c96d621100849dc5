"""Make what the composed services keep secret, once: the database's password and the key that signs tokens.

usage: make_keys.py PASSWORD_FILE SERVER_ENV

What the environment gives (SECRET_KEY, POSTGRES_PASSWORD, DATABASE_URL) is taken; nothing is printed. SERVER_ENV is the
file that `fops --config` reads.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import quote


def main() -> int:
    """Write both files; run again, they stay as they are but for what the environment gives anew."""
    password_file, server_env = map(Path, sys.argv[1:])
    told = given("POSTGRES_PASSWORD")
    kept = password_file.read_text() if password_file.exists() else None
    if kept and told and kept != told:
        print("error: POSTGRES_PASSWORD is not the one that the database was made with", file=sys.stderr)
        print("hint: leave it out; or change it in the database and in the volume `keys`", file=sys.stderr)
        return 1
    password = kept or told or secrets.token_urlsafe(32)
    before = assignments(server_env)
    write(password_file, password)
    url = f"postgresql://fops:{quote(password, safe='')}@postgres:5432/fops"
    values = {
        "DATABASE_URL": given("DATABASE_URL") or url,
        "SECRET_KEY": given("SECRET_KEY") or before.get("SECRET_KEY") or secrets.token_urlsafe(48),
    }
    write(server_env, "".join(f"{name}={value}\n" for name, value in values.items()))
    return 0


def given(name: str) -> str:
    """A variable of the environment under either of its names, empty where neither is set."""
    return os.environ.get(f"FOPS_{name}") or os.environ.get(name, "")


def assignments(path: Path) -> dict[str, str]:
    """What the file holds from an earlier run."""
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("=", 1) for line in lines)


def write(path: Path, text: str) -> None:
    """Write it whole or not at all, for its owner alone."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    new.replace(path)


if __name__ == "__main__":
    sys.exit(main())
