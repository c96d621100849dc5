"""All settings groups, where their values come from, and what `config show --origin` prints."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from fops.audit import AuditSettings
from fops.auth.settings import AuthSettings
from fops.bootstrap.limits import LimitSettings
from fops.bootstrap.server import ServerSettings
from fops.kernel.formats import load_toml
from fops.kernel.settings import Loaded, Source, flatten, load, parse_env, path, setting
from fops.packs.github.settings import GithubSettings
from fops.storage.settings import StorageSettings
from fops.telemetry.settings import TelemetrySettings
from fops.workflows.settings import WorkerSettings

PROJECT_FILES = (".env", ".fops/config.toml")

Group = TypeVar("Group")


@dataclass(frozen=True)
class CoreSettings:
    """What every command needs."""

    home: Path | None = setting(
        "FOPS_HOME",
        default=None,
        read=path,
        prefix_only=True,
        doc="Data directory: database, audit trail, proposals. Default: the platform's user data directory, so that nothing lands in a repository.",
    )
    project_name: str = setting(
        "PROJECT_NAME", default="F-Ops", project=True, doc="Name shown in texts. Default: F-Ops."
    )


GROUPS = (
    CoreSettings, StorageSettings, AuditSettings, ServerSettings, AuthSettings, LimitSettings, WorkerSettings, TelemetrySettings,
    GithubSettings,
)  # fmt: skip


class Settings:
    """The groups of one process, loaded once from flags, environment and files. Raises UsageError, FormatError."""

    def __init__(
        self,
        *,
        flags: Mapping[str, str] | None = None,
        config: Path | None = None,
        folder: Path | None = None,
    ) -> None:
        self._sources = tuple(_sources(flags or {}, config, folder or Path.cwd()))

    def group(self, group: type[Group]) -> Group:
        """One group's values."""
        return load(group, self._sources)[0]

    def loaded(self) -> tuple[Loaded, ...]:
        """Every setting with its value and origin."""
        return tuple(one for group in GROUPS for one in load(group, self._sources)[1])

    @property
    def home(self) -> Path:
        """The data directory."""
        from platformdirs import user_data_path  # noqa: PLC0415 - only where no FOPS_HOME is set

        return self.group(CoreSettings).home or user_data_path("fops", appauthor=False)


def _sources(flags: Mapping[str, str], config: Path | None, folder: Path) -> list[Source]:
    from platformdirs import user_config_path  # noqa: PLC0415 - `fops --help` needs no folders

    sources = [Source("flag", flags)]
    if config is not None:
        sources.append(_file(config, visited=False))
    sources.append(Source("environment", os.environ))
    sources += [_file(folder / name, visited=True) for name in PROJECT_FILES if (folder / name).is_file()]
    user = user_config_path("fops", appauthor=False) / "config.toml"
    return [*sources, _file(user, visited=False)] if user.is_file() else sources


def _file(file: Path, *, visited: bool) -> Source:
    text = file.read_text(encoding="utf-8", errors="replace")
    values = flatten(load_toml(text, name=str(file))) if file.suffix == ".toml" else parse_env(text)
    return Source(str(file), values, visited=visited)
