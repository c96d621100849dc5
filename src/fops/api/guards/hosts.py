"""Under which names the server answers: a page of a foreign name that resolves to us must not reach it."""

from __future__ import annotations

from collections.abc import Sequence


class Hosts:
    """The names of a setting: exact ones, `*.example.org` for all below a name, `*` for any."""

    def __init__(self, allowed: Sequence[str]) -> None:
        plain = [one.lower() for one in allowed]
        self._any = "*" in plain
        self._exact = frozenset(plain)
        self._below = tuple(one[1:] for one in plain if one.startswith("*."))
        self._known: dict[bytes, bool] = {}

    def know(self, header: bytes) -> bool:
        """Whether a `Host` header names this server."""
        known = self._known.get(header)
        if known is None:
            known = self._answers(_name(header.decode("latin-1").lower()))
            if (
                known and len(self._known) < 1000
            ):  # what callers of real names send, not what they could make up
                self._known[header] = known
        return known

    def _answers(self, name: str) -> bool:
        return bool(name) and (self._any or name in self._exact or name.endswith(self._below))


def _name(host: str) -> str:
    """The host without its port; an IPv6 address keeps its brackets, as it is written in the setting."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    name, _, port = host.partition(":")
    return name if not port or port.isdigit() else ""
