"""What program text of C-like languages tells: matches outside comments, and the variables it reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from fops.onboarding.detect.evidence import Hit, find_all
from fops.onboarding.detect.files.environment import variable
from fops.onboarding.model import LIKELY, Fact
from fops.onboarding.ports import Tree

MAX_HITS = 300  # of one pattern in one file; a file with more is generated
MAX_LINE = 500  # characters looked at on one side of a hit; longer lines are not written by people
_COMMENT = re.compile(r"^\s*(?://|\*|/\*)|\s//")
_PORT_WORDS = frozenset({"port", "addr", "address", "listen", "bind"})
_OTHER_END = frozenset({
    "db", "database", "datasource", "redis", "postgres", "postgresql", "pg", "mysql", "mongo", "mongodb", "smtp", "mail", "kafka",
    "amqp", "rabbit", "rabbitmq", "cache", "memcached", "elastic", "elasticsearch", "es", "ssh", "ftp", "ldap", "remote",
    "upstream", "target", "client", "dst", "dest", "peer", "broker", "consul", "vault", "jaeger", "statsd", "proxy", "mac", "email",
})  # fmt: skip


def code_hits(tree: Tree, pattern: re.Pattern[str], paths: Iterable[str]) -> Iterator[Hit]:
    """Matches that do not stand in a comment line or after `//` on their line, MAX_HITS a file at most."""
    hits = (hit for path in paths for hit in islice(find_all(tree, pattern, (path,)), MAX_HITS))
    return (hit for hit in hits if not _COMMENT.search(before(hit)))


def before(hit: Hit) -> str:
    """The text of the hit's line in front of it; of a long line the nearest part."""
    start = hit.match.start()
    return hit.match.string[max(hit.match.string.rfind("\n", 0, start) + 1, start - MAX_LINE) : start]


def line_text(hit: Hit) -> str:
    """The whole line on which the hit starts."""
    end = hit.match.string.find("\n", hit.match.start())
    last = hit.match.start() + MAX_LINE
    return before(hit) + hit.match.string[hit.match.start() : last if end < 0 else min(end, last)]


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
