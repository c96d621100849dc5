"""The only maker of outgoing HTTP clients: bounded in time, size and redirects, and unable to leave its reach.

    client.py      the client: redirects, retries, errors of our tree      transport.py   connect, deadline, decoding

Proxies of the environment (`HTTPS_PROXY`, `NO_PROXY`) are honoured with `Reach.ANY` only: behind a proxy, the address
that is connected to is not ours to check.
"""

from httpx2 import URL, Response

from fops.kernel.http.client import Client, client, expect
from fops.kernel.http.transport import Bounds, Ticks

__all__ = ["URL", "Bounds", "Client", "Response", "Ticks", "client", "expect"]
