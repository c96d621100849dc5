"""Procfile: the processes an application runs, one `name: command` a line (12factor; Heroku's "The Procfile")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.detect.files.commands import port_in
from fops.onboarding.detect.files.place import Place
from fops.onboarding.model import CERTAIN, Fact

_FILE = "Procfile"
# Names of commands that end, the first of them to be run before a release: `release` is Heroku's and Dokku's word for
# it, `postdeploy` Scalingo's (after the build, before the start); the others say so by custom.
ONE_SHOT = ("release", "postdeploy", "predeploy", "migrate")
_ENTRY = re.compile(r"^([A-Za-z0-9_-]+)\s*:\s*(\S.*)$")


def facts(place: Place) -> Iterator[Fact]:
    """All processes; the command and port of the one named `web`, or of the only one there is; what ends before it."""
    entries = tuple(_entries(place.tree.read(_FILE) or ""))
    if not entries:
        return
    processes = [{"name": name, "command": command} for name, command, _ in entries]
    yield _fact("processes", processes, entries[0][2], "processes")
    lasting = [name for name, _, _ in entries if name not in ONE_SHOT]
    main = "web" if "web" in lasting else lasting[0] if len(lasting) == 1 else None
    for name, command, line in entries:
        if name == main:
            yield _fact("start_command", command, line, "web")
            if port := port_in(command):
                yield _fact("port", port, line, "web")
    once = {name: (command, line) for name, command, line in entries}
    if before := next((once[name] for name in ONE_SHOT if name in once), None):
        yield _fact("release_command", *before, "release")


def _entries(text: str) -> Iterator[tuple[str, str, int]]:
    seen: set[str] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        entry = _ENTRY.match(line.strip())
        if entry and entry[1] not in seen:
            seen.add(entry[1])
            yield entry[1], entry[2], number


def _fact(name: str, value: object, line: int, rule: str) -> Fact:
    return Fact(name=name, value=value, rule=f"procfile.{rule}", confidence=CERTAIN, file=_FILE, line=line)
