"""How a Java build is built and started: which archive or script the packaging plugin makes, and where.

Sources: the documentation of spring-boot-maven-plugin, quarkus-maven-plugin and their Gradle twins, maven-shade and
maven-assembly, Gradle's application, shadow and Ktor plugins.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from fops.onboarding.detect.languages.java import dropwizard, servlet
from fops.onboarding.detect.languages.java.build import Build
from fops.onboarding.detect.languages.java.builds.module import Module, inside
from fops.onboarding.detect.languages.tool_versions import Pin
from fops.onboarding.model import LIKELY, STRONG, Fact
from fops.onboarding.ports import Tree


class Product(NamedTuple):
    """What a build makes: the goals or tasks, the start command, and the line that says so.

    `server` is the package of the servlet container an archive needs, `output` the folder it is left in then.
    """

    goal: str
    start: str
    evidence: Pin
    server: str = ""
    output: str = ""


def commands(tree: Tree, builds: tuple[Build, ...]) -> Iterator[Fact]:
    """The facts about building and starting, `static`, `processes`, `test_command` and `lint_command`."""
    tool = runner(tree, builds[0].app.tool)
    made = [(one.app, product) for one in builds if (product := _product(tree, one))]
    if made:
        first = made[0][1]
        yield _fact("build_command", _build_command(tool, made), first.evidence)
        start = _fact("start_command", first.start, first.evidence)
        yield start
        if first.server:
            yield replace(start, name="server_package", value=first.server)
            yield replace(start, name="output_folder", value=first.output)
        yield _fact("static", value=False, pin=first.evidence)
        if len(made) > 1:
            processes = [{"name": _process(app), "command": product.start} for app, product in made]
            yield _fact("processes", processes, first.evidence)
    yield from _checks(tree, builds[0], tool)


def _product(tree: Tree, build: Build) -> Product | None:
    made = _maven(tree, build) if build.app.tool == "maven" else _gradle(tree, build)
    if made is None:
        return _in_a_container(tree, build)
    return made._replace(start=made.start + dropwizard.arguments(tree, build))


def _in_a_container(tree: Tree, build: Build) -> Product | None:
    server = servlet.container(tree, build)
    if server is None:
        return None
    goal, output = ("package", "target") if build.app.tool == "maven" else ("war", "build/libs")
    pin = servlet.evidence(tree, build)
    return Product(goal, servlet.START, pin, server=server, output=inside(build.app.folder, output))


def _process(app: Module) -> str:
    return app.folder.rpartition("/")[2] if app.folder != "." else app.name.value if app.name else "app"


def _build_command(tool: str, made: list[tuple[Module, Product]]) -> str:
    """From the top, and of several modules only what the programs need."""
    goals = list(dict.fromkeys(product.goal for _, product in made))
    if made[0][0].tool == "gradle":
        return f"{tool} --no-daemon {shlex.join(_task(app, product.goal) for app, product in made)}"
    folders = [app.folder for app, _ in made]
    only = "" if "." in folders else f" -pl {shlex.quote(','.join(folders))} -am"
    return f"{tool} -B -DskipTests{only} {max(goals, key=len)}"


def _task(app: Module, goal: str) -> str:
    return goal if app.folder == "." else f":{app.folder.replace('/', ':')}:{goal}"


def runner(tree: Tree, tool: str) -> str:
    """The wrapper where it can run: Gradle's needs its jar beside it, Maven's fetches its own."""
    if tool == "maven":
        return "./mvnw" if tree.size("mvnw") is not None else "mvn"
    return "./gradlew" if tree.size("gradlew") is not None else "gradle"


def main_class(tree: Tree, build: Build) -> str | None:
    """The main class that the build names, else the one in the code."""
    if build.app.main_class:
        return build.app.main_class.value
    return class_of(tree, build.main.file) if build.main else None


def class_of(tree: Tree, path: str) -> str:
    """The class that the JVM starts for a source file; Kotlin's top-level functions live in `FileKt`."""
    text = tree.read(path) or ""
    package = re.search(r"(?m)^[ \t]*package\s+([\w.]+)", text)
    name, _, ending = path.rpartition("/")[2].rpartition(".")
    if given := re.search(r"(?m)^[ \t]*@file:JvmName\(\s*\"(\w+)\"", text):
        name = given[1]
    elif ending == "kt" and "@JvmStatic" not in text:
        name = f"{name}Kt"
    return f"{package[1]}.{name}" if package else name


def _maven(tree: Tree, build: Build) -> Product | None:
    app = build.app
    archive = inside(app.folder, f"target/{app.archive or '*'}")
    quarkus, boot = app.plugin(":quarkus-maven-plugin"), app.plugin("spring-boot-maven-plugin")
    if quarkus:
        return Product("package", _jar(_quarkus(app)), quarkus)
    if boot:
        ending = "war" if app.packaging == "war" else "jar"
        return Product("package", _jar(f"{archive}.{ending}"), boot)
    main = main_class(tree, build)
    if app.packaging not in {"jar", "bundle"} or (main is None and build.named is None):
        return None
    evidence = app.main_class or _source_pin(build)
    if app.runnable or main is None:
        return Product("package", _jar(f"{archive}.jar"), evidence)
    target = inside(app.folder, "target")
    classpath = f'"{target}/classes:{target}/dependency/*"'
    return Product(
        "package dependency:copy-dependencies -DincludeScope=runtime",
        f"java -cp {classpath} {main}",
        evidence,
    )


def _quarkus(app: Module) -> str:
    """The fast-jar layout is the default since 1.12 (https://quarkus.io/guides/maven-tooling)."""
    numbers = re.match(r"(\d+)\.(\d+)", app.framework_version)
    old = numbers is not None and (int(numbers[1]), int(numbers[2])) < (1, 12)
    output = {"maven": "target", "gradle": "build"}[app.tool]
    return inside(
        app.folder,
        f"{output}/{app.archive or '*'}-runner.jar" if old else f"{output}/quarkus-app/quarkus-run.jar",
    )


def _gradle(tree: Tree, build: Build) -> Product | None:
    app = build.app
    libraries = inside(app.folder, f"build/libs/{app.archive or '*'}")
    fat = app.plugin("com.gradleup.shadow", "com.github.johnrengelman.shadow", "io.ktor.plugin")
    boot, quarkus = app.plugin("org.springframework.boot"), app.plugin("io.quarkus")
    application = app.plugin("application")
    if quarkus:
        return Product("quarkusBuild", _jar(_quarkus(app)), quarkus)
    if boot:
        ending = "war" if app.packaging == "war" else "jar"
        return Product(f"boot{ending.capitalize()}", _jar(f"{libraries}.{ending}"), boot)
    if fat and (app.main_class or build.main or build.named):
        whole = inside(app.folder, f"build/libs/{app.whole_archive}.jar")
        return Product("shadowJar", _jar(whole), fat)
    if app.runnable and app.main_class:
        return Product("jar", _jar(f"{libraries}.jar"), app.main_class)
    if application:
        return Product("installDist", _script(tree, app), application)
    return _plain_jar(tree, build, libraries) if app.packaging == "jar" else None


def _script(tree: Tree, app: Module) -> str:
    """The start script: its folder is called as the distribution, the script as the application."""
    text = tree.read(app.file) or ""
    project = app.name.value if app.name else app.folder.rpartition("/")[2]
    folder, name = _NAMED_FOLDER.search(text), _NAMED_SCRIPT.search(text)
    where = folder[1] if folder else "*" if project == "." else project
    called = name[1] if name else "*" if project == "." else project
    return _safe(inside(app.folder, f"build/install/{where}/bin/{called}"))


_NAMED_SCRIPT = re.compile(r"\bapplicationName\s*(?:\.set\s*\(|=)?\s*['\"]([\w.-]+)['\"]")
_NAMED_FOLDER = re.compile(r"\bdistributionBaseName\s*(?:\.set\s*\(|=)\s*['\"]([\w.-]+)['\"]")


def _plain_jar(tree: Tree, build: Build, archive: str) -> Product | None:
    main = main_class(tree, build)
    if main is None and build.named is None:
        return None
    start = f"java -cp {_safe(f'{archive}.jar')} {main}" if main else _jar(f"{archive}.jar")
    return Product("jar", start, _source_pin(build))


def _jar(path: str) -> str:
    return f"java -jar {_safe(path)}"


def _safe(path: str) -> str:
    """Quoted for the shell but for the `*` that stands for an unknown name."""
    return "*".join(shlex.quote(part) if part else "" for part in path.split("*"))


def _source_pin(build: Build) -> Pin:
    if build.main:
        return Pin(value="", file=build.main.file, line=build.main.line)
    return Pin(value="", file=build.named or build.app.file, line=1 if not build.named else None)


def _checks(tree: Tree, build: Build, tool: str) -> Iterator[Fact]:
    test = next(
        (path for path in tree.files if re.search(r"(?:^|/)src/test/.+\.(?:java|kt|groovy|scala)$", path)),
        None,
    )
    if test:
        command = f"{tool} -B test" if build.app.tool == "maven" else f"{tool} --no-daemon test"
        yield _fact("test_command", command, Pin(value="", file=test, line=None))
    for name, goal, task in LINTERS:
        plugin = build.app.plugin(name)
        if plugin:
            yield _fact(
                "lint_command",
                f"{tool} -B {goal}" if build.app.tool == "maven" else f"{tool} --no-daemon {task}",
                plugin,
            )
            return


LINTERS = (
    ("spotless", "spotless:check", "spotlessCheck"),
    ("checkstyle", "checkstyle:check", "checkstyleMain"),
    ("ktlint", "ktlint:check", "ktlintCheck"),
    ("detekt", "detekt:check", "detekt"),
)
"""A part of the plugin's name → Maven's goal, Gradle's task."""


def _fact(name: str, value: object, pin: Pin) -> Fact:
    confidence = STRONG if pin.value else LIKELY
    return Fact(
        name=name,
        value=value,
        rule=f"java.start.{name.replace('_', '-')}",
        confidence=confidence,
        file=pin.file,
        line=pin.line,
    )
