"""What container image names tell: the language's version, a backing service, the port a server listens on."""

from __future__ import annotations

import re

# Repository (last path part) of the official and the usual vendor images → where the version stands in the tag.
_RUNTIMES: dict[str, tuple[tuple[str, str], ...]] = {
    "node": (
        (r"node$", r"^v?(\d+(?:\.\d+)*)"),
        (r"bun$", r"^(\d+(?:\.\d+)*)"),
        (r"nodejs(\d+)-debian\d+$", ""),
        (r"nodejs-(\d+)$", ""),
    ),
    "python": (
        (r"python$", r"^(\d+\.\d+(?:\.\d+)*)"),
        (r"uv$", r"python(\d+\.\d+)"),
        (r"python-(\d)(\d+)$", ""),
    ),
    "go": ((r"(?:golang|go)$", r"^(\d+\.\d+(?:\.\d+)*)"),),
    "java": (
        (
            r"(?:openjdk|eclipse-temurin|amazoncorretto|zulu-openjdk\w*|sapmachine|liberica-openjdk\w*|graalvm\w*|jdk)$",
            r"^(\d+)",
        ),
        (r"(?:maven|gradle)$", r"(?:jdk-?|temurin-|openjdk-|corretto-)(\d+)"),
        (r"java(\d+)-debian\d+$", ""),
        (r"openjdk-(\d+)\w*$", ""),
    ),
}
_SERVICES: tuple[tuple[str, str], ...] = (
    (r"postgres|postgis|timescaledb|pgvector|cockroach", "postgres"),
    (r"mysql|mariadb|percona", "mysql"),
    (r"redis|valkey|keydb|dragonfly", "redis"),
    (r"mongo", "mongodb"),
    (r"rabbitmq", "rabbitmq"),
    (r"memcached", "memcached"),
    (r"elasticsearch|opensearch(?!-dash)", "elasticsearch"),
    (r"kafka|redpanda", "kafka"),
    (r"mssql|azure-sql-edge", "mssql"),
)
_NO_SERVICE = re.compile(
    r"exporter|admin|express|commander|kibana|-ui\b|insight|dashboards"
)  # tools beside a service
_LISTENING = {
    "nginx": 80,
    "nginx-unprivileged": 8080,
    "httpd": 80,
    "caddy": 80,
    "tomcat": 8080,
    "jetty": 8080,
}  # their own docs


def _parts(image: str) -> tuple[str, str]:
    """Repository's last part and tag, without registry and digest."""
    name, _, tag = image.partition("@")[0].rpartition("/")[2].partition(":")
    return name.lower(), tag.lower()


def image_version(image: str, language: str) -> str | None:
    """The version of a language an image brings, None when it brings another, or only `latest`."""
    name, tag = _parts(image)
    for repository, in_tag in _RUNTIMES.get(language, ()):
        in_name = re.search(repository, name)
        found = re.search(in_tag, tag) if in_tag else in_name
        if in_name and found:
            return ".".join(part for part in found.groups() if part)
    return None


def image_language(image: str) -> str | None:
    """The language family whose image this is, None when it is no language's."""
    name, _ = _parts(image)
    return next(
        (
            language
            for language, known in _RUNTIMES.items()
            if any(re.search(rf"^{pattern}", name) for pattern, _ in known)
        ),
        None,
    )


def backing_service(image: str) -> str | None:
    """The backing service an image is, such as `postgres`; None for anything else."""
    if _NO_SERVICE.search(image.lower()):
        return None
    name = "mssql" if "mssql/server" in image else _parts(image)[0]
    return next((service for pattern, service in _SERVICES if re.search(pattern, name)), None)


def listening(image: str) -> int | None:
    """The port a ready-made server image listens on by its documentation."""
    return _LISTENING.get(_parts(image)[0])
