"""The client: the registry over HTTP, so that a door behind a server is the same door.

Must not know: stores, rooms, how anything is done. Map: invoke.py  `Invoker` over HTTP, with live progress
"""

from fops.client.invoke import HttpInvoker

__all__ = ["HttpInvoker"]
