"""Backups: one file with everything a database and its folders hold, for either kind of database.

A backup is a ZIP file: `manifest.json` (`schema` is `fops.backup/v1`; the revision, each member's digest, each table's
number of rows), `tables/NAME.jsonl` (a row as a JSON object a line, columns by name, in order of the primary key;
bytes as base64), and `files/FOLDER/…`. Since rows are values and no SQL, what was taken from SQLite goes into
PostgreSQL and back. Map:
    model.py    Member, Manifest          write.py     a backup of a database and some files
    archive.py  a backup, checked whole   restore.py   its rows into a database, in one transaction
    folders.py  its files into their places, with the way back
"""

from fops.storage.backup.archive import Backup, opened
from fops.storage.backup.folders import Folders, members
from fops.storage.backup.model import Manifest, Member
from fops.storage.backup.restore import is_empty, restore_rows
from fops.storage.backup.write import back_up

__all__ = [
    "Backup",
    "Folders",
    "Manifest",
    "Member",
    "back_up",
    "is_empty",
    "members",
    "opened",
    "restore_rows",
]
