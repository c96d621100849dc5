"""What the serving program shows outside: its health and metrics routes, and the environment it reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.detect.evidence import Hit
from fops.onboarding.detect.languages.code import code_hits, environment
from fops.onboarding.model import LIKELY, STRONG, Fact
from fops.onboarding.ports import Tree

_ROUTE = (
    r"\b(?:HandleFunc|Handle|GET|Get|Any|All|Path|HEAD|Head|Route|Mount)\(\s*(?:[\w.]+\s*\+\s*)?\"(?:GET\s+)?"
)
_HEALTH = re.compile(
    _ROUTE
    + r"(?P<path>/(?:[\w-]+/)*_?(?:health(?:z|check|-check|_check)?|livez|live|liveness|readyz|ready|readiness|alive|ping))\""
)
_METRICS = re.compile(_ROUTE + r"(?P<path>/[\w/-]*metrics)\"")
_EXPORTS = re.compile(
    r"\bpromhttp\.Handler(?:For)?\(|\bfiberprometheus\.|\bginprometheus\.|\bechoprometheus\."
)
_HEALTH_FIRST = (
    "/healthz",
    "/health",
    "/_healthz",
    "/api/health",
    "/api/healthz",
    "/livez",
    "/live",
    "/readyz",
    "/ready",
)
"""The most telling first: liveness by its Kubernetes name, then the others."""

_ENVIRONMENT = (
    re.compile(
        r"\b(?!(?:Set|Unset|Clear|Expand)[eE]nv)\w*[eE]nv\w*\(\s*(?:[&\w.]+\s*,\s*)?\"(?P<name>[A-Z][A-Z0-9_]+)\"(?:\s*,\s*\"(?P<default>[^\"\n]*)\")?"
    ),
    re.compile(r"\bcmp\.Or\(\s*os\.Getenv\(\"(?P<name>[A-Z][A-Z0-9_]+)\"\)\s*,\s*\"(?P<default>[^\"\n]*)\""),
    re.compile(
        r"`[^`\n]*\b(?:env|envconfig):\"(?P<name>[A-Z][A-Z0-9_]+)[^\"`]*\"(?:[^`\n]*\b(?:envDefault|env-default|default):\"(?P<default>[^\"`]*)\")?"
    ),
)
_LISTENS_LOCALLY = re.compile(
    r"\b(?:(?:ListenAndServe|Listen|Start|Run)(?:TLS)?\(\s*(?:\"tcp[46]?\"\s*,\s*)?|Addr:\s*)\"(?P<host>localhost|127\.0\.0\.1):\d"
)


def behaviour(tree: Tree, files: tuple[str, ...]) -> Iterator[Fact]:
    """The facts `health_path`, `metrics_path`, `listens_locally`, `env` and `secrets` from the program's files."""
    hits = list(code_hits(tree, _HEALTH, files))
    if hits:
        yield _route("health_path", min(hits, key=_telling))
    metrics = next(code_hits(tree, _METRICS, files), None)
    if metrics and any(code_hits(tree, _EXPORTS, files)):
        yield _route("metrics_path", metrics)
    local = next(code_hits(tree, _LISTENS_LOCALLY, files), None)
    if local:
        yield Fact(name="listens_locally", value=local.match["host"], rule="go.listen.locally",
                   confidence=LIKELY, file=local.file, line=local.line)  # fmt: skip
    yield from environment("go", [hit for pattern in _ENVIRONMENT for hit in code_hits(tree, pattern, files)])


def checks(tree: Tree) -> Iterator[Fact]:
    """The facts `test_command` and `lint_command`, where the repository has tests or a linter's configuration."""
    test = next((path for path in tree.files if path.endswith("_test.go") and "vendor/" not in path), None)
    if test:
        yield Fact(
            name="test_command",
            value="go test ./...",
            rule="go.checks.tests",
            confidence=STRONG,
            file=test,
            line=1,
        )
    config = next(
        (path for path in tree.files if re.fullmatch(r"\.golangci\.(?:ya?ml|toml|json)", path)), None
    )
    if config:
        yield Fact(
            name="lint_command",
            value="golangci-lint run",
            rule="go.checks.golangci",
            confidence=STRONG,
            file=config,
            line=1,
        )


def _telling(hit: Hit) -> tuple[int, int]:
    path = hit.match["path"]
    return _HEALTH_FIRST.index(path) if path in _HEALTH_FIRST else len(_HEALTH_FIRST), path.count("/")


def _route(name: str, hit: Hit) -> Fact:
    rule = f"go.route.{name.removesuffix('_path')}"
    return Fact(
        name=name, value=hit.match["path"], rule=rule, confidence=LIKELY, file=hit.file, line=hit.line
    )
