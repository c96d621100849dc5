"""The way to a server that somebody else named: checked as every outgoing request is, then held to while git clones.

Git resolves names and follows redirects by itself. So the redirects are followed here first, by the client that judges
each of them; git is given the address they lead to, the addresses of its host, and follows nothing.
"""

from __future__ import annotations

import ipaddress
import re
import shlex
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fops.kernel.clone import FREE, Way
from fops.kernel.errors import Transient, UnsafeInput
from fops.kernel.git import git
from fops.kernel.reach import Reach, Resolve, system_resolve
from fops.kernel.redaction import redact_text
from fops.onboarding.fetch.address import is_scp_like

if TYPE_CHECKING:
    from fops.kernel.http import URL

_ASKED = "/info/refs?service=git-upload-pack"  # the first request of every clone over HTTP
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_SSH_PORT, _HTTP_PORTS = 22, {"http": 80, "https": 443}


def way_to(url: str, reach: Reach, *, resolve: Resolve = system_resolve) -> tuple[str, Way]:
    """The address to clone in place of another, and the way there, both within the reach.

    An address that the operator's own git configuration rewrites (`url.*.insteadOf`) goes where that says. Raises
    UnsafeInput, Unreachable, LimitExceeded.
    """
    if reach.everything or urlsplit(url).scheme == "file" or _is_rewritten(url):
        return url, FREE
    if is_scp_like(url):
        host = url.partition("@")[2].partition(":")[0]
        return url, _over_ssh(host, _SSH_PORT, reach, resolve)
    parts = urlsplit(url)
    if parts.scheme == "ssh":
        return url, _over_ssh(parts.hostname or "", parts.port or _SSH_PORT, reach, resolve)
    landed = _landed(url, reach, resolve)
    return str(landed), _over_http(landed, reach, resolve)


def _is_rewritten(url: str) -> bool:
    shown = git(["ls-remote", "--get-url", url])
    return shown.exit_code == 0 and shown.text.strip() not in {"", url}


def _over_ssh(host: str, port: int, reach: Reach, resolve: Resolve) -> Way:
    """Connect to a checked address, and know the server by its name all the same."""
    if not _NAME.fullmatch(host.lower()) and not _is_address(host):
        raise UnsafeInput(f"{redact_text(host)!r} is no name of a host")
    address = reach.addresses(host, port, resolve=resolve)[0]
    alias = host if port == _SSH_PORT else f"[{host}]:{port}"
    words = ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=15", "-o", f"HostName={address}", "-o", f"HostKeyAlias={alias}"]  # fmt: skip
    return Way(variables={"GIT_SSH_COMMAND": shlex.join(words)})


def _landed(url: str, reach: Reach, resolve: Resolve) -> URL:
    """Where the redirects of an address lead; credentials in it stay with its origin."""
    from fops.kernel.http import Bounds, client  # noqa: PLC0415 - a clone by a person needs no client

    with client(reach=reach, bounds=Bounds(total=30, tries=1), resolve=resolve) as asks:
        request = asks.build_request("GET", url.rstrip("/") + _ASKED, headers={"User-Agent": "git/fops"})
        landed = request.url
        try:
            answer = asks.send(request, stream=True)
        except Transient:  # git will say why, in the words its own failures have
            pass
        else:
            answer.close()
            landed = answer.url if str(answer.url).endswith(_ASKED) else landed
    if landed.origin == request.url.origin:
        landed = landed.copy_with(userinfo=request.url.userinfo)
    path = landed.raw_path.decode().removesuffix(_ASKED) or "/"
    return landed.copy_with(raw_path=path.encode(), host=landed.host.rstrip("."))


def _over_http(url: URL, reach: Reach, resolve: Resolve) -> Way:
    host = url.raw_host.decode("ascii")
    port = url.port or _HTTP_PORTS[url.scheme]
    # git is told the very spelling that is pinned: another would be resolved anew.
    if not _NAME.fullmatch(host) and not _is_address(host):
        raise UnsafeInput(f"{redact_text(host)!r} is no name of a host")
    addresses = reach.addresses(host, port, resolve=resolve)
    pins = [] if _is_address(host) else [f"http.curloptResolve={host}:{port}:{','.join(addresses)}"]
    return Way(config=("http.followRedirects=false", "http.proxy=", *pins))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
