"""One application as a ServicePlan: facts, answers, defaults, and what was assumed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fops.kernel.errors import NotDeployable, UsageError
from fops.onboarding.detect.files import dockerfile
from fops.onboarding.model import App, Assumption, EnvVariable, ExistingDockerfile, Fact, Process, ServicePlan
from fops.onboarding.plan import defaults
from fops.onboarding.plan.options import Options
from fops.onboarding.ports import Tree

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_ONE_SHOT = frozenset({"release", "postdeploy", "predeploy"})  # Procfile names of commands that end
_MAX_FILES = 2000
_DEEPEST = 3  # folders; manifests and configuration lie near the top


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An application with its name, its answers laid over its facts, and where its container is built."""

    name: str
    path: str
    context: str
    facts: Mapping[str, Fact]
    image: str

    def value(self, name: str, default: Any = None) -> Any:
        """The value of a fact, or `default`."""
        fact = self.facts.get(name)
        return default if fact is None or fact.value is None else fact.value


def label(text: str, fallback: str = "app") -> str:
    """An RFC 1123 label near a text: `@acme/My Web` gives `my-web`."""
    last = text.rsplit("/", 1)[-1]
    clean = re.sub(r"[^a-z0-9]+", "-", last.lower()).strip("-")[:50].strip("-")
    return clean or fallback


def draft(app: App, answers: Mapping[str, Fact], *, name: str, context: str, image: str) -> Draft:
    """The application with the answers laid over."""
    return Draft(name=name, path=app.path, context=context, facts={**app.facts, **answers}, image=image)


def finish(one: Draft, tree: Tree, options: Options) -> tuple[ServicePlan, tuple[Assumption, ...]]:
    """The ServicePlan and what had to be assumed. Raises NotDeployable, UsageError."""
    language = str(one.value("language", ""))
    if language not in defaults.SUPPORTED:
        raise NotDeployable(
            f"{language or 'no language'}: not supported yet",
            hint=f"supported are {', '.join(defaults.SUPPORTED)}",
        )
    assumed: list[Assumption] = []
    assume = _assuming(one, assumed)
    own = dockerfile.existing(tree.below(one.path))
    static = bool(one.value("static", language == "static"))
    processes = () if static else _processes(one, own, options, assume)
    port = next((process.port for process in processes if process.port), None)
    version = str(one.value("runtime_version") or "") or _version(language, assume)
    ended = defaults.ended(language, version, options.today)
    if ended:
        assume(
            "runtime_version",
            version,
            f"support of {language} {version} ended on {ended}; it is what the repository pins",
        )
    if port and not one.value("health_path"):
        assume("health_path", None, "no health endpoint was found, so probes only connect to the port")
    plan = ServicePlan(
        name=one.name,
        path=one.path,
        context=one.context,
        language=language,
        package_manager=str(one.value("package_manager") or defaults.PACKAGE_MANAGERS[language]),
        framework=one.value("framework"),
        runtime_version=version,
        install_command=str(one.value("install_command", "")),
        build_command=str(one.value("build_command", "")),
        start_command=next((process.command for process in processes if process.port), "")
        or str(one.value("start_command", "")),
        test_command=str(one.value("test_command", "")),
        lint_command=str(one.value("lint_command", "")),
        port=port,
        health_path=one.value("health_path") if port else None,
        metrics_path=one.value("metrics_path") if port else None,
        output_folder=(one.value("output_folder") or ".") if static else one.value("output_folder"),
        static=static,
        image=one.image,
        processes=processes,
        backing=tuple(sorted(map(str, one.value("services", [])))),
        env=tuple(_variables(one)),
        files=_files(tree.below(one.context)),
        dockerfile=own,
        evidence=dict(sorted(one.facts.items())),
    )
    return plan, tuple(assumed)


Assume = Callable[[str, Any, str], None]


def _assuming(one: Draft, assumed: list[Assumption]) -> Assume:
    def assume(fact: str, value: Any, why: str) -> None:
        assumed.append(
            Assumption(service=one.name, fact=fact, value=value, why=why, answer_with=f"--set {fact}=…")
        )

    return assume


def _version(language: str, assume: Assume) -> str:
    version = defaults.runtime_version(language)
    if version:
        assume(
            "runtime_version",
            version,
            "the repository pins none; this is the newest long-term release of the built-in table",
        )
    return version


def _processes(
    one: Draft, own: ExistingDockerfile | None, options: Options, assume: Assume
) -> tuple[Process, ...]:
    listed = {
        label(str(item.get("name", ""))): str(item.get("command", ""))
        for item in one.value("processes", [])
        if isinstance(item, dict) and item.get("name") not in _ONE_SHOT and item.get("command")
    }
    start = str(one.value("start_command", ""))
    web_name = next(
        (name for name, command in listed.items() if name == "web" or (command == start and start)), None
    )
    if start and web_name is None and not (listed and one.value("port") is None):
        listed, web_name = {"web": start, **listed}, "web"
    if not listed and own is not None:
        listed, web_name = {"web": ""}, "web"  # the user's own image knows how to start
    if not listed:
        raise NotDeployable(
            f"{one.name}: no start command was found"
            if options.auto_detect
            else f"{one.name}: start_command is not given",
            hint="say how it starts: --set start_command='…'; if only files are served: --set static=true --set output_folder=…",
        )
    if web_name and "start_command" in one.facts and one.facts["start_command"].rule == "set":
        listed[web_name] = start
    return tuple(
        Process(name=name, command=command, port=_port(one, own, assume) if name == web_name else None)
        for name, command in listed.items()
    )


def _port(one: Draft, own: ExistingDockerfile | None, assume: Assume) -> int:
    given = one.facts.get("port")
    if given is not None and given.rule == "set":
        return int(given.value)
    if own is not None and own.port:
        return own.port
    port = one.value("port")
    if port is None:
        assume(
            "port",
            defaults.PORT,
            "no port was found in the code; the container is told to listen here through PORT",
        )
        return defaults.PORT
    return int(port)


def _variables(one: Draft) -> Iterator[EnvVariable]:
    secrets = set(map(str, one.value("secrets", [])))
    seen = {"PORT"}  # the platform sets it from the port
    for item in one.value("env", []):
        name = item.get("name") if isinstance(item, dict) else item
        if not isinstance(name, str) or name in seen or not _VARIABLE.fullmatch(name):
            continue
        seen.add(name)
        default = item.get("default") if isinstance(item, dict) else None
        secret = name in secrets
        yield EnvVariable(
            name=name, default=None if secret or default is None else str(default), secret=secret
        )
    for name in sorted(secrets - seen):
        if _VARIABLE.fullmatch(name):
            yield EnvVariable(name=name, secret=True)


def _files(tree: Tree) -> frozenset[str]:
    near = [path for path in tree.files if path.count("/") <= _DEEPEST]
    return frozenset(sorted(near, key=lambda path: (path.count("/"), path))[:_MAX_FILES])


def require(answers: Mapping[str, Fact]) -> None:
    """Without detection the answers must say enough. Raises UsageError naming what is missing."""
    needed = (
        ("language", "output_folder")
        if answers.get("static") and answers["static"].value
        else ("language", "start_command", "port")
    )
    missing = [name for name in needed if name not in answers]
    if missing:
        flags = " ".join(f"--set {name}=…" for name in missing)
        raise UsageError(f"--no-auto-detect needs {', '.join(missing)}", hint=flags)
