"""One linear history, expand then contract. `upgrade` is called only for a database that is behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def configuration() -> Config:
    """Alembic's configuration for the scripts in this folder."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def described() -> list[dict[str, str]]:
    """Every revision, oldest first: `revision`, and `says` what it brings."""
    scripts = ScriptDirectory.from_config(configuration()).walk_revisions()
    return [{"revision": one.revision, "says": one.doc} for one in reversed(list(scripts))]


def upgrade(
    connection: Connection,
    revision: str = "head",
    *,
    listener: Callable[[str], None] = lambda _revision: None,
) -> None:
    """Run the missing migrations, in the caller's transaction; the listener hears of each that is done."""
    config = configuration()
    config.attributes["connection"] = connection
    config.attributes["listener"] = listener
    command.upgrade(config, revision)
