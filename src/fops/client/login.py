"""The server this machine is signed in to: where it is, and the tokens, in the system's keyring or a 0600 file."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2

from fops.client.invoke import CONNECT_SECONDS, SILENCE_SECONDS
from fops.kernel.errors import StorageFailed, UsageError

FILE = "login.json"
"""In the data directory. With a keyring it says only where; without, it holds the tokens too."""

_SCHEMA = "fops.login/v1"
_KEYRING = "fops"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A server and how it knows us; without a refresh token the access token is a personal one, which lives for long."""

    url: str
    actor: str
    access_token: str
    refresh_token: str | None = None


class Logins:
    """Keeps one login below a data directory. Raises StorageFailed where it cannot."""

    def __init__(self, home: Path) -> None:
        self._file = home / FILE

    def read(self) -> Login | None:
        """The login, if there is one."""
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise StorageFailed(
                f"{self._file} cannot be read", hint="`fops auth logout` forgets it"
            ) from error
        if kept["kept_in"] == "keyring":
            secret = _keyring_get(kept["url"])
            kept["tokens"] = json.loads(secret) if secret else {}
        if "access_token" not in kept["tokens"]:
            raise UsageError(
                f"the keyring holds no token for {kept['url']} any more",
                hint=f"sign in again: fops auth login {kept['url']}",
            )
        return Login(url=kept["url"], actor=kept["actor"], **kept["tokens"])

    def write(self, login: Login) -> str:
        """Keep a login in place of the one before; where: `keyring` or the path of the file."""
        tokens = {"access_token": login.access_token, "refresh_token": login.refresh_token}
        kept: dict[str, Any] = {
            "schema": _SCHEMA,
            "url": login.url,
            "actor": login.actor,
            "kept_in": "keyring",
        }
        if not _keyring_set(login.url, json.dumps(tokens)):
            kept |= {"kept_in": "file", "tokens": tokens}
        self._write(json.dumps(kept, indent=2))
        return "keyring" if kept["kept_in"] == "keyring" else str(self._file)

    def forget(self) -> None:
        """Drop the login, and its tokens from the keyring."""
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            if kept["kept_in"] == "keyring":
                _keyring_drop(kept["url"])
        except (OSError, ValueError, KeyError):
            pass  # nothing that could be read was kept
        self._file.unlink(missing_ok=True)

    def _write(self, text: str) -> None:
        temporary = self._file.with_suffix(f".{os.getpid()}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            temporary.replace(self._file)
        except OSError as error:
            raise StorageFailed(
                f"{self._file}: {error.strerror}", hint="set FOPS_HOME to a folder you may write"
            ) from error


class Bearing(httpx2.Auth):
    """Shows the login's token with each request, and once it has expired fetches the next by the refresh token."""

    def __init__(self, logins: Logins, login: Login) -> None:
        self._logins = logins
        self._login = login

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """One request, or three; none with a token to any other address than the login's."""
        if not str(request.url).startswith(f"{self._login.url}/"):
            yield request
            return
        request.headers["Authorization"] = f"Bearer {self._login.access_token}"
        answer = yield request
        if answer.status_code != httpx2.codes.UNAUTHORIZED or self._login.refresh_token is None:
            return
        body = {"refresh_token": self._login.refresh_token}
        renewed = yield httpx2.Request("POST", f"{self._login.url}/api/auth/refresh", json=body)
        renewed.read()
        if renewed.status_code != httpx2.codes.OK:
            return
        signed = renewed.json()
        self._login = replace(
            self._login, access_token=signed["access_token"], refresh_token=signed["refresh_token"]
        )
        self._logins.write(self._login)
        request.headers["Authorization"] = f"Bearer {self._login.access_token}"
        yield request


def at_url(url: str, auth: httpx2.Auth | None = None) -> httpx2.Client:
    """A client of a server. Redirects are not followed: a token goes nowhere but to the server it is of."""
    timeout = httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    return httpx2.Client(base_url=url, auth=auth, timeout=timeout, headers={"User-Agent": "fops"})


def signed(document: dict[str, Any], url: str) -> Login:
    """The login that a server's answer to a sign-in makes."""
    return Login(
        url=url,
        actor=document["actor"],
        access_token=document["access_token"],
        refresh_token=document["refresh_token"],
    )


def server_url(text: str) -> str:
    """An address as it is kept. Raises UsageError for what is none."""
    try:
        url = httpx2.URL(text)
    except httpx2.InvalidURL:
        url = httpx2.URL("")
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo or url.query or url.fragment:
        raise UsageError(f"{text!r} is no address of a server", hint="https://HOST, or http://127.0.0.1:8000")
    return str(url).rstrip("/")


def _keyring_get(url: str) -> str | None:
    keyring = _keyring()
    found: str | None = keyring.get_password(_KEYRING, url) if keyring else None
    return found


def _keyring_set(url: str, secret: str) -> bool:
    keyring = _keyring()
    if keyring is None:
        return False
    from keyring.errors import KeyringError  # noqa: PLC0415 - as _keyring

    try:
        keyring.set_password(_KEYRING, url, secret)
    except KeyringError:  # locked, or larger than it takes
        return False
    return True


def _keyring_drop(url: str) -> None:
    keyring = _keyring()
    if keyring is None:
        return
    from keyring.errors import KeyringError  # noqa: PLC0415 - as _keyring

    try:
        keyring.delete_password(_KEYRING, url)
    except KeyringError:
        return


def _keyring() -> Any:
    """The system's keyring, where the optional package and a real backend of it are there."""
    try:
        import keyring  # noqa: PLC0415 - optional, and only for who is signed in to a server
    except ModuleNotFoundError:
        return None
    return keyring if keyring.get_keyring().priority >= 1 else None
