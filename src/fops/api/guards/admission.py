"""Admission: the one middleware that every request passes before a route sees it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from fops.api import problems
from fops.api.guards.bodies import has_body, whole_body
from fops.api.guards.hosts import Hosts
from fops.api.guards.places import Places
from fops.api.guards.proxies import household, origin_of
from fops.api.guards.rates import Rate, Rates
from fops.bootstrap.limits import LimitSettings
from fops.bootstrap.server import ServerSettings
from fops.kernel.errors import FopsError, TooOften, Transient

_EXEMPT = ("/health/", "/metrics")  # asked by machines that would take a refusal for a failure
_SIGN_IN = "/auth/"
_MOST_HEADERS, _LARGEST_HEAD = 100, 32 * 1024  # the protocol bounds only a head that arrives in parts


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one process allows: who asks how often, and what is under way. Shared by middleware and routes."""

    limits: LimitSettings
    streams: Places
    verifying: Places
    rates: Rates = field(default_factory=Rates)

    @classmethod
    def of(cls, limits: LimitSettings) -> Allowance:
        """The allowance of a process with these settings."""
        streams = Places("streams", most=limits.max_streams, each=limits.max_streams_each)
        return cls(limits, streams, Places("verifications", most=2, each=2))

    def for_address(self, scope: Scope, address: str) -> None:
        """Count a request of an address. Raises TooOften."""
        path, who = scope["path"], household(address)
        if path.startswith(_EXEMPT):
            return
        if scope["method"] == "POST" and _SIGN_IN in path:
            self._count(scope, who, Rate("sign-in", self.limits.rate_sign_in))
        self._count(scope, who, Rate("address", self.limits.rate_address))

    def for_actor(self, scope: Scope, actor: str) -> None:
        """Count a request of somebody who signed in. Raises TooOften."""
        if not actor.startswith("local:") and not scope["path"].startswith(_EXEMPT):
            self._count(scope, actor, Rate("user", self.limits.rate_user))

    def for_work(self, scope: Scope, actor: str) -> None:
        """Count an operation that somebody starts. Raises TooOften."""
        if scope["client"] is not None:  # but for the data directory's socket, as for addresses
            self._count(scope, actor, Rate("operations", self.limits.rate_operations))

    def _count(self, scope: Scope, who: str, rate: Rate) -> None:
        verdict = self.rates.ask(who, rate)
        scope["state"]["headers"] = [
            (b"ratelimit-policy", rate.policy().encode()),
            (b"ratelimit", f'"{rate.name}";r={verdict.left};t={verdict.wait or rate.seconds:.0f}'.encode()),
        ]
        if verdict.wait:
            raise TooOften(f"more than {rate.amount} requests in {rate.seconds:g} s ({rate.name})",
                           hint="wait as Retry-After says", retry_after=verdict.wait)  # fmt: skip


class Admission:
    """Refuses what needs no route to be refused: a foreign host, too often, too many, too large, too slow."""

    def __init__(self, app: ASGIApp, *, settings: ServerSettings, allowance: Allowance) -> None:
        self._app = app
        self._most = settings.max_body
        self._hosts = Hosts(settings.allowed_hosts)
        self._allowance = allowance
        self._trusted = tuple(map(ipaddress.ip_network, allowance.limits.trusted_proxies))
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the process's own start and stop."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        try:
            self._admit(scope)
            if has_body(scope["headers"]):
                receive = await whole_body(scope["headers"], receive, most=self._most,
                                           seconds=self._allowance.limits.body_seconds)  # fmt: skip
        except (FopsError, HTTPException) as error:
            await problems.of_any(Request(scope), error)(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1

    def _admit(self, scope: Scope) -> None:
        _refuse_large_head(scope)
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not self._hosts.know(hosts[0]):
            raise HTTPException(
                400, "this server does not go by that name; ALLOWED_HOSTS lists those it does"
            )
        if self._under_way >= self._allowance.limits.max_requests and not scope["path"].startswith(_EXEMPT):
            raise Transient("this server is busy", hint="come back later", retry_after=1)
        if scope["client"] is None:  # the data directory's socket: its owner's own command line
            return
        origin = origin_of(scope["client"][0], scope["scheme"], scope["headers"], self._trusted)
        if origin.address != scope["client"][0]:
            scope["client"] = (origin.address, 0)
        scope["scheme"] = origin.scheme
        self._allowance.for_address(scope, origin.address)


def _refuse_large_head(scope: Scope) -> None:
    headers = scope["headers"]
    size = len(scope["raw_path"]) + len(scope["query_string"])
    size += sum(len(name) + len(value) for name, value in headers)
    if len(headers) > _MOST_HEADERS or size > _LARGEST_HEAD:
        raise HTTPException(431, f"more than {_MOST_HEADERS} headers or {_LARGEST_HEAD} bytes of them")
    if "\0" in scope["path"] or b"%00" in scope["query_string"]:
        raise HTTPException(400, "an address cannot hold NUL, which is no character")
