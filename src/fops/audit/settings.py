"""Settings of the audit room."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fops.kernel import settings


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """Where the trail lies, under which name it is written, and how long its lines stay."""

    audit_log_dir: Path | None = settings.setting(
        "AUDIT_LOG_DIR",
        default=None,
        read=settings.path,
        doc="Folder of the audit trail. Default: `$FOPS_HOME/audit`, beside the data whose changes it records; "
        "name a folder on another disk to keep the two apart.",
    )
    audit_chain: str | None = settings.setting(
        "AUDIT_CHAIN",
        default=None,
        doc="Name of this node in the trail, under which the database keeps the ends of its chain. Default: the host's name; "
        "give a fixed one where host names change, as in containers, and each trail of a shared database its own.",
    )
    audit_compress_days: int = settings.setting(
        "AUDIT_COMPRESS_DAYS",
        default=7,
        read=settings.positive,
        doc="Days after which a day of the trail is compressed under a seal. Default: 7; about a week is looked at often, and "
        "what is older takes a seventh of the room.",
    )
    audit_keep_days: int | None = settings.setting(
        "AUDIT_KEEP_DAYS",
        default=None,
        read=settings.positive,
        doc="Days after which the lines of a sealed day are given up; its seal stays, and the chain goes on over it. "
        "Default: unset, which keeps everything, since nobody can say for others how long they must.",
    )
