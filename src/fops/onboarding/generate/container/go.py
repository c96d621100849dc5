"""Go images: static binaries on an empty image; on Debian where C is linked, or where a shell starts the program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fops.onboarding.generate.container.commands import exec_form, needs_shell
from fops.onboarding.generate.container.runtime import APP_USER, commands, member, reads_port, workdir
from fops.onboarding.model import ServicePlan
from fops.onboarding.plan.releases import go_tag, image_tag

# What a program may read when it runs, by the custom of Go repositories; the image gets what of it exists.
_RUNTIME_DATA = (
    "assets", "conf", "config", "config.json", "config.toml", "config.yaml", "config.yml", "configs", "db", "html", "i18n",
    "locales", "migrations", "public", "resources", "static", "templates", "tmpl", "ui", "views", "web",
)  # fmt: skip
_GO_BUILD = re.compile(r"(?P<static>CGO_ENABLED=0 )?go build(?P<rest>(?: [\w./@-]+)+)")


def dockerfile(service: ServicePlan) -> tuple[str, Mapping[str, Any]]:
    """The template of a Go service and its values."""
    build = service.build_command or f"CGO_ENABLED=0 go build -o bin/{service.name} ."
    started = [command or f"./bin/{service.name}" for command in commands(service)]
    programs = tuple(dict.fromkeys(_program(exec_form(command)[0], build) for command in started))
    known = all(re.fullmatch(r"[\w.-]+(?:/[\w.-]+)*", name, re.ASCII) and "/" in name for name in programs)
    known = known and not any(map(needs_shell, started))
    return "container/go.Dockerfile.j2", {
        "tag": go_tag(service.runtime_version),
        "source": workdir(service, top="/src"),
        "manifests": tuple(
            path for path in ("go.mod", "go.sum") if path in service.files and not _has_modules_below(service)
        ),
        "modules": "go.work" not in service.files and "vendor/modules.txt" not in service.files,
        "build": _optimised(build),
        "programs": programs if known else (),
        "data": _RUNTIME_DATA,
        "run_image": "scratch"
        if known and build.startswith("CGO_ENABLED=0 ")
        else f"debian:{image_tag('debian')}-slim",
        "user": APP_USER,
        "words": exec_form(started[0]),
        "environment": {"PORT": str(service.port)} if service.port and reads_port(service) else {},
    }


def _has_modules_below(service: ServicePlan) -> bool:
    """Whether go.mod may replace a module by a folder, which has to be there when modules are downloaded."""
    return member(service) != "." or any(path.endswith("/go.mod") for path in service.files)


def _program(word: str, build: str) -> str:
    """Where the build puts a program; a bare name is one that lies in `bin`, which is on the PATH."""
    name = word.removeprefix("./")
    return f"bin/{name}" if f"-o bin/{name} " in build or ("/" not in name and "-o bin/ " in build) else name


def _optimised(build: str) -> str:
    """The build without the builder's paths and without debug tables, where the repository does not say otherwise."""
    found = _GO_BUILD.fullmatch(build)
    if found is None or "-ldflags" in build:
        return build
    return f"{found['static'] or ''}go build -trimpath -ldflags=-s{found['rest']}"
