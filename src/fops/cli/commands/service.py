"""`fops service add · list · show · remove`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fops.cli.output import FieldsOption, JsonOption, known_fields, link, print_json, print_lines
from fops.cli.session import say
from fops.cli.table import print_table
from fops.kernel.errors import FormatError, NotFound, UsageError

if TYPE_CHECKING:
    from fops.cli.session import Session

app = typer.Typer(
    help="Services: what there is, who owns it, and where it runs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

FILE = "fops.yaml"
LARGEST = 1_000_000  # bytes of a service file that are read at all; the registry's own limit is stricter
_ADDED_KEYS = ("services", "gone", "status", "changes")
_ROW_KEYS = ("id", "name", "team", "language", "environments", "repository", "file", "changed_at")
_SHOWN_KEYS = (
    "id", "name", "team", "repository", "file", "path", "language", "image", "port", "health", "processes", "backing",
    "secrets", "environments", "added_at", "added_by", "changed_at", "changed_by", "from",
)  # fmt: skip


@app.command()
def add(
    context: typer.Context,
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="PATH", help=f"A repository with a {FILE} at its top, or such a file.", show_default=False
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="One service without a file; what is left out stays.")
    ] = None,
    team: Annotated[str | None, typer.Option("--team", help="The team that owns what is added.")] = None,
    repository: Annotated[
        str | None,
        typer.Option("--repository", metavar="URL", help="Where the source lies. Default: the remote `origin` of PATH."),
    ] = None,
    env: Annotated[
        list[str] | None,
        typer.Option("--env", "-e", metavar="NAME", help="With --name: where it runs, in order; the last needs an approval."),
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", "-t", metavar="k8s|serverless|static", help="With --env: what runs it there.")
    ] = None,
    language: Annotated[str | None, typer.Option("--language", help="With --name.")] = None,
    image: Annotated[str | None, typer.Option("--image", metavar="REPOSITORY", help="With --name, without a tag.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="With --name.")] = None,
    as_json: JsonOption = False,
    fields: FieldsOption = None,
) -> None:  # fmt: skip
    """Add or update the services of a service file, or one by name. Told again, nothing changes."""
    session: Session = context.obj
    known_fields(fields, _ADDED_KEYS)
    given = {"target": target, "language": language, "image": image, "port": port, "environments": env}
    if (path is None) == (name is None):
        raise UsageError(
            "name a PATH with a service file, or one service by --name",
            hint="`fops service add .` reads fops.yaml here",
        )
    if path is not None and (stray := [option for option, value in given.items() if value is not None]):
        option = "env" if stray[0] == "environments" else stray[0]
        raise UsageError(
            f"--{option} goes with --name: {path} has it in its file", hint=f"change {FILE} instead"
        )
    told = _read(path) if path else {"service": {"name": name} | {key: value for key, value in given.items() if value is not None}}  # fmt: skip
    told |= {key: value for key, value in (("repository", repository), ("team", team)) if value is not None}
    result = session.invoker.invoke(session.context(), "service.add", told)
    if as_json or fields:
        print_json(result, fields=fields)
    else:
        print_lines(_added(result))


@app.command("list")
def list_services(
    context: typer.Context,
    team: Annotated[str | None, typer.Option("--team", help="Only those of this team.")] = None,
    as_json: JsonOption = False,
    fields: FieldsOption = None,
) -> None:
    """Every service with its team and environments."""
    session: Session = context.obj
    known_fields(fields, ("services",))
    rows = list(_all(session, team))
    if as_json or fields:
        print_json({"services": rows}, fields=fields)
        return
    headings = ("service", "team", "language", "environments", "repository", "id")
    cells = [
        (row["name"], row["team"] or "–", row["language"], " → ".join(row["environments"]), row["repository"] or "–", row["id"])
        for row in rows
    ]  # fmt: skip
    print_table(headings, cells, color=session.color, folded="repository", spare="language")
    if not rows:
        say("no services" if team is None else f"no services of team {team}")
        say("hint: `fops service add PATH` adds those of a repository's fops.yaml")


@app.command()
def show(
    context: typer.Context,
    service: Annotated[str, typer.Argument(metavar="NAME|ID", help="A service's name or id.")],
    as_json: JsonOption = False,
    fields: FieldsOption = None,
) -> None:
    """One service, and the file and line that each fact came from."""
    session: Session = context.obj
    known_fields(fields, _SHOWN_KEYS)
    one = session.invoker.invoke(session.context(), "service.show", {"service": service})
    if as_json or fields:
        print_json(one, fields=fields)
    else:
        print_lines(_shown(one))


@app.command()
def remove(
    context: typer.Context,
    service: Annotated[str, typer.Argument(metavar="NAME|ID", help="A service's name or id.")],
    as_json: JsonOption = False,
) -> None:
    """Forget a service. What runs is not touched, and its audit entries stay."""
    session: Session = context.obj
    result = session.invoker.invoke(session.context(), "service.remove", {"service": service})
    if as_json:
        print_json(result)
    else:
        print_lines(result.get("changes") or [f"service {result['removed']['name']}: forgotten"])


def _all(session: Session, team: str | None) -> Iterator[Mapping[str, Any]]:
    cursor = None
    while True:
        page = session.invoker.invoke(session.context(), "service.list", {"team": team, "cursor": cursor})
        yield from page["services"]
        cursor = page["cursor"]
        if cursor is None:
            return


def _read(path: Path) -> dict[str, Any]:
    """The text of a service file, with its place in its repository and that repository's name."""
    from fops.kernel import git  # noqa: PLC0415 - only this command

    file = (path / FILE if path.is_dir() else path).absolute()
    if not file.is_file():
        raise NotFound(
            f"no service file {file}",
            hint=f"`fops onboard repo {path}` writes one, or name a service: `fops service add --name …`",
        )
    if file.stat().st_size > LARGEST:
        raise FormatError(f"{file} is larger than {LARGEST} bytes", hint="name a service file")
    top = git.top_around(file.resolve()) or file.resolve().parent
    found = git.find_repository(top)
    return {
        "text": _text(file),
        "file": file.resolve().relative_to(top).as_posix(),
        "repository": (git.remote_url(found) if found else None) or str(top),
    }


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"{file} is no UTF-8 text", hint="name a service file") from error


def _added(result: Mapping[str, Any]) -> Iterator[str]:
    yield from result.get("changes", ())  # of a dry run
    for one in result.get("services", ()):
        yield f"service {one['name']}: {one['status']} ({one['id']})"
        for change in one["changes"]:
            yield f"  {change['what']}: {_in_words(change['before'])} → {_in_words(change['after'])}"
    for name in result.get("gone", ()):
        yield f"service {name}: no longer in the file; `fops service remove {name}` forgets it"


def _shown(one: Mapping[str, Any]) -> Iterator[str]:
    for name in _SHOWN_KEYS:
        if name not in {"environments", "from"} and one[name] not in (None, []):
            yield f"{name:<12} {_in_words(one[name])}{_place(one, name)}"
    for place in one["environments"]:
        details = [
            str(place[key]) for key in ("target", "namespace", "manifests", "parameters") if place[key]
        ]
        guard = "needs an approval" if place["protection"] == "approval" else "no protection"
        yield f"{'environment':<12} {place['name']}: {', '.join(details)}; {guard}{_place(one, 'environments.' + place['name'])}"


def _place(one: Mapping[str, Any], fact: str) -> str:
    place = one["from"].get(fact)
    return f"  [{link(place['file'], '{file}:{line}'.format(**place))}]" if place else ""


def _in_words(value: Any) -> str:
    if value in (None, []):
        return "nothing"
    if isinstance(value, list):
        return ", ".join(_in_words(item) for item in value)
    if isinstance(value, Mapping):
        port = f" on {value['port']}" if value.get("port") else ""
        return f"{value['name']} ({value.get('command')}{port})"
    return str(value)
