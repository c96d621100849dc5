"""Java images: built by the repository's wrapper or by the tool's own image, run on a Temurin runtime."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fops.onboarding.generate.container.commands import exec_form
from fops.onboarding.generate.container.runtime import (
    APP_USER,
    commands,
    member,
    processes,
    reads_port,
    workdir,
)
from fops.onboarding.model import ServicePlan, undeclared_server
from fops.onboarding.plan.releases import TOOLS, java_release, temurin_tag

_ARCHIVE = re.compile(r"(?P<folder>[\w./-]*/)?(?P<name>[\w.*-]+)\.(?P<kind>jar|war)")
_VERSION = re.compile(r"-\d[\w.]*(?:-(?:SNAPSHOT|RELEASE|FINAL))?(?=-|$)")
_LAYOUT = re.compile(
    r"(?:[\w.-]+/)*(?:target|build)/(?:quarkus-app|install(?:/[\w.-]+)?|libs|classes|dependency)", re.ASCII
)
# Archives that builds put beside the runnable one.
_BESIDE = ("*-plain", "*-sources", "*-javadoc", "*-tests", "original-*")
_TOMCATS = frozenset({"tomcat-9", "tomcat-10"})
_WRAPPERS = {"maven": "mvnw", "gradle": "gradlew"}
_BUILDS = {"maven": "{} -B -DskipTests package", "gradle": "{} assemble"}
_OUTPUTS = {"maven": "target", "gradle": "build"}
_CACHES = {"maven": "/root/.m2", "gradle": "/root/.gradle"}


def dockerfile(service: ServicePlan) -> tuple[str, Mapping[str, Any]]:
    """The template of a Java service and its values; sources without a build are compiled by the launcher."""
    if service.package_manager not in _WRAPPERS:
        return "container/java-source.Dockerfile.j2", _common(service, processes(service)[0].command, "jdk")
    tool = service.package_manager
    build = service.build_command or _default_build(service, tool)
    wrapper = f"./{_WRAPPERS[tool]}"
    command = processes(service)[0].command
    server = undeclared_server(service.evidence)
    webapp = server if server in _TOMCATS else ""
    archive = _webapp(service, tool) if webapp else _archive(command) if len(commands(service)) == 1 else None
    return "container/java.Dockerfile.j2", {
        "build_image": _build_image(service, tool, wrapped=wrapper in build),
        "gradle_image": tool == "gradle" and wrapper not in build,
        "source": workdir(service, top="/src"),
        "cache": _CACHES[tool],
        "chmod": wrapper if build.startswith(f"{wrapper} ") else "",
        "build": build,
        "archive": archive,
        "webapp": webapp,
        "named": () if webapp else tuple(_named(service, command)),
        "folders": () if archive else _folders(service, tool),
        **_common(service, command if webapp else _stable(command, archive), "jre"),
        **({"run_image": _tomcat(service, webapp)} if webapp else {}),
    }


def _webapp(service: ServicePlan, tool: str) -> Mapping[str, Any]:
    """The archive that Tomcat serves, whatever its name, where the build leaves it."""
    folder = service.output_folder or {"maven": "target", "gradle": "build/libs"}[tool]
    return {"folder": folder, "pattern": "*.war", "beside": ["*-plain.war"], "stable": "app.war"}


def _tomcat(service: ServicePlan, name: str) -> str:
    """Tomcat 10.1 runs on Java 11 and later."""
    release = java_release(service.runtime_version)
    return f"tomcat:{TOOLS[name]}-jre{release if name == 'tomcat-9' else max(release, 11)}-temurin"


def _named(service: ServicePlan, command: str) -> Iterator[str]:
    """Files of the repository that the command names, such as a configuration file."""
    below = "" if member(service) == "." else f"{member(service)}/"
    for word in dict.fromkeys(command.split()):
        if f"{below}{word}" in service.files and not _LAYOUT.match(word):
            yield word


def _common(service: ServicePlan, command: str, kind: str) -> Mapping[str, Any]:
    return {
        "run_image": f"eclipse-temurin:{temurin_tag(service.runtime_version)}-{kind}",
        "user": APP_USER,
        "words": exec_form(command),
        "environment": {"PORT": str(service.port)} if service.port and reads_port(service) else {},
    }


def _default_build(service: ServicePlan, tool: str) -> str:
    wrapper = _WRAPPERS[tool]
    program = f"./{wrapper}" if wrapper in service.files else {"maven": "mvn", "gradle": "gradle"}[tool]
    return _BUILDS[tool].format(program)


def _build_image(service: ServicePlan, tool: str, *, wrapped: bool) -> str:
    release = java_release(service.runtime_version)
    if wrapped:
        return f"eclipse-temurin:{temurin_tag(service.runtime_version)}-jdk"
    if tool == "gradle":
        return f"gradle:{TOOLS['gradle' if release < 25 else 'gradle-25']}-jdk{release}"
    return f"maven:{TOOLS['maven']}-eclipse-temurin-{release}"


def _archive(command: str) -> Mapping[str, Any] | None:
    """The one runnable archive of `java -jar`, found by a pattern without its version; None for other layouts."""
    jar = re.search(r"-jar\s+(\S+)", command)
    found = _ARCHIVE.fullmatch(jar[1]) if jar else None
    if jar is None or found is None or "quarkus-app" in (found["folder"] or ""):
        return None
    name = _VERSION.sub("-*", found["name"], count=1)
    return {
        "path": jar[1],
        "folder": (found["folder"] or ".").rstrip("/") or ".",
        "pattern": f"{name}.{found['kind']}",
        "beside": [f"{pattern}.{found['kind']}" for pattern in _BESIDE if pattern.strip("*-") not in name],
        "stable": f"app.{found['kind']}",
    }


def _stable(command: str, archive: Mapping[str, Any] | None) -> str:
    return command.replace(archive["path"], archive["stable"]) if archive else command


def _folders(service: ServicePlan, tool: str) -> tuple[str, ...]:
    """The folders of the build that the commands name; the whole output where none is seen."""
    text = " ".join(commands(service))
    layouts = _LAYOUT.findall(text)
    return tuple(dict.fromkeys(layouts)) or (_OUTPUTS[tool],)
