"""Where a Go program listens when nothing else is told, from the code it reaches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from fops.onboarding.detect.evidence import Hit, key_line, read_json, read_toml, read_yaml
from fops.onboarding.detect.files.commands import as_port
from fops.onboarding.detect.files.values import nested
from fops.onboarding.detect.languages.code import code_hits, line_text, names_own_port
from fops.onboarding.model import LIKELY, STRONG, WEAK, Fact
from fops.onboarding.ports import Tree

FALLBACK = 8080  # gin's documented default, and what the platforms that set $PORT use


class Rule(NamedTuple):
    """A pattern with the group `port`, and `name` where what is given a value has one."""

    name: str
    pattern: str
    confidence: float


RULES = (
    Rule(
        "listen-call",
        r"\b(?:ListenAndServe(?:TLS)?|Listen(?:TLS)?|Start(?:TLS)?|Run(?:TLS)?)\(\s*"
        r"(?:\"tcp[46]?\"\s*,\s*|[\w.]+\(?\)?\s*,\s*)?\"[^\"\s]*:(?P<port>\d{2,5})\"",
        STRONG,
    ),
    Rule("server-address", r"\bAddr:\s*\"[^\"\s]*:(?P<port>\d{2,5})\"", STRONG),
    Rule(
        "environment-default",
        r"\b\w*[eE]nv\w*\(\s*\"(?P<name>\w*PORT)\"\s*,\s*\"?:?(?P<port>\d{2,5})\b",
        STRONG,
    ),
    Rule(
        "environment-default",
        r"\bcmp\.Or\(\s*os\.Getenv\(\"(?P<name>\w*PORT)\"\)\s*,\s*\":?(?P<port>\d{2,5})\"",
        STRONG,
    ),
    Rule(
        "flag-default",
        r"\b(?:String|Int|Uint|Uint16)(?:Var)?P?\(\s*(?:&[\w.]+\s*,\s*)?\"(?P<name>[\w.-]+)\"\s*,\s*(?:\"\w?\"\s*,\s*)?"
        r"(?:\"[^\"\s]*:)?\"?(?P<port>\d{2,5})\b",
        STRONG,
    ),
    Rule(
        "struct-default",
        r"`[^`\n]*\b\w+:\"(?P<name>\w+)[^\"`]*\"[^`\n]*\b(?:envDefault|env-default|default):\"[^\"`]*?:?(?P<port>\d{2,5})\"",
        STRONG,
    ),
    Rule(
        "viper-default",
        r"\bSetDefault\(\s*\"(?P<name>[\w.-]+)\"\s*,\s*\"?[^\",\s]*?:?(?P<port>\d{2,5})\b",
        STRONG,
    ),
    Rule(
        "assignment",
        r"(?<![\w.\"/])(?:(?:const|var)[ \t]+)?(?P<name>[A-Za-z_][\w.]*)(?:[ \t]+\w+)?[ \t]*(?::=|=|:)[ \t]*\"?(?:[\w.\[\]]*:)?(?P<port>\d{2,5})\b(?![.:]\d)",
        LIKELY,
    ),
    Rule("address-literal", r"\"(?:0\.0\.0\.0)?:(?P<port>\d{4,5})\"", LIKELY),
)
"""From the documentation of net/http, net, flag and spf13/pflag, viper, caarlos0/env and kelseyhightower/envconfig."""

# Settings files and the keys of the server's own port in them, as people lay them out for viper, koanf and yaml.v3.
_SETTINGS = tuple(
    f"{folder}{name}.{ending}"
    for folder in ("", "config/", "configs/", "conf/", "etc/")
    for name in ("config", "application", "app", "settings", "default", "local")
    for ending in ("yaml", "yml", "toml", "json")
)
_READERS = {"json": read_json, "toml": read_toml}
_SETTING_KEYS = tuple(
    (*section, key)
    for section in (
        ("server", "http"),
        ("server",),
        ("http",),
        ("app",),
        ("web",),
        ("api",),
        ("service",),
        (),
    )
    for key in ("port", "http_port", "addr", "address", "listen")
)
_READS_PORT = re.compile(r"\b\w*[eE]nv\w*\(\s*\"PORT\"")
_GIN_DEFAULT = re.compile(r"\b\w+\.Run\(\s*\)")
_SIDE_DOOR = re.compile(r"(?i)metric|pprof|debug|admin|promhttp|prometheus|probe|telemetry|profil|dial")


def port(tree: Tree, files: tuple[str, ...], *, framework: str | None) -> Iterator[Fact]:
    """One candidate a rule, from the nearest file; a weaker rule speaks only where no stronger one does."""
    found = list(filter(None, (_found(tree, files, rule) for rule in RULES)))
    best = max((fact.confidence for fact in found), default=WEAK)
    yield from (fact for fact in found if fact.confidence >= best)
    if not found:
        yield from _configured(tree)
    yield from _defaults(tree, files, framework)


def _configured(tree: Tree) -> Iterator[Fact]:
    """The port in a settings file, where the code itself names none."""
    for path in (one for one in _SETTINGS if tree.size(one) is not None):
        content = _READERS.get(path.rpartition(".")[2], read_yaml)(tree, path)
        for keys in _SETTING_KEYS:
            told = re.fullmatch(r"(?:[\w.]*:)?(\d{2,5})", str(nested(content, *keys)))
            if told and (value := as_port(told[1])):
                yield Fact(
                    name="port",
                    value=value,
                    rule="go.port.settings-file",
                    confidence=LIKELY,
                    file=path,
                    line=key_line(tree, path, *keys),
                )
                return


def _found(tree: Tree, files: tuple[str, ...], rule: Rule) -> Fact | None:
    """The first hit; a side door (metrics, pprof) only as a weak one."""
    hits = [hit for hit in code_hits(tree, re.compile(rule.pattern), files) if _own(hit)]
    front = [hit for hit in hits if not _SIDE_DOOR.search(line_text(hit))]
    hit = next(iter(front or hits), None)
    return _fact(rule.name, hit, int(hit.match["port"]), rule.confidence if front else WEAK) if hit else None


def _own(hit: Hit) -> bool:
    """Whether a program can listen there, and the name does not say that it connects there."""
    name = hit.match.groupdict().get("name")
    return 0 < int(hit.match["port"]) < 65536 and (name is None or names_own_port(name))


def _defaults(tree: Tree, files: tuple[str, ...], framework: str | None) -> Iterator[Fact]:
    bare = next(code_hits(tree, _GIN_DEFAULT, files), None) if framework == "gin" else None
    if bare:
        yield _fact("gin-default", bare, FALLBACK, LIKELY)
    reads = next(code_hits(tree, _READS_PORT, files), None)
    if reads:
        yield _fact("environment-only", reads, FALLBACK, WEAK)


def _fact(rule: str, hit: Hit, value: int, confidence: float) -> Fact:
    return Fact(
        name="port", value=value, rule=f"go.port.{rule}", confidence=confidence, file=hit.file, line=hit.line
    )
