"""Archives that a servlet container runs: which Tomcat, by the namespace of the API they are written against.

Source: Tomcat's "Which Version Do I Want?": 9 has `javax.servlet`, 10 and later have `jakarta.servlet`.
"""

from __future__ import annotations

import re

from fops.onboarding.detect.evidence import find
from fops.onboarding.detect.languages.code import code_hits
from fops.onboarding.detect.languages.java.build import Build
from fops.onboarding.detect.languages.java.builds.module import inside
from fops.onboarding.detect.languages.tool_versions import Pin
from fops.onboarding.model import STRONG, Fact
from fops.onboarding.ports import Tree

START = "catalina.sh run"
_PORT = 8080  # of the connector in Tomcat's own server.xml
_SERVERS = (
    "liberty",
    "wildfly",
    "payara",
    "glassfish",
    "tomee",
)  # full application servers, by their plugins
_IMPORT = re.compile(r"(?m)^[ \t]*import\s+(?:static\s+)?(javax|jakarta)\.servlet\b")
_OLD_SCHEMA = re.compile(r"java\.sun\.com/xml/ns|xmlns\.jcp\.org/xml/ns")
_OLD_API = ("javax.servlet", "javax:javaee", "javax.ws", "javaee-")
_PACKAGING = re.compile(r"<packaging>\s*war\b")


def container(tree: Tree, build: Build) -> str | None:
    """The package of the container, None where the archive is none for Tomcat."""
    if build.app.packaging != "war" or build.app.plugin(*_SERVERS):
        return None
    return "tomcat-9" if _is_old(tree, build) else "tomcat-10"


def evidence(tree: Tree, build: Build) -> Pin:
    """The line that makes the archive one for a servlet container."""
    hit = find(tree, _PACKAGING, (build.app.file,))
    plugin = build.app.plugin("war")
    line = hit.line if hit else plugin.line if plugin else 1
    return Pin(value="", file=build.app.file, line=line)


def port(start: Fact) -> Fact:
    """The port of the container that the start command runs."""
    return Fact(
        name="port",
        value=_PORT,
        rule="java.port.tomcat",
        confidence=STRONG,
        file=start.file,
        line=start.line,
    )


def _is_old(tree: Tree, build: Build) -> bool:
    hit = next(code_hits(tree, _IMPORT, build.sources), None)
    if hit:
        return hit.match[1] == "javax"
    if build.app.depends("jakarta."):
        return False
    descriptor = inside(build.app.folder, "src/main/webapp/WEB-INF/web.xml")
    return build.app.depends(*_OLD_API) is not None or bool(_OLD_SCHEMA.search(tree.read(descriptor) or ""))
