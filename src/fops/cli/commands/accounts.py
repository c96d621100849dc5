"""`fops auth user · role · token`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fops.cli.output import FieldsOption, JsonOption, known_fields, print_json, print_json_lines, print_lines
from fops.cli.session import say
from fops.cli.table import print_table

if TYPE_CHECKING:
    from fops.cli.session import Session

users = typer.Typer(help="People and service accounts.", no_args_is_help=True, rich_markup_mode=None)
roles = typer.Typer(help="Who may do what, and where.", no_args_is_help=True, rich_markup_mode=None)
tokens = typer.Typer(help="Tokens for programs.", no_args_is_help=True, rich_markup_mode=None)

AccountArgument = Annotated[str, typer.Argument(metavar="NAME", help="ada, user:ada or service:ci.")]
RoleOption = Annotated[
    str | None, typer.Option("--role", metavar="ROLE", help="viewer, operator, approver or admin.")
]
TeamOption = Annotated[
    str | None, typer.Option("--team", metavar="NAME", help="Only for this team's services.")
]
ServiceOption = Annotated[
    str | None, typer.Option("--service", metavar="NAME", help="Only for this service.")
]
EnvOption = Annotated[
    str | None, typer.Option("--env", "-e", metavar="NAME", help="Only in this environment.")
]

JsonLines = Annotated[bool, typer.Option("--json", help="JSON lines on stdout, one each.")]

_USER_KEYS = ("actor", "added_at", "added_by", "password_at", "disabled_at", "roles")
_ROLE_KEYS = ("subject", "role", "team", "service", "environment", "granted_by", "granted_at")
_TOKEN_KEYS = ("id", "actor", "name", "role", "team", "service", "environment", "created_by", "created_at", "expires_at",
               "used_at", "revoked_at")  # fmt: skip


@users.command("list")
def list_users(context: typer.Context, as_json: JsonLines = False, fields: FieldsOption = None) -> None:
    """People and service accounts with their roles."""
    session: Session = context.obj
    known_fields(fields, _USER_KEYS)
    found = _invoke(session, "auth.user.list")["users"]
    rows = [(one["actor"], _state(one), "\n".join(map(in_words, one["roles"])) or "none") for one in found]
    _show(session, found, ("account", "state", "roles"), rows, as_json=as_json, fields=fields, folded="roles")


@users.command("add")
def add_user(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="1 to 63 of a-z 0-9 . _ @ -.")],
    program: Annotated[
        bool, typer.Option("--program", help="A service account, which has tokens and no password.")
    ] = False,
    role: RoleOption = None,
    team: TeamOption = None,
    service: ServiceOption = None,
    env: EnvOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a person or a service account. A person's invitation is printed once, for you to hand over."""
    session: Session = context.obj
    wanted = {
        "name": name,
        "program": program,
        "role": role,
        "team": team,
        "service": service,
        "environment": env,
    }
    _tell_invitation(_invoke(session, "auth.user.add", **wanted), as_json=as_json)


@users.command("reset")
def reset_user(context: typer.Context, name: AccountArgument, as_json: JsonOption = False) -> None:
    """End a person's password and sessions. The invitation to set a new one is printed once."""
    session: Session = context.obj
    _tell_invitation(_invoke(session, "auth.user.reset", name=name), as_json=as_json)


@users.command("disable")
def disable_user(context: typer.Context, name: AccountArgument) -> None:
    """Let nothing of an account count. Its sessions end; its roles and tokens are kept for `enable`."""
    session: Session = context.obj
    _told(_invoke(session, "auth.user.disable", name=name), "{actor} is disabled")


@users.command("enable")
def enable_user(context: typer.Context, name: AccountArgument) -> None:
    """Let an account count again."""
    session: Session = context.obj
    _told(_invoke(session, "auth.user.enable", name=name), "{actor} is enabled")


@roles.command("list")
def list_roles(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Only this account's.")] = None,
    as_json: JsonLines = False,
    fields: FieldsOption = None,
) -> None:
    """Who has which role where."""
    session: Session = context.obj
    known_fields(fields, _ROLE_KEYS)
    found = _invoke(session, "auth.role.list", name=name)["roles"]
    rows = [(one["subject"], in_words(one), one["granted_by"]) for one in found]
    _show(session, found, ("account", "role", "by"), rows, as_json=as_json, fields=fields, folded="role")


@roles.command("grant")
def grant_role(
    context: typer.Context,
    name: AccountArgument,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="viewer, operator, approver or admin.")],
    team: TeamOption = None,
    service: ServiceOption = None,
    env: EnvOption = None,
) -> None:
    """Give an account a role. It takes the place of the one on the same scope; without a scope it counts everywhere."""
    session: Session = context.obj
    done = _invoke(
        session, "auth.role.grant", name=name, role=role, team=team, service=service, environment=env
    )
    _told(done, f"{{subject}} is {in_words(done) if 'role' in done else role}")


@roles.command("revoke")
def revoke_role(
    context: typer.Context,
    name: AccountArgument,
    team: TeamOption = None,
    service: ServiceOption = None,
    env: EnvOption = None,
) -> None:
    """Take the role on exactly this scope back. Without a scope it is the one everywhere."""
    session: Session = context.obj
    done = _invoke(session, "auth.role.revoke", name=name, team=team, service=service, environment=env)
    _told(done, "{subject} has no role {scope} any more")


@tokens.command("list")
def list_tokens(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Option("--for", metavar="NAME", help="For admins: of this account.")
    ] = None,
    as_json: JsonLines = False,
    fields: FieldsOption = None,
) -> None:
    """Your tokens, newest first."""
    session: Session = context.obj
    known_fields(fields, _TOKEN_KEYS)
    found = _invoke(session, "auth.token.list", name=name)["tokens"]
    rows = [(one["id"], one["actor"], one["name"], in_words(one), _age(one)) for one in found]
    headings = ("id", "account", "title", "at most", "state")
    _show(session, found, headings, rows, as_json=as_json, fields=fields, folded="title")


@tokens.command("create")
def create_token(
    context: typer.Context,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What it is for.")],
    name: Annotated[
        str | None,
        typer.Option("--for", metavar="NAME", help="For admins: of a service account, service:ci."),
    ] = None,
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="The most it may do.")] = "viewer",
    team: TeamOption = None,
    service: ServiceOption = None,
    env: EnvOption = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How long it counts.")] = 90,
    as_json: JsonOption = False,
) -> None:
    """Make a token for a program. It is printed once; what it may do is the less of its role and its owner's."""
    session: Session = context.obj
    wanted = {
        "title": title,
        "name": name,
        "role": role,
        "team": team,
        "service": service,
        "environment": env,
        "days": days,
    }
    made = _invoke(session, "auth.token.create", **wanted)
    if as_json or "token" not in made:
        _told(made, "", as_json=as_json)
        return
    print_lines([made["token"]])
    say(f"{made['id']} of {made['actor']}, until {made['expires_at'][:10]}: it is shown this once")


@tokens.command("revoke")
def revoke_token(
    context: typer.Context, identifier: Annotated[str, typer.Argument(metavar="ID", help="pat_…")]
) -> None:
    """Let a token count no more."""
    session: Session = context.obj
    _told(_invoke(session, "auth.token.revoke", id=identifier), "{id} of {actor} is revoked")


def in_words(grant: Mapping[str, Any]) -> str:
    """A role and where it counts."""
    parts = [f"{name} {grant[name]}" for name in ("team", "service", "environment") if grant[name]]
    return f"{grant['role']} {'in ' + ', '.join(parts) if parts else 'everywhere'}"


def _invoke(session: Session, action: str, /, **parameters: Any) -> Mapping[str, Any]:
    return session.invoker.invoke(session.context(), action, parameters)


def _told(done: Mapping[str, Any], text: str, *, as_json: bool = False) -> None:
    if as_json:
        print_json(done)
    elif done.get("status") == "planned":
        print_lines(f"would {change}" for change in done["changes"])
    else:
        say(text.format(**done))


def _tell_invitation(done: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json or "invitation_token" not in done:
        _told(done, "{actor} is added", as_json=as_json)
        return
    print_lines([done["invitation_token"]])
    say(
        f"{done['actor']} gives this as the password at `fops auth login`, once, before {done['expires_at'][:16]}Z"
    )


def _show(
    session: Session,
    found: Iterable[Mapping[str, Any]],
    headings: tuple[str, ...],
    rows: Sequence[Sequence[str]],
    *,
    as_json: bool,
    fields: str | None,
    folded: str,
) -> None:
    if as_json or fields:
        print_json_lines(found, fields=fields)
        return
    print_table(headings, rows, color=session.color, folded=folded)
    if not rows:
        say("none")


def _state(one: Mapping[str, Any]) -> str:
    if one["disabled_at"]:
        return "disabled"
    if one["actor"].startswith("service:"):
        return "program"
    return "active" if one["password_at"] else "invited"


def _age(one: Mapping[str, Any]) -> str:
    if one["revoked_at"]:
        return "revoked"
    used = f", used {one['used_at'][:10]}" if one["used_at"] else ", never used"
    return f"until {one['expires_at'][:10]}{used}"
