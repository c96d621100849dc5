"""Where a program's data is that no server keeps: on a volume where that is possible, and said plainly where it is lost.

A volume hides what the image has in its place, so that it takes a folder of its own: the one the file lies in, or
`/data`, where a variable of the program can name that. One process at a time may write such a file.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from typing import Any

from fops.kernel.redaction import redact_text
from fops.onboarding.model import Assumption, DataFile, EnvVariable, ServicePlan, Target
from fops.onboarding.plan.processes import Draft

VOLUME = "/data"  # by the custom of platforms with volumes
_SCRATCH = "/tmp"  # noqa: S108 - the one folder that a function may write
_SERVERS = frozenset({"postgres", "mysql", "mssql", "mongodb"})
_PLACEHOLDERS = frozenset({".gitkeep", ".gitignore", ".keep", "README.md"})
_BUILT = frozenset({"dist", "build", "out", "target", "bin", "public", "node_modules", ".next", ".output"})
_TOP = "/app/"  # what a generated image has its working folder in


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A detected file: the variable that names another one, and what that holds."""

    path: str
    variable: str | None
    pattern: str

    def held(self, path: str) -> str:
        """What the variable holds for a file at a path."""
        return self.pattern.replace("{path}", path).replace("{folder}", posixpath.dirname(path) or ".")


def keep(
    service: ServicePlan, one: Draft, target: Target, *, several: bool
) -> tuple[ServicePlan, tuple[Assumption, ...]]:
    """The service with a place for its data, and what that means for the person; as it is where a server keeps them."""
    named = _named(one.value("database_file"))
    if named is None or service.static or _SERVERS.intersection(service.backing):
        return service, ()
    kept, why = (
        _in_function(service, named) if target is Target.SERVERLESS else _in_cluster(service, one, named)
    )
    fact = f"{one.address}.database_file" if several else "database_file"
    assumption = Assumption(
        service=service.name, fact="database_file", value=named.path, why=why, answer_with=f"--set {fact}=…"
    )
    return kept, (assumption,)


def _named(value: Any) -> _Named | None:
    if not isinstance(value, dict):
        return None
    path, variable, pattern = value["path"], value["variable"], value["pattern"]
    secret = redact_text(pattern) != pattern  # a password beside the path stays where it is
    return _Named(path=path, variable=None if secret else variable, pattern=pattern)


def _in_cluster(service: ServicePlan, one: Draft, named: _Named) -> tuple[ServicePlan, str]:
    folder = _own_folder(one, named.path)
    only = "so one pod runs without an autoscaler and stops before its successor starts"
    if folder:
        kept = replace(service, data=DataFile(path=named.path, folder=folder))
        return _told(
            kept, named, named.path
        ), f"no database server was found: a volume on its folder keeps it, {only}{_or(named)}"
    if named.variable and one.dockerfile is None:
        path = f"{VOLUME}/{posixpath.basename(named.path)}"
        moved = _told(replace(service, data=DataFile(path=path, folder=VOLUME)), named, path)
        return (
            moved,
            f"no database server was found: {named.variable} moves it to a volume on {VOLUME}, {only}{_or(named)}",
        )
    no_volume = "a volume on its folder would hide the program"
    if one.dockerfile is not None:
        no_volume = "where your own Dockerfile has its folder is not known, so no volume is mounted there"
    apart = (
        "the release command runs in a pod of its own, so what it writes there never reaches the program; "
    )
    lost = (
        f"no database server was found, and {no_volume}: its data is lost with each restart and release, {only}; "
        f"{apart if service.release_command else ''}"
        "say none where a server keeps the data, or such as data/app.db when you moved it"
    )
    return replace(service, data=DataFile(path=named.path, folder=None)), lost


def _in_function(service: ServicePlan, named: _Named) -> tuple[ServicePlan, str]:
    lost = (
        "no database server was found, and a function may write only below /tmp, where its data is soon lost"
    )
    if not named.variable:
        return service, f"{lost}; writing this file fails: the target k8s has a place for it"
    path = f"{_SCRATCH}/{posixpath.basename(named.path)}"
    return _told(service, named, path), f"{lost}: {named.variable} says so{_or(named)}"


def _or(named: _Named) -> str:
    return (
        f"; {named.variable} may name a database server instead"
        if named.variable and "://" in named.pattern
        else ""
    )


def _told(service: ServicePlan, named: _Named, path: str) -> ServicePlan:
    """The service with the variable set to the path: the address of a file needs no password and is no secret."""
    known = any(variable.name == named.variable for variable in service.env)
    if named.variable is None or (path == named.path and not known):
        return service
    others = tuple(variable for variable in service.env if variable.name != named.variable)
    env = (*others, EnvVariable(name=named.variable, default=named.held(path)))
    evidence = dict(service.evidence)
    if secrets := evidence.pop("secrets", None):
        left = [name for name in secrets.value if name != named.variable]
        evidence |= {"secrets": replace(secrets, value=left)} if left else {}
    return replace(
        service, env=tuple(sorted(env, key=lambda one: one.name)), evidence=dict(sorted(evidence.items()))
    )


def _own_folder(one: Draft, path: str) -> str | None:
    """The file's folder, if nothing of the program lies in it. Where the user's own image works is not known."""
    folder = posixpath.dirname(path.removeprefix(_TOP))
    if folder.startswith("/"):
        return folder if folder != "/" else None
    first = folder.split("/")[0]
    if one.dockerfile is not None or first in _BUILT | {"", "..", one.text("output_folder")}:
        return None
    there = (name for name in one.tree.files if name.startswith(f"{folder}/"))
    return folder if all(posixpath.basename(name) in _PLACEHOLDERS for name in there) else None
