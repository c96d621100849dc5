"""Access tokens: JWTs that live for minutes, of one algorithm, signed with a key that they name."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fops.auth.credentials.keys import Keys
from fops.auth.model import Bearer, is_local
from fops.kernel.clock import Clock
from fops.kernel.errors import NotSignedIn
from fops.kernel.ids import new_id

if TYPE_CHECKING:
    from jwt import PyJWT

ISSUER = "fops"
AUDIENCE = "fops-api"
SKEW_SECONDS = 10  # between the clocks of two nodes
_MOST = 10_000  # tokens remembered: some megabytes
_CLAIMS = ["exp", "sub", "iat", "jti", "sid", "ten", "aud", "iss"]
_ENDED = "sign in again: `fops auth login`"


class AccessTokens:
    """Makes and believes access tokens of one algorithm; `keys` is asked when the first is."""

    def __init__(self, keys: Callable[[], Keys], clock: Clock, *, algorithm: str, minutes: int) -> None:
        self._find_keys = keys
        self._clock = clock
        self._algorithm = algorithm
        self._lives = timedelta(minutes=minutes)
        self._believed: OrderedDict[str, tuple[Bearer, float]] = OrderedDict()

    @cached_property
    def keys(self) -> Keys:
        """What signs. Raises UsageError, StorageFailed where there is nothing to sign with."""
        return self._find_keys()

    @cached_property
    def _jwt(self) -> PyJWT:
        from jwt import PyJWT  # noqa: PLC0415 - with its cryptography, only a server pays

        return PyJWT(options={"enforce_minimum_key_length": True})

    @property
    def seconds(self) -> int:
        """What a token lives."""
        return int(self._lives.total_seconds())

    def issue(self, bearer: Bearer) -> str:
        """A token for an actor in a session."""
        now, key = self._clock.now(), self.keys.signing
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": bearer.actor, "sid": bearer.credential, "ten": bearer.tenant,
                  "iat": now, "exp": now + self._lives, "jti": new_id("jti")}  # fmt: skip
        return self._jwt.encode(claims, key.secret, algorithm=self._algorithm, headers={"kid": key.id})

    def believe(self, token: str) -> Bearer:
        """Whom a token speaks for; whether the session still is, is asked elsewhere. Raises NotSignedIn.

        A token that was believed is believed again without its signature being computed anew, until it expires: that
        costs a third of a small read.
        """
        known = self._believed.get(token)
        if known is None:
            known = self._judged(token)
            self._believed[token] = known
            while len(self._believed) > _MOST:
                self._believed.popitem(last=False)
        bearer, until = known
        if until + SKEW_SECONDS <= self._clock.now().timestamp():
            raise NotSignedIn("the access token has expired", hint=_ENDED)
        return bearer

    def _judged(self, token: str) -> tuple[Bearer, float]:
        from jwt import ExpiredSignatureError, PyJWTError  # noqa: PLC0415 - as _jwt

        try:
            claims = self._claims(token)
        except ExpiredSignatureError as error:
            raise NotSignedIn("the access token has expired", hint=_ENDED) from error
        except PyJWTError as error:
            raise NotSignedIn("the access token is not one of this server", hint=_ENDED) from error
        bearer = Bearer(tenant=str(claims["ten"]), actor=str(claims["sub"]), credential=str(claims["sid"]))
        if is_local(bearer.actor) or not bearer.credential.startswith("ses_"):
            raise NotSignedIn("the access token is not one of this server", hint=_ENDED)
        return bearer, float(claims["exp"])

    def _claims(self, token: str) -> dict[str, Any]:
        from jwt import InvalidKeyError, get_unverified_header  # noqa: PLC0415 - as _jwt

        key = self.keys.named(str(get_unverified_header(token).get("kid")))
        if key is None:
            raise InvalidKeyError("signed with no key of ours")
        return self._jwt.decode(token, key.secret, algorithms=[self._algorithm], audience=AUDIENCE, issuer=ISSUER,
                                leeway=SKEW_SECONDS, options={"require": _CLAIMS})  # fmt: skip
