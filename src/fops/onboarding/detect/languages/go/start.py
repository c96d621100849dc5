"""The programs of a Go tree: how they are built and started, and which one serves."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

from fops.onboarding.detect.evidence import find
from fops.onboarding.detect.languages.code import code_hits
from fops.onboarding.detect.languages.go.packages import Package, Project
from fops.onboarding.model import LIKELY, STRONG, Fact
from fops.onboarding.ports import Tree

LISTENS = re.compile(
    r"\bListenAndServe(?:TLS)?\s*\(|\bnet\.Listen\s*\(|\bListenConfig\b|\bhttp\.Serve(?:TLS)?\s*\(|\bhttp\.Server\s*\{"
    r"|\b(?:app|server|srv|e|echo|r|router|engine|fiber|g|gin|api|web|http\w*|\w+\.(?:[Ee]cho|[Rr]outer|[Aa]pp|[Ee]ngine|[Ss]erver))"
    r"\.(?:Run(?:TLS)?|Listen(?:TLS)?|Start(?:TLS)?)\s*\("
)
"""A server starts here. `Run`, `Listen` and `Start` count only on names people give to a server, else any job would."""

SERVERS = ("server", "web", "api", "app", "http", "serve", "service", "backend", "main")
"""Names of the serving program by custom, where the code does not decide."""

_MAIN = re.compile(r"(?m)^func\s+main\s*\(")
_WAITS = re.compile(
    r"\bsignal\.Notify(?:Context)?\s*\(|\bselect\s*\{\s*\}|\bworker\.New\s*\(|\basynq\.NewServer\s*\("
)
_WORKER = re.compile(
    r"(?i)worker|consumer|scheduler|cron|daemon|agent|subscriber|processor|listener|dispatcher|relay|bot$"
)
# Packages that are C inside, and GORM's driver that brings one: without cgo they do not build, or fail when they start.
_CGO = re.compile(
    r'(?m)^[ \t]*(?:import\s+)?(?:[\w.]+\s+)?"(?:C|gorm\.io/driver/sqlite|github\.com/(?:mattn/go-sqlite3|mutecomm/go-sqlcipher|'
    r'tursodatabase/go-libsql|marcboeker/go-duckdb|duckdb/duckdb-go|chai2010/webp|confluentinc/confluent-kafka-go)[\w/.-]*)"'
)


# Commands of a command line that serve, by the names people give them; Cobra's and urfave/cli's ways to declare one.
_SERVING = ("serve", "server", "web", "http", "api", "start", "run", "daemon")
_COMMAND = re.compile(
    r'\bcobra\.Command\s*\{\s*Use:\s*"(?P<cobra>[\w-]+)|\{\s*Name:\s*"(?P<urfave>[\w-]+)",?[^{}]{0,300}?\b(?:Action|Usage|Aliases|Flags):'
)
_COMMAND_LINES = ("github.com/spf13/cobra", "github.com/urfave/cli")


def running(tree: Tree, project: Project) -> tuple[Package, ...]:
    """The programs that keep running, the serving one first; where none keeps running, the likeliest alone.

    Of several that serve the custom name goes first, then the shallowest; then those that wait for a signal or are
    called a worker.
    """
    listening = frozenset(
        folder for folder, package in project.packages.items() if any(code_hits(tree, LISTENS, package.files))
    )
    serves = {
        program.folder: any(one.folder in listening for one in project.reach(program))
        for program in project.programs
    }
    ranked = sorted(project.programs, key=lambda program: (not serves[program.folder], _rank(program)))
    return tuple(
        program
        for program in ranked
        if program is ranked[0] or serves[program.folder] or _stays(tree, program)
    )


def keeps_running(tree: Tree, project: Project) -> bool:
    """Whether a program waits for a signal, or is called a worker."""
    return any(_stays(tree, program) for program in project.programs)


def offers_serving(tree: Tree, project: Project) -> bool:
    """Whether a program is a command line with a command that serves."""
    return any(_subcommand(tree, project, program) for program in project.programs)


def commands(tree: Tree, project: Project, programs: tuple[Package, ...]) -> Iterator[Fact]:
    """The facts about installing, building and starting the programs, the serving one first."""
    yield from _install(tree, project)
    file = programs[0].main if programs else None
    if file is None:
        return
    names = [_name(project, program) for program in programs]
    build = _build(tree, project, programs)
    starts = [
        f"./bin/{name}{_subcommand(tree, project, program)}"
        for name, program in zip(names, programs, strict=True)
    ]
    yield from _facts(tree, file, {"build_command": build, "start_command": starts[0], "static": False})
    if len(programs) > 1:
        processes = [{"name": name, "command": command} for name, command in zip(names, starts, strict=True)]
        yield from _facts(tree, file, {"processes": processes})


def _subcommand(tree: Tree, project: Project, program: Package) -> str:
    """The command of a command line that serves, with a space before it: alone such a program prints its help."""
    reached = project.reach(program)
    if not any(name.startswith(_COMMAND_LINES) for package in reached for name in package.imports):
        return ""
    files = [path for package in reached for path in package.files]
    whole = _name(
        project, program
    )  # the name of the command line itself is declared like one of its commands
    offered = {hit.match["cobra"] or hit.match["urfave"] for hit in code_hits(tree, _COMMAND, files)} - {
        whole
    }
    return next((f" {name}" for name in _SERVING if name in offered), "")


def _facts(tree: Tree, file: str, values: Mapping[str, object]) -> Iterator[Fact]:
    """Facts that rest on the line of `func main`."""
    hit = find(tree, _MAIN, (file,))
    line = hit.line if hit else None
    for name, value in values.items():
        rule = f"go.start.{name.replace('_', '-')}"
        yield Fact(name=name, value=value, rule=rule, confidence=LIKELY, file=file, line=line)


def _rank(program: Package) -> tuple[int, int, str]:
    name = program.folder.rpartition("/")[2]
    custom = SERVERS.index(name) if name in SERVERS else -1 if name == "." else len(SERVERS)
    return custom, program.folder.count("/"), program.folder


def _stays(tree: Tree, program: Package) -> bool:
    return bool(_WORKER.search(program.folder)) or any(code_hits(tree, _WAITS, program.files))


def _name(project: Project, program: Package) -> str:
    """What the go command calls the binary: the last part of the package's import path that is no version."""
    parts = [
        part for part in _import_path(project, program).split("/") if not re.fullmatch(r"v\d+|\.?", part)
    ]
    return re.sub(r"[^\w.-]", "-", parts[-1]) if parts else "app"


def _import_path(project: Project, program: Package) -> str:
    home = (module for module in project.modules if module.path and module.folder in {".", program.folder})
    module = max(home, key=lambda module: len(module.folder), default=None)
    if module is None or module.path is None:
        return program.folder
    return module.path.value if module.folder == program.folder else f"{module.path.value}/{program.folder}"


def _install(tree: Tree, project: Project) -> Iterator[Fact]:
    if project.modules and tree.size("vendor/modules.txt") is None:
        file = project.modules[0].file
        yield Fact(
            name="install_command",
            value="go mod download",
            rule="go.start.modules",
            confidence=STRONG,
            file=file,
            line=1,
        )


def _build(tree: Tree, project: Project, programs: tuple[Package, ...]) -> str:
    """Static unless C is linked; without a go.mod the go command builds files, not packages."""
    reached = (package for program in programs for package in project.reach(program))
    files = dict.fromkeys(path for package in reached for path in package.files)
    prefix = "" if any(code_hits(tree, _CGO, files)) else "CGO_ENABLED=0 "
    if not project.modules:
        return f"{prefix}go build -o bin/{_name(project, programs[0])} {shlex.join(programs[0].files)}"
    targets = shlex.join(f"./{program.folder}".removesuffix("/.") for program in programs)
    output = f"bin/{_name(project, programs[0])}" if len(programs) == 1 else "bin/"
    return f"{prefix}go build -o {output} {targets}"
