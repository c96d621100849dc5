"""`fops auth init · login · logout · whoami · user · role · token`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fops.cli.commands import accounts
from fops.cli.commands.asking import name_of, new_password, secret
from fops.cli.output import FieldsOption, JsonOption, known_fields, print_json, print_lines
from fops.cli.session import say
from fops.kernel.errors import FopsError, NotSignedIn, Unreachable, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fops.cli.session import Session
    from fops.client.login import Login

app = typer.Typer(help="Sign in, and who may do what.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(accounts.users, name="user")
app.add_typer(accounts.roles, name="role")
app.add_typer(accounts.tokens, name="token")

NameOption = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="Your name there. Without, it is asked.")
]
StdinOption = Annotated[
    bool,
    typer.Option(
        "--password-stdin", help="Read the password from stdin, one line, instead of asking for it."
    ),
]

_KEYS = (
    "actor",
    "door",
    "signed_in",
    "credential",
    "roles",
    "at_most",
    "place",
)  # what `--fields` of `whoami` may name


@app.command()
def init(context: typer.Context, name: NameOption = None, password_stdin: StdinOption = False) -> None:
    """Make the first admin of this data directory. Others are added by `fops auth user add`."""
    session: Session = context.obj
    identity, ctx = session.app.identity, session.context()
    if not identity.people.none_yet(ctx):
        raise UsageError(
            "there are people already",
            hint="`fops auth user add` adds one, `fops auth user reset` lets one in again",
        )
    name = name_of(session, name)
    actor = identity.found(ctx, name, new_password(session, stdin=password_stdin))
    say(f"{actor} is admin. `fops serve` starts the server, `fops auth login URL` signs in to it")


@app.command()
def login(
    context: typer.Context,
    url: Annotated[
        str | None, typer.Argument(metavar="URL", help="The server. Without, the one of the last login.")
    ] = None,
    name: NameOption = None,
    password_stdin: StdinOption = False,
    token_stdin: Annotated[
        bool,
        typer.Option(
            "--token-stdin", help="Read a personal token from stdin instead of a name and a password."
        ),
    ] = False,
) -> None:
    """Sign in to a server. Commands then go there; an invitation or one-time token is given as the password."""
    from fops.client.login import Logins, server_url  # noqa: PLC0415 - only who signs in to a server

    session: Session = context.obj
    logins = Logins(session.app.home)
    before = session.login if url is None else None
    if url is None and before is None:
        raise UsageError("which server?", hint="name it: fops auth login https://HOST")
    where = server_url(url or (before.url if before else ""))
    if token_stdin:
        made = _by_token(session, where)
    else:
        made = _by_password(session, where, name, stdin=password_stdin)
    kept = logins.write(made)
    say(
        f"signed in to {where} as {made.actor}; the token is kept in {'the keyring' if kept == 'keyring' else kept}"
    )
    if session.own_server:
        say("note: while a server of this data directory runs, commands go to that one")


@app.command()
def logout(
    context: typer.Context,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="End all your sessions, and revoke all your tokens.")
    ] = False,
) -> None:
    """Sign out: end the session there, and forget it here."""
    from fops.client.login import Bearing, Logins, at_url  # noqa: PLC0415 - as login

    session: Session = context.obj
    logins = Logins(session.app.home)
    try:
        signed_in = session.login
    except FopsError:
        logins.forget()
        raise
    if signed_in is None:
        raise NotSignedIn("this machine is signed in nowhere", hint="`fops auth login URL` signs in")
    try:
        if signed_in.refresh_token or everywhere:
            with at_url(signed_in.url, Bearing(logins, signed_in)) as client:
                _post(client, "/api/auth/logout", {"everywhere": everywhere})
    except (Unreachable, NotSignedIn) as error:
        say(f"note: {error.message}; the login is forgotten here all the same")
    logins.forget()
    say(f"signed out of {signed_in.url}")


@app.command()
def whoami(context: typer.Context, as_json: JsonOption = False, fields: FieldsOption = None) -> None:
    """Who you are where your commands go, and what you may do there."""
    session: Session = context.obj
    known_fields(fields, _KEYS)
    known = {**session.invoker.invoke(session.context(), "auth.whoami", {}), "place": session.place}
    if as_json or fields:
        print_json(known, fields=fields)
        return
    print_lines([f"{known['actor']} on {known['place']}"])
    print_lines(f"  {accounts.in_words(grant)}" for grant in known["roles"])
    if known["at_most"]:
        print_lines([f"by a token that may at most be {accounts.in_words(known['at_most'])}"])


def _by_password(session: Session, url: str, name: str | None, *, stdin: bool) -> Login:
    from fops.client.login import at_url, signed  # noqa: PLC0415 - as login

    if url.startswith("http://") and not url.startswith(("http://127.", "http://localhost", "http://[::1]")):
        say(f"note: {url} is plain HTTP: whoever is on the way can read the password")
    name = name if stdin and name is None else name_of(session, name)
    given = secret(session, "Password: ", stdin=stdin)
    with at_url(url) as client:
        if given.startswith("fops_inv_"):
            body = {"token": given, "password": new_password(session, stdin=stdin)}
            return signed(_post(client, "/api/auth/invitation", body), url)
        if name is None:
            raise UsageError("whose password?", hint="--name says it")
        if given.startswith("fops_set_"):
            body = {"token": given, "name": name, "password": new_password(session, stdin=stdin)}
            return signed(_post(client, "/api/auth/setup", body), url)
        return signed(_post(client, "/api/auth/login", {"name": name, "password": given}), url)


def _by_token(session: Session, url: str) -> Login:
    from fops.client.login import Bearing, Login, Logins, at_url  # noqa: PLC0415 - as login

    shown = Login(url=url, actor="", access_token=secret(session, "Token: ", stdin=True))
    with at_url(url, Bearing(Logins(session.app.home), shown)) as client:
        known = _post(client, "/api/invoke/auth.whoami", {})
    return Login(url=url, actor=str(known["actor"]), access_token=shown.access_token)


def _post(client: object, path: str, body: Mapping[str, object]) -> dict[str, object]:
    from fops.client.invoke import posted  # noqa: PLC0415 - as login

    return posted(client, path, body)  # type: ignore[arg-type]  # typed where httpx is imported
