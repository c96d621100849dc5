"""What is taken when neither the repository nor a person says it: the documented customs of each ecosystem."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from fops.onboarding.plan import releases
from fops.onboarding.ports import Tree

MANAGERS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "python": ("pip", "uv", "poetry", "pdm", "pipenv", "conda", "pixi"),
    "node": ("npm", "pnpm", "yarn", "bun"),
    "go": ("go",),
    "java": ("maven", "gradle", ""),
    "static": ("", "npm", "pnpm", "yarn", "bun"),
})  # fmt: skip
"""The package managers of each supported language, the one that needs no extra tool first."""
PORT = 8080  # unprivileged, and what container platforms send as PORT when nothing else is said
PRODUCTS: Mapping[str, str] = MappingProxyType(
    {"python": "python", "node": "nodejs", "go": "go", "java": "eclipse-temurin"}
)
FUNCTION_FILES: Mapping[str, str] = MappingProxyType({"python": "lambda_function.py", "node": "index.mjs"})
"""The file the Lambda console starts a function with: such a program has no command of its own."""
_PROGRAMS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType({
    "python": ("python", ("main.py", "app.py", "server.py", "run.py")),
    "node": ("node", ("server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs")),
})  # fmt: skip
_ARCHIVES: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType({
    "maven": ("java -jar target/*.jar", ("pom.xml",)),
    "gradle": ("java -jar build/libs/*.jar", ("build.gradle", "build.gradle.kts")),
})  # fmt: skip


def package_manager(language: str, tree: Tree) -> str:
    """The one that needs no extra tool; for Java the one whose build file is there, none for sources without any."""
    if language == "java":
        return next((name for name, (_, builds) in _ARCHIVES.items() if _has_any(tree, builds)), "")
    return MANAGERS.get(language, ("",))[0]


def runtime_version(language: str) -> str:
    """The newest long-term cycle of a language's runtime, empty for plain files."""
    if language == "java":
        return str(releases.java_release(""))
    product = PRODUCTS.get(language)
    if product is None:
        return ""
    exact = releases.image_tag(product).split(".")
    return exact[0] if language == "node" else ".".join(exact[:2])


def supported_until(language: str, version: str) -> str | None:
    """The day the support of a runtime ends, None where the table names none."""
    product = PRODUCTS.get(language)
    return releases.end_of_life(product, version) if product and version else None


def ended(language: str, version: str, today: date | None) -> str | None:
    """The day a pinned runtime's support ended, None while it lasts or where nobody knows."""
    end = supported_until(language, version) if today else None
    return end if end and today and end < today.isoformat() else None


def start_command(language: str, manager: str, tree: Tree) -> str | None:
    """How such an application is usually started, where a file of it backs that; None where nothing does."""
    program, names = _PROGRAMS.get(language, ("", ()))
    found = next((name for name in names if tree.read(name)), None)
    if found:
        return f"{program} {found}"
    command, builds = _ARCHIVES.get(manager, ("", ()))
    return command if language == "java" and _has_any(tree, builds) else None


def _has_any(tree: Tree, names: tuple[str, ...]) -> bool:
    return any(tree.size(name) is not None for name in names)
