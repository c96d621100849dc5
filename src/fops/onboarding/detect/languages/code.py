"""What program text of C-like languages tells: matches outside comments, and the variables it reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from fops.onboarding.detect.evidence import Hit, find_all
from fops.onboarding.detect.files.environment import variable
from fops.onboarding.model import LIKELY, Fact
from fops.onboarding.ports import Tree

_COMMENT = re.compile(r"^\s*(?://|\*|/\*)|\s//")
_PORT_WORDS = frozenset({"port", "addr", "address", "listen", "bind"})
_OTHER_END = frozenset({
    "db", "database", "datasource", "redis", "postgres", "postgresql", "pg", "mysql", "mongo", "mongodb", "smtp", "mail", "kafka",
    "amqp", "rabbit", "rabbitmq", "cache", "memcached", "elastic", "elasticsearch", "es", "ssh", "ftp", "ldap", "remote",
    "upstream", "target", "client", "dst", "dest", "peer", "broker", "consul", "vault", "jaeger", "statsd", "proxy", "mac", "email",
})  # fmt: skip


def code_hits(tree: Tree, pattern: re.Pattern[str], paths: Iterable[str]) -> Iterator[Hit]:
    """Every match that does not stand in a comment line or after `//` on its line."""
    return (hit for hit in find_all(tree, pattern, paths) if not _COMMENT.search(before(hit)))


def before(hit: Hit) -> str:
    """The text of the hit's line in front of it."""
    return hit.match.string[hit.match.string.rfind("\n", 0, hit.match.start()) + 1 : hit.match.start()]


def line_text(hit: Hit) -> str:
    """The whole line on which the hit starts."""
    end = hit.match.string.find("\n", hit.match.start())
    return before(hit) + hit.match.string[hit.match.start() : end if end >= 0 else None]


def environment(rule: str, hits: Sequence[Hit]) -> Iterator[Fact]:
    """The fact `env` of hits with the groups `name` and, where the code has one, `default`."""
    if not hits:
        return
    defaults: dict[str, str | None] = {}
    for hit in hits:
        name, default = hit.match["name"], hit.match.groupdict().get("default")
        defaults[name] = defaults.get(name) or default
    variables = [variable(name, default) for name, default in sorted(defaults.items())]
    yield Fact(
        name="env",
        value=variables,
        rule=f"{rule}.env",
        confidence=LIKELY,
        file=hits[0].file,
        line=hits[0].line,
    )


def names_own_port(name: str) -> bool:
    """Whether a variable's name says it is where the program itself listens: `httpPort`, not `DB_PORT` or `support`."""
    words = {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}
    return bool(words & _PORT_WORDS) and not words & _OTHER_END
