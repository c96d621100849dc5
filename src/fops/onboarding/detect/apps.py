"""Which folders are applications: the top, the members of a declared workspace, or folders below a bare top.

The top is listed first when it is an application or declares members. Below it only folders count that something can
start or serve; libraries of a monorepo are members but no applications. Search is bounded: three folders deep, and
never inside tests, examples, documentation or an application already found; in `website` and its like only where
nothing else is one. Beside a top that runs, programs are listed where it only serves files, else noted.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from fops.onboarding.detect import beside, files
from fops.onboarding.detect.choose import PROJECT_FILES, Candidate, choose
from fops.onboarding.detect.files.place import Place
from fops.onboarding.detect.notes import about, broken
from fops.onboarding.detect.refuse import Kind, kind_of, unknown
from fops.onboarding.detect.refuse.kinds import ALWAYS
from fops.onboarding.detect.settle import settle, shared_ports
from fops.onboarding.detect.workspaces import Workspace, declared
from fops.onboarding.model import LIKELY, App, Conflict, Fact, Findings
from fops.onboarding.ports import Tree

_DEEPEST = 3  # folders: `services/group/api` is the deepest layout in common use
_MOST_APPS = 60  # a repository with more is a collection of samples
_WORTH_A_LOOK = frozenset({*PROJECT_FILES, "index.html", "Dockerfile", "Procfile"})
_NEVER_BELOW = re.compile(
    r"(?:^|/)(?:tests?|specs?|__tests__|e2e|examples?|samples?|fixtures?|testdata|docs?|documentation|benchmarks?|vendor|third_party|scripts|hack|"
    r"infra|infrastructure|terraform|charts?|helm|k8s|kubernetes|node_modules|dist|build|target|assets|templates|themes|layouts|"
    r"\.[^/]+)(?:/|$)"
)
_SELDOM_BELOW = re.compile(r"(?:^|/)(?:demos?|website|tools|public|static|main/webapp)(?:/|$)")
_INHERITED = ("package_manager", "package_manager_version", "runtime_version")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What one folder is: an application, or why it is none."""

    path: str
    candidate: Candidate | None = None
    app: App | None = None
    kind: Kind | None = None
    conflicts: tuple[Conflict, ...] = ()

    @property
    def supported(self) -> bool:
        return self.app is not None and (self.candidate is None or self.candidate.supported)

    @property
    def runs(self) -> bool:
        """Whether something can be started or served; a language not supported yet is not asked for its command."""
        if self.app is None or self.candidate is None:
            return False
        if not self.candidate.supported:
            return self.candidate.claim.confidence >= LIKELY
        return self._knows("start_command", "static", "processes", "built_for")

    @property
    def runs_surely(self) -> bool:
        """Whether more than an entry file says so: a library of a monorepo has a `main`, and is not started by it."""
        start = self.app.facts.get("start_command") if self.app else None
        others = ("static", "processes", "port")
        return self.runs and (start is None or start.confidence >= LIKELY or self._knows(*others))

    def _knows(self, *names: str) -> bool:
        return self.app is not None and any(self.app.value(name) for name in names)

    @property
    def serves_files(self) -> bool:
        """Whether it starts no program: a build's files or plain pages are served."""
        return self.app is not None and bool(self.app.value("static"))

    @property
    def only_pages(self) -> bool:
        """Whether it is plain pages: those of an application lie in a folder of it, and are not its better part."""
        return self.candidate is not None and self.candidate.name == "static"


def detect(tree: Tree) -> Findings:
    """Everything detection can tell about a tree."""
    workspace = declared(tree)
    top = _examine(tree, ".")
    members = _members(tree, top, workspace) if workspace else ()
    looked_into = _looked_into(tree, top, members)
    below = (*members, *_search(tree, looked_into))
    listed = _listed(tree, top, below, workspace)
    read = workspace.members if workspace else () if top.runs else looked_into
    told = beside.told(one.app for one in _aside(tree, top, below, listed) if one.app)
    notes = tuple(
        chain(broken(tree, (".", *read[:_MOST_APPS])), _notes(members if top.runs else below), told)
    )
    if not listed:
        return Findings(deployable=False, reason=_refusal(tree, top, notes), apps=(), notes=notes)
    supported = tuple(one for one in listed if one.supported)
    chosen = supported if any(one.runs for one in supported) or len(supported) == len(listed) else listed
    apps = tuple(one.app for one in chosen if one.app)
    conflicts = chain.from_iterable(one.conflicts for one in chosen)
    together = shared_ports(app for app in apps if "workspaces" not in app.facts)
    return Findings(
        deployable=True,
        reason=_not_yet(chosen),
        apps=apps,
        conflicts=(*conflicts, *together),
        notes=(*notes, *_from_the_same_folder(tree, chosen), *about(apps)),
    )


def _examine(tree: Tree, path: str) -> _Verdict:
    view = tree.below(path)
    candidate = choose(view)
    kind = kind_of(view, claimed=candidate.claim.confidence if candidate else -1.0)
    if kind:
        return _Verdict(path=path, candidate=candidate, kind=kind)
    if candidate is None or candidate.library:
        return _Verdict(path=path, candidate=candidate)
    place = Place(tree=view, top=tree, path=path, language=candidate.name)
    facts, conflicts = settle(path, chain(files.facts(place), candidate.facts(view)))
    app = App(path=path, facts=facts)
    verdict = _Verdict(path=path, candidate=candidate, app=app, conflicts=conflicts)
    # a stray script is no application, nor is what a project below runs that of a folder of tools
    stray = not verdict.runs or beside.is_of_a_project_below(view, app)
    if candidate.claim.confidence < LIKELY and stray:
        return _Verdict(path=path, candidate=candidate)
    return verdict


def _members(tree: Tree, top: _Verdict, workspace: Workspace) -> tuple[_Verdict, ...]:
    verdicts = (_examine(tree, path) for path in workspace.members)
    inheriting = (_inheriting(one, top) for one in verdicts)
    return tuple(_after_siblings(tree, one, workspace) for one in inheriting)


def _after_siblings(tree: Tree, member: _Verdict, workspace: Workspace) -> _Verdict:
    """A member that imports others of the workspace is built after them, where its language knows how."""
    language = member.candidate.language if member.candidate else None
    build_with_siblings = getattr(language, "build_with_siblings", None)
    if member.app is None or build_with_siblings is None:
        return member
    built = build_with_siblings(tree, member.app, workspace.members)
    facts = {**member.app.facts, "build_command": built}
    return replace(member, app=App(path=member.path, facts=facts)) if built else member


def _inheriting(member: _Verdict, top: _Verdict) -> _Verdict:
    """A member of the top's language: the lock and version files stand at the top and hold for it."""
    if member.app is None or top.app is None or member.app.value("language") != top.app.value("language"):
        return member
    facts = dict(member.app.facts)
    for name in _INHERITED:
        above, own = top.app.facts.get(name), facts.get(name)
        if above and (own is None or own.confidence < above.confidence):
            facts[name] = _seen_from(member.path, above)
    if facts.get("package_manager") != member.app.facts.get("package_manager"):
        facts = _run_by_the_tops(facts, member, top.app)
    return replace(member, app=App(path=member.path, facts=facts))


def _run_by_the_tops(facts: dict[str, Fact], member: _Verdict, top: App) -> dict[str, Fact]:
    """A member's facts where the top's package manager installs and runs it."""
    install = top.facts.get("install_command")
    installed = {"install_command": _seen_from(member.path, install)} if install else {}
    run_by = getattr(member.candidate.language if member.candidate else None, "run_by", None)
    tool = str(facts["package_manager"].value)
    worded = {name: run_by(fact, tool) for name, fact in facts.items()} if run_by else facts
    return {**worded, **installed}


def _seen_from(path: str, fact: Fact) -> Fact:
    return replace(fact, file=posixpath.relpath(fact.file, path)) if fact.file else fact


def _looked_into(tree: Tree, top: _Verdict, members: tuple[_Verdict, ...]) -> tuple[str, ...]:
    """The folders where applications of their own are looked for: none in what is imported or refused as a whole."""
    settled = (top.candidate and top.candidate.library) or (top.kind and top.kind.beats == ALWAYS)
    taken = tuple(f"{one.path}/" for one in members)
    return () if settled else tuple(one for one in _folders(tree) if not f"{one}/".startswith(taken))


def _search(tree: Tree, folders: tuple[str, ...]) -> Iterator[_Verdict]:
    """Applications in these folders, none inside another."""
    taken: list[str] = []
    for folder in folders:
        if len(taken) >= _MOST_APPS or any(folder.startswith(f"{one}/") for one in taken):
            continue
        verdict = _examine(tree, folder)
        if verdict.runs or (verdict.candidate and verdict.candidate.library):
            taken.append(folder)
            yield verdict


def _folders(tree: Tree) -> list[str]:
    """Folders with a manifest, the shallow ones first."""
    near = (path.rpartition("/") for path in tree.files if path.count("/") <= _DEEPEST)
    found = {
        folder for folder, _, name in near if name in _WORTH_A_LOOK or name.endswith((".csproj", ".fsproj"))
    }
    wanted = (folder for folder in found if folder and not _NEVER_BELOW.search(folder))
    return sorted(wanted, key=lambda folder: (folder.count("/"), folder))


def _listed(
    tree: Tree, top: _Verdict, below: tuple[_Verdict, ...], workspace: Workspace | None
) -> tuple[_Verdict, ...]:
    if workspace is None:
        return _without_workspace(tree, top, below)
    members = tuple(one for one in below if one.path in workspace.members)
    running = tuple(one for one in members if one.runs_surely)
    only_libraries = all(one.candidate and one.candidate.library for one in members)
    if not running and not top.runs and (top.app is None or only_libraries):
        return ()
    others = (one for one in below if one not in members and one.runs_surely and _usual(one))
    foreign = (one for one in others if one.candidate and one.candidate.name != workspace.language)
    return (_with_workspaces(top, workspace), *running, *(one for one in foreign if not one.only_pages))


def _without_workspace(tree: Tree, top: _Verdict, below: tuple[_Verdict, ...]) -> tuple[_Verdict, ...]:
    """Applications of their own; those in folders named for something beside one only where there is nothing else."""
    usual = tuple(one for one in below if _usual(one))
    running = tuple(one for one in usual if one.runs)
    if top.app and top.runs and not beside.only_holds(tree, (one.path for one in running)):
        programs = (one for one in running if one.runs_surely and not one.serves_files)
        own = (one for one in programs if top.serves_files and not _is_part(tree, top, one))
        return (top, *own)
    better = running if top.app is None else tuple(one for one in running if not one.only_pages)
    seldom = tuple(one for one in below if one.runs and not one.only_pages)
    return better or ((top,) if top.app else () if usual or top.kind else seldom)


def _aside(
    tree: Tree, top: _Verdict, below: tuple[_Verdict, ...], listed: tuple[_Verdict, ...]
) -> Iterator[_Verdict]:
    """Applications below that are no part of the top, and not listed."""
    left = (one for one in below if one not in listed and one.supported and one.runs_surely)
    worth = (one for one in left if not one.only_pages and (_usual(one) or not top.runs))
    return (one for one in worth if not _is_part(tree, top, one))


def _is_part(tree: Tree, top: _Verdict, one: _Verdict) -> bool:
    return top.app is not None and top.runs and beside.is_part(tree, top.app, one.path)


def _usual(one: _Verdict) -> bool:
    return not _SELDOM_BELOW.search(one.path)


def _with_workspaces(top: _Verdict, workspace: Workspace) -> _Verdict:
    fact = workspace.fact()
    facts = (
        top.app.facts if top.app else {"language": replace(fact, name="language", value=workspace.language)}
    )
    return replace(top, app=App(path=".", facts={**facts, "workspaces": fact}))


def _not_yet(chosen: tuple[_Verdict, ...]) -> str | None:
    if any(one.supported for one in chosen):
        return None
    names = dict.fromkeys(one.app.value("language") for one in chosen if one.app)
    return f"{', '.join(names)}: not supported yet"


def _notes(below: tuple[_Verdict, ...]) -> Iterator[str]:
    for one in below:
        if one.app and not one.supported:
            yield f"{one.path}: {one.app.value('language')} is not supported yet"


def _from_the_same_folder(tree: Tree, chosen: Iterable[_Verdict]) -> Iterator[str]:
    for one in chosen:
        aside = getattr(one.candidate.language if one.candidate else None, "aside", None)
        yield from aside(tree.below(one.path)) if aside else ()


def _refusal(tree: Tree, top: _Verdict, notes: tuple[str, ...]) -> str:
    if top.candidate and top.candidate.library:
        claim = top.candidate.claim
        tool = ".command-line." in claim.rule
        what, how = ("command-line tool", _RUN_BY_HAND) if tool else ("library", _IMPORTED)
        return f"a {top.candidate.name} {what} ({claim.file}): {how}; {_TO_RUN_IT}"
    if top.kind:
        return top.kind.reason
    return f"{notes[0]}; fix the file, then run again" if notes else unknown(tree)


_IMPORTED = "it is imported, not run"
_RUN_BY_HAND = "its users install and run it, and it answers no requests"
_TO_RUN_IT = "add an entry point with a start command (for example a Procfile line `web: …`) to deploy it"
