"""What a started container of a service is, for manifests and compose: the user's own Dockerfile wins over ours."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from typing import Literal

from fops.onboarding.generate.backing import points_home
from fops.onboarding.generate.container.commands import by_npm, in_environment
from fops.onboarding.model import (
    EnvVariable,
    ExistingDockerfile,
    OnboardingPlan,
    Process,
    ServicePlan,
    undeclared_server,
)

APP_USER = 10001  # above every user a base image has
NODE_USER = 1000  # `node` and `bun` of the official images
SCRATCH_USER = 65532  # `nonroot` by the custom of images without a user list
RELEASE = "release"  # the label of what runs before a roll-out; no lasting process has it
SCRATCH = "/tmp"  # noqa: S108 - of the container, where every program may write
NGINX_USER = 101  # of the unprivileged nginx image
STATIC_PORT = 8080
STATIC_HEALTH = "/healthz"  # answered by the generated nginx configuration
_KNOWN_USERS = {
    "node": NODE_USER,
    "nonroot": SCRATCH_USER,
    "nobody": 65534,
    "nginx": NGINX_USER,
    "bun": NODE_USER,
}
_WRITES_BESIDE_ITSELF = frozenset({"strapi", "redwood", "blitz", "gatsby"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """A started container. `user` is its number, None where the Dockerfile names no number; `root` is said by it.

    `read_only` tells whether the root file system may be; `writable` are the folders it still needs, `data` the one on a
    volume that lasts.
    """

    user: int | None
    root: bool
    port: int | None
    health_path: str | None
    read_only: bool
    writable: tuple[str, ...]
    data: str | None = None

    @property
    def restricted(self) -> bool:
        """Whether the pod meets the restricted Pod Security Standard: the user must be a number, and not 0."""
        return self.user is not None and not self.root


def runtime(service: ServicePlan) -> Runtime:
    """How the service's container runs."""
    if service.dockerfile is not None:
        return _existing(service, service.dockerfile)
    if service.static:
        return Runtime(
            user=NGINX_USER,
            root=False,
            port=STATIC_PORT,
            health_path=STATIC_HEALTH,
            read_only=True,
            writable=(SCRATCH,),
        )
    return Runtime(
        user=image_user(service),
        root=False,
        port=service.port,
        health_path=service.health_path,
        read_only=service.framework not in _WRITES_BESIDE_ITSELF and not is_beside_program(service),
        writable=(SCRATCH, *_caches(service)),
        data=data_folder(service),
    )


def data_folder(service: ServicePlan) -> str | None:
    """Where in the container the volume with the program's data is mounted, None without one."""
    folder = service.data.folder if service.data else None
    return posixpath.join(workdir(service), folder) if folder else None


def is_beside_program(service: ServicePlan) -> bool:
    """Whether the program writes its data among its own files, so that no volume can keep it."""
    return service.data is not None and service.data.folder is None


def owned_folder(service: ServicePlan) -> str | None:
    """The folder the image's user must own to write the data: SQLite makes files beside the one it is told."""
    if is_beside_program(service) and service.data:
        return posixpath.normpath(posixpath.join(workdir(service), posixpath.dirname(service.data.path)))
    return data_folder(service)


def image_user(service: ServicePlan) -> int:
    """The number of the user a generated image runs as."""
    return NODE_USER if service.language == "node" else APP_USER


def processes(service: ServicePlan) -> tuple[Process, ...]:
    """The processes to run, the serving one first; where the plan names none, the start command is one."""
    named = service.processes or (Process(name="web", command=service.start_command, port=service.port),)
    serving = next((process for process in named if process.port), None) or next(
        (process for process in named if process.name == "web" and service.port), named[0]
    )
    return (serving, *(process for process in named if process is not serving))


def commands(service: ServicePlan) -> tuple[str, ...]:
    """All that is started from the image, the serving process first: what the image has to bring."""
    return (*(process.command for process in processes(service)), *filter(None, [service.release_command]))


def components(plan: OnboardingPlan, service: ServicePlan) -> Iterator[tuple[str, Process]]:
    """The processes, the serving one first, each with a label of its own: RFC 1123, short enough to follow a name.

    `NAME-LABEL`, as the others are called, is no other service's name: beside `api` may be an `api-worker`.
    """
    begin = f"{service.name}-"
    others = {other.name.removeprefix(begin) for other in plan.services if other.name.startswith(begin)}
    taken = {RELEASE}
    for process in processes(service):
        label = re.sub(r"[^a-z0-9]+", "-", process.name.lower())[:20].strip("-") or "process"
        names = chain([label], (f"{label}-{number}" for number in count(2)))
        unused = next(name for name in names if name not in taken)
        taken |= {unused, *others}
        yield unused, process


def started(service: ServicePlan, command: str) -> str:
    """The command as the image knows it: managers that only the build had are left out. The user's own image has them."""
    if service.dockerfile is not None:
        return command
    if service.language == "node" and service.package_manager != "bun":
        return by_npm(command)
    return in_environment(command)


def system_packages(service: ServicePlan) -> tuple[str, ...]:
    """The Debian packages that the running image needs by the repository's word."""
    fact = service.evidence.get("system_packages")
    return tuple(fact.value) if fact else ()


def build_arguments(service: ServicePlan) -> tuple[EnvVariable, ...]:
    """What the image's build takes as arguments; of the user's own image those that it names."""
    theirs = service.dockerfile
    return tuple(one for one in service.build_variables if theirs is None or one.name in theirs.arguments)


def build_defaults(service: ServicePlan) -> Mapping[str, str]:
    """What the build writes into pages where nobody sets it, empty for none: a developer's own machine is no default."""
    return {one.name: "" if points_home(one) else one.default or "" for one in service.build_variables}


def member(service: ServicePlan) -> str:
    """The application's folder below its build context, `.` where they are the same."""
    if service.path == service.context:
        return "."
    return service.path if service.context == "." else service.path.removeprefix(f"{service.context}/")


def workdir(service: ServicePlan, *, top: str = "/app") -> str:
    """The application's folder in an image whose build context lies at `top`."""
    return top if member(service) == "." else f"{top}/{member(service)}"


def reads_port(service: ServicePlan) -> bool:
    """Whether the program takes its port from the variable PORT."""
    text = " ".join([service.start_command, *commands(service)])
    return any(variable.name == "PORT" for variable in service.env) or "$PORT" in text or "${PORT" in text


def _existing(service: ServicePlan, dockerfile: ExistingDockerfile) -> Runtime:
    user, kind = _user_of(dockerfile.user)
    return Runtime(
        user=user,
        root=kind == "root",
        port=dockerfile.port or service.port,
        health_path=service.health_path,
        read_only=False,  # what the user's own image writes is not known
        writable=(SCRATCH,),
        data=data_folder(service),
    )


def _user_of(text: str | None) -> tuple[int | None, Literal["root", "number", "name"]]:
    name = (text or "root").partition(":")[0].strip("\"' ")
    if name in {"root", "0"}:
        return None, "root"
    if name.isdecimal():
        return int(name), "number"
    return _KNOWN_USERS.get(name), "name"


def _caches(service: ServicePlan) -> tuple[str, ...]:
    if undeclared_server(service.evidence).startswith("tomcat-"):
        return "/usr/local/tomcat/logs", "/usr/local/tomcat/work"
    return (f"{workdir(service)}/.next/cache",) if service.framework == "next" else ()
