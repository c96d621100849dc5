"""One application as a ServicePlan: facts, answers, defaults, and what was assumed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from fops.kernel.errors import NotDeployable
from fops.kernel.redaction import redact_text
from fops.onboarding.detect.files.environment import is_inlined
from fops.onboarding.model import Assumption, EnvVariable, Fact, Process, ServicePlan, undeclared_server
from fops.onboarding.plan import answers, defaults
from fops.onboarding.plan.options import Options
from fops.onboarding.plan.processes import Assume, Draft, processes
from fops.onboarding.ports import Tree

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}", re.ASCII)
_PLAIN = re.compile(
    r"[\w./:@?&=%+~,;#!-]+", re.ASCII
)  # what is the same in a Dockerfile, a workflow and a shell
_NEVER_PUBLIC = re.compile(r"SECRET|PASSWORD|PASSWD|PRIVATE|CREDENTIAL|SERVICE_ROLE")
_LOOKS_KEY = re.compile(r"KEY|TOKEN")
_WITHHELD = (
    "the build would write its value into pages that every visitor can read, so the build does not get it; "
    "let the server read it under a name without the public prefix"
)
_READABLE = (
    "the build writes its value into pages that every visitor can read: it must be a key made for that"
)
_REMADE = (
    "pages that are made again while it runs stay in each pod's memory: the file system they would also go to is read-only, "
    "and the log says so; experimental.isrFlushToDisk: false in next.config ends that, a cacheHandler shares them"
)
_MAX_FILES = 2000
_DEEPEST = 3  # folders; manifests, configuration and main programs lie near the top
_ENV_FACTS = ("env", "secrets")


def finish(
    one: Draft, tree: Tree, options: Options, *, several: bool
) -> tuple[ServicePlan, tuple[Assumption, ...]]:
    """The ServicePlan and what had to be assumed. Raises NotDeployable where it cannot be started."""
    assumed: list[Assumption] = []

    def assume(fact: str, value: Any, why: str) -> None:
        flag = f"--set {one.address}.{fact}=…" if several else f"--set {fact}=…"
        assumed.append(Assumption(service=one.name, fact=fact, value=value, why=why, answer_with=flag))

    if one.language not in defaults.MANAGERS:
        raise NotDeployable(
            f"{one.name}: {one.language or 'no language'} is not supported yet",
            hint=f"supported are {', '.join(defaults.MANAGERS)}",
        )
    static = bool(one.value("static", one.language == "static"))
    running = () if static else processes(one, assume)
    _about_server(one, assume)
    built = _built(one, static=static)
    assumed.extend(_about_built(one, built))
    if one.value("revalidates") and one.dockerfile is None and not static:
        assumed.append(
            Assumption(service=one.name, fact="revalidates", value=True, why=_REMADE, answer_with="")
        )
    variables = (*_variables(one, built), *_build_variables(built))
    made = _service(
        one,
        tree,
        running,
        static=static,
        version=_version(one, options, assume),
        variables=variables,
        assume=assume,
    )
    return made, tuple(assumed)


def _service(
    one: Draft,
    tree: Tree,
    running: tuple[Process, ...],
    *,
    static: bool,
    version: str,
    variables: tuple[EnvVariable, ...],
    assume: Assume,
) -> ServicePlan:
    web = next((process for process in running if process.port), None)
    return ServicePlan(
        name=one.name,
        path=one.path,
        context=one.context,
        language=one.language,
        package_manager=one.package_manager,
        framework=one.value("framework") or None,
        runtime_version=version,
        install_command=one.text("install_command"),
        build_command=one.text("build_command"),
        start_command=web.command if web else one.text("start_command"),
        release_command=one.text("release_command").strip(),
        test_command=one.text("test_command"),
        lint_command=one.text("lint_command"),
        port=web.port if web else None,
        health_path=_health_path(one, assume) if web else None,
        metrics_path=_url_path(one, "metrics_path") if web else None,
        output_folder=_output_folder(one, assume, static=static),
        static=static,
        image=one.image,
        processes=running,
        backing=tuple(sorted({str(name) for name in one.value("services", [])})),
        env=variables,
        files=_files(tree, one),
        dockerfile=one.dockerfile,
        evidence=dict(sorted({**one.facts, **_evidence_of(one, variables)}.items())),
    )


def _about_server(one: Draft, assume: Assume) -> None:
    """A start command found by custom alone, whose server nothing declares."""
    if one.dockerfile is None and (package := undeclared_server(one.facts)):
        why = (
            f"{package} is the usual server for this program and nothing declares one, so the image brings it"
        )
        assume("start_command", one.text("start_command"), why)


def _version(one: Draft, options: Options, assume: Assume) -> str:
    version = one.text("runtime_version")
    if not version:
        return _default_version(one.language, assume)
    ended = defaults.ended(one.language, version, options.today)
    if ended and not one.answered("runtime_version"):
        why = f"support of {one.language} {version} ended on {ended}; it is what the repository asks for"
        assume("runtime_version", version, why)
    return version


def _default_version(language: str, assume: Assume) -> str:
    version = defaults.runtime_version(language)
    if version:
        until = defaults.supported_until(language, version)
        why = (
            "the repository pins none; this is a long-term release"
            if language in {"node", "java"}
            else ("the repository pins none; this is the newest release")
        )
        assume(
            "runtime_version",
            version,
            f"{why} of the built-in table" + (f", supported until {until}" if until else ""),
        )
    return version


def _health_path(one: Draft, assume: Assume) -> str | None:
    path = _url_path(one, "health_path")
    if path is None and not one.answered("health_path"):
        assume("health_path", None, "no health endpoint was found, so probes only connect to the port")
    return path


def _url_path(one: Draft, name: str) -> str | None:
    value = one.value(name)
    return value if answers.is_url_path(value) else None


def _output_folder(one: Draft, assume: Assume, *, static: bool) -> str | None:
    """The folder a build leaves, inside the application; files that need no build lie where they are."""
    value = one.value("output_folder")
    folder = posixpath.normpath(value.lstrip("/") or ".") if value and answers.is_inside(value) else None
    if not static or folder:
        return folder
    if not one.text("build_command"):
        return "."
    assume(
        "output_folder", "dist", "nothing says where the build leaves its files; this is what most tools do"
    )
    return "dist"


def _variables(one: Draft, built: Collection[str]) -> Iterator[EnvVariable]:
    """The variables that have a name a shell takes; a secret, by name or by its default, shows no default."""
    secrets = {str(name) for name in one.value("secrets", [])}
    seen = {"PORT", *built}  # the platform sets it from the port
    for name, default in [*_read(one, "env"), *((name, None) for name in sorted(secrets))]:
        if name in seen or not _VARIABLE.fullmatch(name):
            continue
        seen.add(name)
        secret = name in secrets or (default is not None and redact_text(default) != default)
        yield EnvVariable(name=name, default=None if secret else default, secret=secret)


def _built(one: Draft, *, static: bool) -> dict[str, str | None]:
    """What the build writes into what browsers get, by name: seen in code, or asked for by an example file."""
    seen = dict(_read(one, "build_env"))
    for name, default in _read(one, "env") if one.language == "node" else ():
        if name in seen or is_inlined(name) or (static and name.startswith("VITE_")):
            seen[name] = seen.get(name) or default
    return {name: seen[name] for name in sorted(seen) if _VARIABLE.fullmatch(name)}


def _build_variables(built: Mapping[str, str | None]) -> Iterator[EnvVariable]:
    for name, default in built.items():
        if not _NEVER_PUBLIC.search(name):
            plain = default if default and _PLAIN.fullmatch(default) else None
            yield EnvVariable(name=name, default=plain, built=True)


def _about_built(one: Draft, built: Iterable[str]) -> Iterator[Assumption]:
    for name in built:
        if why := _why_of_built(one, name):
            yield Assumption(service=one.name, fact="build_env", value=name, why=why, answer_with="")


def _why_of_built(one: Draft, name: str) -> str:
    if _NEVER_PUBLIC.search(name):
        return _WITHHELD
    if one.dockerfile is not None and name not in one.dockerfile.arguments:
        return f"the build reads it, and {one.dockerfile.path} has no `ARG {name}` that would hand it on"
    return _READABLE if _LOOKS_KEY.search(name) else ""


def _read(one: Draft, fact: str) -> Iterator[tuple[str, str | None]]:
    for item in one.value(fact, []):
        name = item.get("name") if isinstance(item, dict) else item
        default = item.get("default") if isinstance(item, dict) else None
        yield str(name), None if default is None else str(default)


def _evidence_of(one: Draft, variables: tuple[EnvVariable, ...]) -> dict[str, Fact]:
    """The facts about variables as the plan has them, so that no default of a secret is written down."""
    known = {
        "env": [{"name": variable.name, "default": variable.default} for variable in variables],
        "secrets": [variable.name for variable in variables if variable.secret],
    }
    return {name: replace(one.facts[name], value=known[name]) for name in _ENV_FACTS if name in one.facts}


def _files(tree: Tree, one: Draft) -> frozenset[str]:
    """Paths below the build context: those near its top, and those near the top of a member's folder."""
    member = "" if one.path == one.context else f"{posixpath.relpath(one.path, one.context)}/"
    ranked = sorted(
        (min(path.count("/"), path.removeprefix(member).count("/")), path)
        for path in tree.below(one.context).files
    )
    return frozenset([path for depth, path in ranked if depth <= _DEEPEST][:_MAX_FILES])
