"""What Maven and Gradle builds have in common, as the rules need it."""

from __future__ import annotations

from dataclasses import dataclass

from fops.onboarding.detect.languages.tool_versions import Pin


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One module of a build; every Pin's value comes from the build file at its line.

    `dependencies` and `plugins` are `group:artifact` or plugin ids, those of tests left out. `levels` are the Java
    levels it states, the most binding first. `archive` is the file's name without extension, None when computed;
    `whole_archive` that of the one with everything inside, with `*` for what is computed.
    """

    tool: str
    folder: str
    file: str
    name: Pin | None
    packaging: str
    archive: str | None
    dependencies: tuple[Pin, ...]
    plugins: tuple[Pin, ...]
    main_class: Pin | None
    levels: tuple[Pin, ...]
    runnable: bool
    framework_version: str = ""
    whole_archive: str = "*-all"

    def plugin(self, *names: str) -> Pin | None:
        """The first plugin whose id or `group:artifact` contains one of the names."""
        return next((pin for pin in self.plugins if any(name in pin.value for name in names)), None)

    def depends(self, *names: str) -> Pin | None:
        """The first dependency whose `group:artifact` contains one of the names."""
        return next((pin for name in names for pin in self.dependencies if name in pin.value), None)


def inside(folder: str, path: str) -> str:
    """The path of a name in a module's folder, where `.` is the top."""
    return path if folder == "." else f"{folder}/{path}"
