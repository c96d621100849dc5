"""What a repository already tells another platform: how it is built, started, reached, and what it needs.

One row per file and key, from each platform's own configuration reference (named beside it). A file written for a
builder that brings its own tools (Nixpacks, Railpack) counts less than one about the application itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fops.onboarding.detect.evidence import key_line, read_json, read_toml, read_yaml
from fops.onboarding.detect.files.commands import as_port, port_in
from fops.onboarding.detect.files.environment import variable
from fops.onboarding.detect.files.place import Place
from fops.onboarding.detect.files.values import items, nested, text
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, Fact

_Row = tuple[str, tuple[str, ...], str, float]

_ROWS: tuple[_Row, ...] = (
    ("app.yaml", ("entrypoint",), "start_command", CERTAIN),  # App Engine app.yaml reference
    ("app.yaml", ("runtime_config", "runtime_version"), "runtime_version", STRONG),
    ("app.yaml", ("runtime_config", "python_version"), "runtime_version", STRONG),
    ("fly.toml", ("http_service", "internal_port"), "port", STRONG),  # Fly Launch configuration
    ("fly.toml", ("processes", "app"), "start_command", CERTAIN),
    ("fly.toml", ("processes", "web"), "start_command", CERTAIN),
    ("fly.toml", ("deploy", "release_command"), "release_command", CERTAIN),
    (
        "heroku.yml",
        ("run", "web"),
        "start_command",
        CERTAIN,
    ),  # Heroku: building Docker images with heroku.yml
    ("heroku.yml", ("release", "command"), "release_command", CERTAIN),
    ("railway.json", ("deploy", "startCommand"), "start_command", CERTAIN),  # Railway: config as code
    ("railway.json", ("deploy", "preDeployCommand"), "release_command", CERTAIN),
    ("railway.json", ("deploy", "healthcheckPath"), "health_path", CERTAIN),
    ("railway.json", ("build", "buildCommand"), "build_command", STRONG),
    ("railway.toml", ("deploy", "startCommand"), "start_command", CERTAIN),
    ("railway.toml", ("deploy", "preDeployCommand"), "release_command", CERTAIN),
    ("railway.toml", ("deploy", "healthcheckPath"), "health_path", CERTAIN),
    ("railway.toml", ("build", "buildCommand"), "build_command", STRONG),
    ("apprunner.yaml", ("run", "command"), "start_command", CERTAIN),  # AWS App Runner configuration file
    ("apprunner.yaml", ("run", "network", "port"), "port", CERTAIN),
    ("railpack.json", ("deploy", "startCommand"), "start_command", LIKELY),
    ("nixpacks.toml", ("start", "cmd"), "start_command", LIKELY),
    ("vercel.json", ("buildCommand",), "build_command", STRONG),  # Vercel project configuration
    ("vercel.json", ("outputDirectory",), "output_folder", STRONG),
    ("netlify.toml", ("build", "command"), "build_command", STRONG),  # Netlify file-based configuration
    ("netlify.toml", ("build", "publish"), "output_folder", STRONG),
)
_ADDONS = (("postgres", "postgres"), ("mysql", "mysql"), ("jawsdb", "mysql"), ("cleardb", "mysql"), ("redis", "redis"),
           ("mongo", "mongodb"), ("amqp", "rabbitmq"), ("memcach", "memcached"), ("elasticsearch", "elasticsearch"),
           ("bonsai", "elasticsearch"), ("kafka", "kafka"))  # fmt: skip
_RENDER_WEB = (
    ("startCommand", "start_command"),
    ("preDeployCommand", "release_command"),
    ("healthCheckPath", "health_path"),
)
# `runtime: python312`, `nodejs20`, `go122`, `java21` of App Engine's standard environment
_GAE_RUNTIME = re.compile(r"^(python|nodejs|go|java)(\d+)$")


def facts(place: Place) -> Iterator[Fact]:
    """Everything the rows and the two files with lists (app.json, render.yaml) say."""
    for row in _ROWS:
        yield from _row(place, row)
    yield from _app_engine(place)
    yield from _app_json(place)
    yield from _render(place)


def _row(place: Place, row: _Row) -> Iterator[Fact]:
    path, keys, name, confidence = row
    value = nested(_read(place, path), *keys)
    if name == "port":
        value = as_port(value)
    if name == "release_command":
        value = _in_turn(value)
    if name == "runtime_version" and isinstance(value, (int, float)):
        value = str(value)
    if (isinstance(value, str) and value.strip()) or (isinstance(value, int) and name == "port"):
        yield _fact(place, path, name, value, keys=keys, confidence=confidence)
        if name == "start_command" and (port := port_in(str(value))):
            yield _fact(place, path, "port", port, keys=keys, confidence=confidence)


def _in_turn(value: Any) -> Any:
    """One command out of the list that some platforms take, where each is run if those before went well."""
    return " && ".join(map(str, value)) if isinstance(value, list) else value


def _app_engine(place: Place) -> Iterator[Fact]:
    content = _read(place, "app.yaml")
    found = _GAE_RUNTIME.match(str(nested(content, "runtime") or ""))
    if found:
        digits = found[2]
        dotted = f"{digits[0]}.{digits[1:]}" if found[1] in {"python", "go"} and len(digits) > 1 else digits
        yield _fact(place, "app.yaml", "runtime_version", dotted, keys=("runtime",), confidence=STRONG)
    variables = nested(content, "env_variables")
    if isinstance(variables, dict) and variables:
        listed = [variable(str(name), str(value)) for name, value in variables.items()]
        yield _fact(place, "app.yaml", "env", listed, keys=("env_variables",), confidence=STRONG)


def _app_json(place: Place) -> Iterator[Fact]:
    """Heroku's app.json schema: `env` and `addons`."""
    content = _read(place, "app.json")
    variables = nested(content, "env")
    if isinstance(variables, dict) and variables:
        listed = [
            variable(str(name), text(nested(value, "value") if isinstance(value, dict) else value))
            for name, value in variables.items()
        ]
        yield _fact(place, "app.json", "env", listed, keys=("env",), confidence=STRONG)
    for addon in items(nested(content, "addons")):
        plan = str(nested(addon, "plan") or addon)
        service = next((service for word, service in _ADDONS if word in plan), None)
        if service:
            yield _fact(place, "app.json", "services", [service], keys=("addons",), confidence=CERTAIN)


def _render(place: Place) -> Iterator[Fact]:
    """Render's Blueprint specification: web services, key-value stores and databases."""
    content = _read(place, "render.yaml")
    if nested(content, "databases"):
        yield _fact(place, "render.yaml", "services", ["postgres"], keys=("databases",), confidence=CERTAIN)
    for service in items(nested(content, "services")):
        kind = nested(service, "type")
        if kind in {"redis", "keyvalue"}:
            yield _fact(
                place, "render.yaml", "services", ["redis"], keys=("services", "type"), confidence=CERTAIN
            )
        if kind == "web":
            yield from _render_web(place, service)


def _render_web(place: Place, service: dict[str, Any]) -> Iterator[Fact]:
    for key, name in _RENDER_WEB:
        value = text(service.get(key))
        if value:
            yield _fact(place, "render.yaml", name, value, keys=(key,), confidence=CERTAIN)
    named = [entry for entry in items(service.get("envVars")) if nested(entry, "key")]
    if named:
        listed = [variable(str(entry["key"]), text(entry.get("value"))) for entry in named]
        yield _fact(place, "render.yaml", "env", listed, keys=("envVars",), confidence=STRONG)


def _read(place: Place, path: str) -> Any:
    reader = {"json": read_json, "toml": read_toml}.get(path.rpartition(".")[2], read_yaml)
    return reader(place.tree, path)


def _fact(
    place: Place, path: str, name: str, value: Any, *, keys: tuple[str, ...], confidence: float
) -> Fact:
    line = key_line(place.tree, path, *keys)
    return Fact(
        name=name, value=value, rule=f"platform.{path}.{name}", confidence=confidence, file=path, line=line
    )
