"""Settings of the audit room."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fops.kernel import settings


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """Where the trail lies."""

    audit_log_dir: Path | None = settings.setting(
        "AUDIT_LOG_DIR",
        default=None,
        read=settings.path,
        doc="Folder of the audit trail. Default: `$FOPS_HOME/audit`, beside the data whose changes it records; "
        "name a folder on another disk to keep the two apart.",
    )
