"""Make what the composed services keep secret, once: the database's password and the key that signs tokens.

usage: make_keys.py PASSWORD_FILE CONFIG

CONFIG is the configuration file of whoever runs `fops` in there; what the environment sets wins over it. A password is
taken from POSTGRES_PASSWORD if that is set. Nothing is printed.
"""

from __future__ import annotations

import os
import secrets
import sys
import tomllib
from pathlib import Path
from urllib.parse import quote


def main() -> int:
    """Write both files; a second run leaves them as they are."""
    password_file, config = map(Path, sys.argv[1:])
    told = os.environ.get("POSTGRES_PASSWORD")
    kept = password_file.read_text() if password_file.exists() else None
    if kept and told and kept != told:
        print("error: POSTGRES_PASSWORD is not the one that the database was made with", file=sys.stderr)
        print(
            "hint: leave it out, or change it in the database and in the volume `keys` first", file=sys.stderr
        )
        return 1
    password = kept or told or secrets.token_urlsafe(32)
    before = tomllib.loads(config.read_text()) if config.exists() else {}
    values = {
        "DATABASE_URL": f"postgresql://fops:{quote(password, safe='')}@postgres:5432/fops",
        "SECRET_KEY": before.get("SECRET_KEY") or secrets.token_urlsafe(48),
    }
    write(password_file, password)
    write(config, "".join(f'{name} = "{value}"\n' for name, value in values.items()))
    return 0


def write(path: Path, text: str) -> None:
    """Write it whole or not at all, for its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    new.replace(path)


if __name__ == "__main__":
    sys.exit(main())
