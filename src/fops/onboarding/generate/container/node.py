"""Node images: built with everything, run without what only the build needs; or built and served as files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from fops.onboarding.generate.container.commands import exec_form
from fops.onboarding.generate.container.runtime import (
    NODE_USER,
    build_defaults,
    commands,
    member,
    processes,
    reads_port,
    started,
    system_packages,
    workdir,
)
from fops.onboarding.model import ServicePlan
from fops.onboarding.plan.releases import TOOLS, image_tag, tool_release

# Development tools that some start commands name: with one of them nothing is pruned.
_DEVELOPMENT = re.compile(
    r"\b(?:vite|tsx|ts-node|nodemon|webpack|react-scripts|vue-cli-service|nest start|ng serve|serve)\b"
)
# Builds that gather all they need in one folder, dependencies included.
_SELF_CONTAINED = {"node .output/": ".output", "node .mastra/output/": ".mastra/output"}
_STANDALONE_FOLDER = ".next/standalone"
_STANDALONE = re.compile(r"node (?:\./)?\.next/standalone/server\.js")
# Servers that listen on the pod's own loopback unless told otherwise, and the variable that tells them.
_LISTEN_VARIABLES = {"astro": "HOST", "solidstart": "HOST"}
_FOLDERS_FOR_INSTALL = ("prisma", "patches")  # read by install scripts: prisma generate, patch-package
_SETTINGS = (".npmrc", ".yarnrc", ".pnpmfile.cjs", "bunfig.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """How a package manager works in an image: `tool` installs it, `prune` leaves behind what only builds need."""

    tool: str
    locks: tuple[str, ...]
    locked: str
    unlocked: str
    prune: str
    cache: str
    variables: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False


_NPM = Manager(
    tool="",
    locks=("package-lock.json", "npm-shrinkwrap.json"),
    locked="npm ci",
    unlocked="npm install",
    prune="npm prune --omit=dev",
    cache="/root/.npm",
)
_PNPM = Manager(
    tool="npm install --global pnpm@{release}",
    locks=("pnpm-lock.yaml",),
    locked="pnpm install --frozen-lockfile",
    unlocked="pnpm install --no-frozen-lockfile",
    # by variable: pnpm 7 has no such flag, and the scripts of the project need the tools that go
    prune="CI=true npm_config_ignore_scripts=true pnpm prune --prod",
    cache="/root/.local/share/pnpm/store",
)
_YARN = Manager(
    tool="npm install --global --force yarn@{release}",
    locks=("yarn.lock",),
    locked="yarn install --frozen-lockfile",
    unlocked="yarn install",
    prune="yarn install --production --ignore-scripts --prefer-offline",
    cache="/usr/local/share/.cache/yarn",
)
_YARN_BERRY = Manager(
    # by force: the image has a yarn of its own, and corepack brings one too
    tool=f"npm install --global --force corepack@{TOOLS['corepack']} && corepack enable && corepack install --global yarn@{{release}}",
    locks=("yarn.lock",),
    locked="yarn install --immutable",
    unlocked="yarn install",
    prune="",  # `workspaces focus` came with 4, and the version is the repository's
    cache="/root/.yarn/berry/cache",
    # Plug'n'Play needs yarn to start the program; a folder of modules needs only node.
    variables=MappingProxyType({"COREPACK_ENABLE_DOWNLOAD_PROMPT": "0", "YARN_NODE_LINKER": "node-modules"}),
    whole=True,  # its own release and plugins lie in .yarn
)
_BUN = Manager(
    tool="",
    locks=("bun.lock", "bun.lockb"),
    locked="bun install --frozen-lockfile",
    unlocked="bun install",
    prune="bun install --production --ignore-scripts",
    cache="/root/.bun/install/cache",
)


def dockerfile(service: ServicePlan) -> tuple[str, Mapping[str, Any]]:
    """The template of a Node service and its values."""
    manager = _manager(service)
    values = {**_images(service), **_install(service, manager), "arguments": build_defaults(service)}
    if service.static:
        output = f"{workdir(service)}/{(service.output_folder or 'dist').strip('/')}"
        return "container/node-static.Dockerfile.j2", {**values, "output": output}
    return "container/node.Dockerfile.j2", {**values, **_started(service, manager), "user": NODE_USER}


def _manager(service: ServicePlan) -> Manager:
    name = "berry" if is_berry(service) else service.package_manager
    manager = _MANAGERS.get(name, _NPM)
    return replace(manager, tool=manager.tool.format(release=manager_release(service)))


def is_berry(service: ServicePlan) -> bool:
    """Whether Yarn 2 or later installs: by the release the repository tells, else by the file of its settings."""
    told = _told(service, "package_manager_version")
    if service.package_manager != "yarn" or told.startswith("yarn@1"):
        return False
    return told.startswith("yarn@") or ".yarnrc.yml" in service.files


def manager_release(service: ServicePlan) -> str:
    """The exact release of pnpm or Yarn, empty for managers that come with the image."""
    told = _told(service, "package_manager_version")
    if service.package_manager == "yarn" and is_berry(service):
        return tool_release("yarn", told if told.startswith("yarn@") else "yarn@4")
    return tool_release(service.package_manager, told) if service.package_manager in {"pnpm", "yarn"} else ""


def _told(service: ServicePlan, name: str) -> str:
    fact = service.evidence.get(name)
    return str(fact.value) if fact else ""


def _images(service: ServicePlan) -> Mapping[str, str]:
    """The full image has the compilers that native modules need; the slim one has node and npm."""
    if service.package_manager == "bun":
        # the version may be that of Node, which bun stands in for
        tag = image_tag(
            "bun", service.runtime_version if re.match(r"1(\.|$)", service.runtime_version) else ""
        )
        return {"build_image": f"oven/bun:{tag}", "run_image": f"oven/bun:{tag}-slim"}
    tag = image_tag("nodejs", service.runtime_version)
    return {"build_image": f"node:{tag}", "run_image": f"node:{tag}-slim"}


def _install(service: ServicePlan, manager: Manager) -> Mapping[str, Any]:
    if "package.json" not in service.files:
        return {"tool": "", "variables": {}, "manifests": (), "folders": (), "install": "", "cache": ""}
    lock = next((path for path in manager.locks if path in service.files), None)
    single = not (_needs_everything(service) or manager.whole)
    return {
        "tool": manager.tool,
        "variables": {
            **manager.variables,
            **({"PUPPETEER_SKIP_DOWNLOAD": "true"} if _has_chromium(service) else {}),
        },
        "manifests": tuple(path for path in ("package.json", lock, *_SETTINGS) if path in service.files)
        if single
        else (),
        "folders": tuple(name for name in _FOLDERS_FOR_INSTALL if _has_folder(service, name))
        if single
        else (),
        "install": manager.locked if lock else manager.unlocked,
        "cache": manager.cache,
    }


def _needs_everything(service: ServicePlan) -> bool:
    """Whether the install reads more than the manifests at the top: members of a workspace, or the program itself."""
    return _is_member(service) or any(
        name in service.evidence for name in ("workspaces", "install_reads_program")
    )


def _is_member(service: ServicePlan) -> bool:
    return member(service) != "." or "pnpm-workspace.yaml" in service.files


def _has_folder(service: ServicePlan, name: str) -> bool:
    return any(path.startswith(f"{name}/") for path in service.files)


def _started(service: ServicePlan, manager: Manager) -> Mapping[str, Any]:
    command = started(service, processes(service)[0].command)
    kept = _self_contained(service, command)
    tool = manager.tool if command.startswith(("pnpm ", "yarn ")) else ""
    return {
        "words": exec_form("node server.js" if kept == _STANDALONE_FOLDER else command),
        "kept": kept,
        "standalone": kept == _STANDALONE_FOLDER,
        "run_tool": tool,
        "prune": "" if kept or _keeps_everything(service, command) else manager.prune,
        "environment": _environment(service),
        "libraries": _libraries(service),
        "settings_file": _told(service, "settings_file"),
    }


def _libraries(service: ServicePlan) -> list[str]:
    """Prisma's engines link to OpenSSL, which the slim image lacks; what else the program calls."""
    prisma = any(path.endswith(".prisma") for path in service.files)
    return sorted({*system_packages(service), *(["openssl"] if prisma else [])})


def _self_contained(service: ServicePlan, command: str) -> str:
    if member(service) != "." or len(commands(service)) > 1:
        return ""
    if _STANDALONE.fullmatch(command.strip()) or _starts_standalone(service):
        return _STANDALONE_FOLDER
    return next((folder for start, folder in _SELF_CONTAINED.items() if command.startswith(start)), "")


def _starts_standalone(service: ServicePlan) -> bool:
    """Whether the build gathers Next's server and the repository's own script starts it by another name."""
    start = service.evidence.get("start_command")
    own = start is not None and start.rule.startswith("node.start")
    return own and service.framework == "next" and service.output_folder == _STANDALONE_FOLDER


def _keeps_everything(service: ServicePlan, command: str) -> bool:
    """Whether nothing is pruned. What a release runs, such as a migration, is often a tool of development alone."""
    return (
        bool(
            service.release_command
            or _DEVELOPMENT.search(command)
            or _told(service, "start_needs_development")
        )
        or "package.json" not in service.files
        or (_is_member(service) and service.package_manager != "npm")
    )


def _has_chromium(service: ServicePlan) -> bool:
    """Whether the image brings Debian's Chromium: the one that Puppeteer downloads lacks its libraries there."""
    return "chromium" in system_packages(service)


def _environment(service: ServicePlan) -> Mapping[str, str]:
    values = {"NODE_ENV": "production"}
    if _has_chromium(service):
        values["PUPPETEER_EXECUTABLE_PATH"] = "/usr/bin/chromium"
    if listen := _told(service, "listen_variable") or _LISTEN_VARIABLES.get(service.framework or ""):
        values[listen] = "0.0.0.0"  # noqa: S104 - inside the pod, where the Service must reach it
    if service.port and (reads_port(service) or service.framework):  # every framework's server reads PORT
        values["PORT"] = str(service.port)
    return values


_MANAGERS: Mapping[str, Manager] = MappingProxyType({
    "npm": _NPM, "pnpm": _PNPM, "yarn": _YARN, "berry": _YARN_BERRY, "bun": _BUN,
})  # fmt: skip
