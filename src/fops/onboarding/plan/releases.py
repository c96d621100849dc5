"""Which exact release stands behind a version: image tags and tools. Pure, from `eol.json` and small dated tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from fops.onboarding.detect.languages.release_cycles import Cycle, cycles, long_term

TOOLS: Mapping[str, str] = MappingProxyType({
    "uv": "0.13.9",
    "poetry": "2.5.1",
    "pdm": "2.29.4",
    "pipenv": "2026.10.3",
    "gunicorn": "27.0.1",
    "uvicorn": "0.54.0",
    "pnpm": "10.34.8",
    "yarn": "1.22.22",
    "corepack": "0.34.0",  # the last line that runs on Node 20
    "maven": "3.9.11",
    "gradle": "8.14.3",
    "gradle-25": "9.1.0",  # the first line that runs on Java 25
    "tomcat-9": "9.0.118",
    "tomcat-10": "10.1.59",
})  # fmt: skip
"""Programs of builds by exact version, as the registries had them on 2026-11-24."""

OLDER_TOOLS: Mapping[str, str] = MappingProxyType({
    "pnpm@7": "7.33.7",
    "pnpm@8": "8.15.9",
    "pnpm@9": "9.15.9",
    "yarn@2": "2.4.2",
    "yarn@3": "3.8.7",
    "yarn@4": "4.18.1",
})  # fmt: skip
"""The last releases of older lines, for locks that newer ones do not read; yarn from 2 on is Yarn's newer design."""

TOOLS_BEFORE_PYTHON_3_10: Mapping[str, str] = MappingProxyType({
    "poetry": "1.8.5",
    "pdm": "2.19.3",
    "pipenv": "2024.4.1",
    "gunicorn": "23.0.0",
    "uvicorn": "0.33.0",
})  # fmt: skip
"""The last lines that run on Python 3.8 and 3.9."""

HELD_BACK: Mapping[str, str] = MappingProxyType({"pdm": "hishel==1.4.0"})
"""What a tool needs in a version before the newest, which its own metadata allows: pdm 2.29 fails with hishel 2."""

IMAGES: Mapping[str, str] = MappingProxyType({
    "nginx": "nginxinc/nginx-unprivileged:1.30.4-alpine",
    "micromamba": "mambaorg/micromamba:2.9.0",
    "pixi": "ghcr.io/prefix-dev/pixi:0.68.1",
    "rabbitmq": "rabbitmq:4.2.4-alpine",
    "memcached": "memcached:1.6.39-alpine",
    "elasticsearch": "elasticsearch:9.1.4",
    "kafka": "apache/kafka:4.1.0",
    "mssql": "mcr.microsoft.com/mssql/server:2022-CU20-ubuntu-22.04",
})  # fmt: skip
"""Images of products that `eol.json` does not follow, by their publishers' own exact tags, each in public use on 2026-11-24."""

_LONG_TERM_JAVA = (8, 11, 17, 21, 25)


def image_tag(product: str, version: str = "") -> str:
    """The exact release for a version: `("python", "3.13")` gives `3.13.15`.

    A version more precise than a cycle stands as it is (it is what the repository pins), and so does one that the
    table does not know: newer than the table is unknown, not wrong. Without any, the newest long-term release.
    """
    wanted = _number(version)
    if not wanted:
        return str(_preferred(product)["latest"])
    found = next((cycle for cycle in cycles(product) if f"{cycle['cycle']}.".startswith(f"{wanted}.")), None)
    return str(found["latest"]) if found else wanted


def tool_release(name: str, told: str) -> str:
    """The exact release of a tool: `told` may be exact (`pnpm@9.1.0`), a major line (`pnpm@8`), or of another tool."""
    if not re.fullmatch(rf"{name}@[\w.-]+", told):
        return TOOLS[name]
    version = told.partition("@")[2]
    return OLDER_TOOLS.get(told, version if re.match(r"\d+\.\d+\.\d+", version) else TOOLS[name])


def go_tag(version: str) -> str:
    """The newest patch of a Go release: the `go` line of go.mod is a minimum, so a patch there pins nothing."""
    return image_tag("go", ".".join(_number(version).split(".")[:2]))


def java_release(version: str) -> int:
    """The Java release for a version (`1.8` is 8), raised to the next long-term one: images exist for those."""
    major = int(_number(version.removeprefix("1.")).partition(".")[0] or 0)
    if not major:
        return 21
    return next((release for release in _LONG_TERM_JAVA if release >= major), major)


def temurin_tag(version: str) -> str:
    """The exact Eclipse Temurin tag of a Java version, without its `-jdk` or `-jre`."""
    release = str(java_release(version))
    latest = next(
        (str(cycle["latest"]) for cycle in cycles("eclipse-temurin") if cycle["cycle"] == release), release
    )
    return latest.replace("+", "_")


def _number(version: str) -> str:
    found = re.search(r"\d+(?:\.\d+)*", version)
    return found[0] if found else ""


def _preferred(product: str) -> Cycle:
    """The newest long-term cycle, the newest of all where a product has none."""
    every = cycles(product)
    return next(iter(long_term(every)), every[0])


def end_of_life(product: str, version: str) -> str | None:
    """The day support of a version ends, such as `2026-10-31`; None where the table names no day or no such cycle."""
    wanted = _number(version)
    found = next((cycle for cycle in cycles(product) if f"{wanted}.".startswith(f"{cycle['cycle']}.")), None)
    return found["eol"] if found and isinstance(found["eol"], str) else None
