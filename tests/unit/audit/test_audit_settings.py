from __future__ import annotations

from pathlib import Path

from fops.audit import AuditSettings
from fops.kernel.settings import Source, load


def test_the_folder_is_left_to_the_data_directory_unless_named():
    assert load(AuditSettings, [])[0].audit_log_dir is None
    assert load(AuditSettings, [Source("environment", {"AUDIT_LOG_DIR": "logs"})])[0].audit_log_dir == Path(
        "logs"
    )


def test_a_visited_repository_cannot_move_the_trail():
    visited = Source("project .env", {"AUDIT_LOG_DIR": "elsewhere"}, visited=True)
    assert load(AuditSettings, [visited])[0].audit_log_dir is None
