"""The port a program listens on when nothing else is told.

In order: a literal default in the code that listens, a flag or PORT in the start script, a setting of the framework's
configuration, the framework's documented default.

Repeats that touch each other in a pattern are bounded, so that no file costs more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from fops.onboarding.detect.evidence import Hit, find, matching
from fops.onboarding.detect.languages.code import code_hits, names_own_port
from fops.onboarding.detect.languages.node.frameworks import Framework
from fops.onboarding.detect.languages.node.manifest import PATH, Manifest, line
from fops.onboarding.model import LIKELY, STRONG, WEAK, Fact
from fops.onboarding.ports import Tree

_READ = r"(?:process\.env|Bun\.env|import\.meta\.env|env)(?:\.(?P<a>\w{0,40}PORT\w{0,40})|\[['\"](?P<b>\w{0,40}PORT\w{0,40})['\"]\])"
_DEFAULTED = re.compile(
    _READ
    + r"[^\n;]{0,20}?(?:\|\||\?\?|\?[^\n:;]{0,60}:)\s{0,20}(?:Number\(|parseInt\()?\s{0,20}['\"]?(?P<port>\d{2,5})\b"
)
# Schemas and settings readers that give PORT a default: zod, envalid, joi; Nest's and Strapi's `get('PORT', 3000)`.
_SCHEMA = re.compile(
    r"\b(?P<a>[A-Z_]*PORT)['\"]?\s*:\s*(?:\w+\.|(?:port|num)\()[^\n;]{0,120}?\bdefault(?:\(|\s*:)\s*['\"]?(?P<port>\d{2,5})\b"
)
_LOOKED_UP = re.compile(
    r"\(\s*['\"](?P<a>[A-Z_]*PORT|(?:\w{1,20}\.)?port)['\"]\s*(?:,|\)\s*(?:\|\||\?\?))\s*['\"]?(?P<port>\d{2,5})\b"
)
_LISTENED = re.compile(r"\.listen\s*\(\s*(?:\{\s*(?:[^{}]{0,80},\s*)?port\s*:\s*)?['\"]?(?P<port>\d{2,5})\b")
_LISTENED_TO = re.compile(
    r"\.listen\s*\(\s*(?:\{\s*(?:[^{}]{0,80},\s*)?port\s*:\s*)?(?P<name>[A-Za-z_$][\w$]*)\b"
)
_SERVED = re.compile(
    r"(?:\bserve|Bun\.serve|Deno\.serve|\b[Hh]api\.[sS]erver)\s*\(\s*\{[^{}]{0,300}?\bport\s*:\s*['\"]?(?P<port>\d{2,5})\b"
)
_NAMED = re.compile(
    r"(?<![\w$])(?P<name>[A-Za-z_$][\w$]{0,60})\s{0,20}(?::\s{0,20}\w{1,40})?\s{0,20}(?P<sign>[:=])\s{0,20}(?:Number\(|parseInt\(|normalizePort\()?\s{0,20}['\"]?(?P<port>\d{2,5})\b['\"]?"
)
_LISTENED_TO_A_SETTING = re.compile(
    r"\.listen\s*\(\s*(?:\{\s*port\s*:\s*)?[\w$.]{1,60}\.port\b|\bserve\s*\(\s*\{", re.IGNORECASE
)
# Where the other end of a connection listens, by the services' own documentation: mail, databases, queues, caches, search.
_OTHER_ENDS = frozenset(
    {
        25,
        465,
        587,
        993,
        1025,
        1433,
        1521,
        2525,
        3306,
        5432,
        5672,
        6379,
        6380,
        9042,
        9092,
        9200,
        11211,
        26379,
        27017,
    }
)
_BESIDE = re.compile(
    r"METRIC|DEBUG|INSPECT|HMR|PROXY", re.IGNORECASE
)  # ports opened beside the application's
_EXPORTED = re.compile(r"export\s+default\s+\{[^{}]{0,300}?\bport\s*:\s*['\"]?(?P<port>\d{2,5})\b")
_FLAG = re.compile(r"(?:\bPORT=|(?:--port|--listen|-p|-l)[ =])(?:\$\{PORT:-)?(?P<port>\d{2,5})\b")
_CONFIGURED = {
    "nuxt": (("nuxt.config.*",), r"port\s*:\s*['\"]?(?P<port>\d{2,5})"),
    "strapi": (("config/server.*",), r"env\.int\(\s*['\"]PORT['\"]\s*,\s*(?P<port>\d{2,5})"),
    "vite": (("vite.config.*",), r"(?:server|preview)\s*:\s*\{[^{}]*?port\s*:\s*(?P<port>\d{2,5})"),
    "fastify": ((".env",), r"(?m)^PORT=(?P<port>\d{2,5})"),
}
_WEB_SCRIPTS = ("start:prod", "start", "serve")


def port(tree: Tree, manifest: Manifest, framework: Framework | None, paths: Sequence[str]) -> Iterator[Fact]:
    """Every candidate, each weighed by how surely it is the one."""
    yield from _in_code(tree, paths)
    for script in _WEB_SCRIPTS:
        flag = _FLAG.search(manifest.scripts.get(script, ""))
        if flag:
            yield _fact(flag["port"], "script", (PATH, line(tree, "scripts", script)), STRONG)
    if framework and framework.name in _CONFIGURED:
        files, pattern = _CONFIGURED[framework.name]
        hit = find(tree, re.compile(pattern), matching(tree, *files))
        if hit:
            yield _fact(hit.match["port"], "configuration", (hit.file, hit.line), LIKELY)
    if framework and framework.port:
        yield _fact(str(framework.port), f"{framework.name}-default", (None, None), WEAK)


def _in_code(tree: Tree, paths: Sequence[str]) -> Iterator[Fact]:
    for pattern, rule, confidence in (
        (_DEFAULTED, "env-default", 0.85),
        (_SCHEMA, "schema-default", 0.84),
        (_LOOKED_UP, "settings-default", 0.83),
    ):
        hit = _own(code_hits(tree, pattern, paths))
        if hit:
            yield _fact(hit.match["port"], rule, (hit.file, hit.line), confidence)
    for pattern, rule in ((_LISTENED, "listen"), (_SERVED, "serve"), (_EXPORTED, "export")):
        hit = next(code_hits(tree, pattern, paths), None)
        if hit:
            yield _fact(hit.match["port"], rule, (hit.file, hit.line), 0.8)
    yield from _through_a_name(tree, paths)


def _own(hits: Iterable[Hit]) -> Hit | None:
    """The hit that reads `PORT` itself, else the first whose variable says it is the program's own port."""
    own = [hit for hit in hits if names_own_port(_variable(hit)) and not _BESIDE.search(_variable(hit))]
    return next((hit for hit in own if _variable(hit) == "PORT"), own[0] if own else None)


def _variable(hit: Hit) -> str:
    return str(hit.match["a"] or hit.match.groupdict().get("b"))


def _through_a_name(tree: Tree, paths: Sequence[str]) -> Iterator[Fact]:
    """`const port = 3000; app.listen(port)`: the name that is listened to, or one that says it is a port.

    A key of an object (`{ port: 3000 }`) counts only where the program listens to such a key, since clients of
    databases and mail servers take the same.
    """
    listened = {hit.match["name"] for hit in code_hits(tree, _LISTENED_TO, paths)}
    keys = next(code_hits(tree, _LISTENED_TO_A_SETTING, paths), None) is not None
    for hit in code_hits(tree, _NAMED, paths):
        name, is_key = hit.match["name"], hit.match["sign"] == ":"
        says_port = name.lower() == "port" and (keys or not is_key)
        if (name in listened or says_port) and int(hit.match["port"]) not in _OTHER_ENDS:
            yield _fact(hit.match["port"], "named", (hit.file, hit.line), 0.75 if name in listened else 0.6)
            return


def _fact(value: str, rule: str, place: tuple[str | None, int | None], confidence: float) -> Fact:
    number = int(value)
    if not 0 < number < 65536:
        return Fact(name="port", value=None, rule=f"node.port.{rule}", confidence=0.0)
    return Fact(
        name="port",
        value=number,
        rule=f"node.port.{rule}",
        confidence=confidence,
        file=place[0],
        line=place[1],
    )
