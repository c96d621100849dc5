"""What an onboarding found and made, in words for a tired person."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fops.cli.output import link, print_lines
from fops.cli.session import say
from fops.cli.table import print_table
from fops.kernel.words import several, shown

if TYPE_CHECKING:
    from fops.cli.session import Session
    from fops.onboarding.model import App, Findings

_LONGEST = 100  # characters of a value inside a sentence


Json = Mapping[str, Any]


def result_told(result: Json) -> Iterator[str]:
    """What was made, where, what was checked, what is open, what is next."""
    yield from _headline(result)
    yield from _checks_told(result["checks"])
    for note in result["notes"]:
        yield f"note: {note}"
    yield from _assumptions_told(result["assumptions"])
    yield from _next_told(result)


def _headline(result: Json) -> Iterator[str]:
    files = several(len(result["changed"]), "file")
    target, edited, status = result["target"], len(result["edited"]), result["status"]
    headlines = {
        "proposed": f"{files} for {target} on branch {result['branch']} ({str(result['commit'])[:12]})",
        "written": f"{files} for {target} written to {result['folder']}",
        "planned": f"dry run: {files} for {target} would be made; nothing was changed",
        "nothing-to-do": f"nothing to do: {_as_it_is(edited)}",
        "drift": f"drift: {files} would change, {several(edited, 'file')} edited by hand",
    }
    yield headlines[status]
    if status in {"proposed", "written"}:
        yield from _by_folder(result["changed"])
    elif status == "drift":
        yield from (f"  would change  {path}" for path in result["changed"])
        yield from (f"  edited        {path}" for path in result["edited"])
    else:
        yield from (f"  {line}" for line in result["changes"])


def _as_it_is(edited: int) -> str:
    if not edited:
        return "everything is as it would be generated"
    return f"all but {several(edited, 'file')} edited by hand is as it would be generated"


def _by_folder(paths: Sequence[str]) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for path in paths:
        head, _, name = path.rpartition("/")
        groups.setdefault(head, []).append(name)
    for folder, names in sorted(groups.items()):
        yield f"  {(folder or '.') + '/':<34} {', '.join(names)}"


def _checks_told(checks: Sequence[Json]) -> Iterator[str]:
    counts = Counter(check["status"] for check in checks)
    yield ""
    yield f"checks: {counts['pass']} passed" + "".join(
        f", {counts[status]} {status}"
        for status in ("waived", "skipped", "could-not-run", "findings")
        if counts[status]
    )
    for check in checks:
        if check["status"] == "findings":
            yield f"  ✗ {check['check']} on {check['artifact']}: {check['detail']}"
    absent = {check["check"]: check["detail"] for check in checks if check["status"] == "could-not-run"}
    yield from (f"  – {name} could not run: {detail}" for name, detail in absent.items())


def _assumptions_told(assumed: Sequence[Json]) -> Iterator[str]:
    """Each with its flag on a line and its reason below: both in one line are a wall."""
    if not assumed:
        return
    yield ""
    yield f"{several(len(assumed), 'assumption')} to confirm:"
    for one in assumed:
        flag = f"  ({one['answer_with']})" if one["answer_with"] else ""
        yield f"  {one['service']}: {one['fact']} = {_short(one['value'])}{flag}"
        yield f"      {one['why']}"


def _next_told(result: Json) -> Iterator[str]:
    if result["status"] == "planned":
        yield ""
        yield "next               the same without --dry-run does it"
    if not result["pr_url"]:
        return
    yield ""
    is_here = str(result["pr_url"]).startswith("file://")
    yield from _here_told(result) if is_here else _on_forge_told(result)


def _here_told(result: Json) -> Iterator[str]:
    branch = result["branch"]
    yield f"pull request text  {link(Path(str(result['pr_url']).removeprefix('file://')))}"
    yield from _asked_told(result)
    yield f"look               git -C {shlex.quote(str(result['repository']))} diff --stat HEAD {branch}"
    yield f"next               push the branch {branch}, then open the pull request with that text"


def _on_forge_told(result: Json) -> Iterator[str]:
    yield f"pull request       {result['pr_url']}"
    yield from _asked_told(result)
    yield "next               review the pull request, and merge it"


def _asked_told(result: Json) -> Iterator[str]:
    if result["status"] == "proposed":
        yield f"operation          {result['operation'] or '–'}"
    if result["proposal"]:
        yield f"why                fops why {result['proposal']}"


def print_findings(session: Session, findings: Findings) -> None:
    """The facts as a table for each application; conflicts and notes are talk."""
    if findings.reason:
        print_lines([findings.reason if findings.deployable else f"not deployable: {findings.reason}"])
    for app in findings.apps:
        print_lines([app.path] if len(findings.apps) > 1 else [])
        headings = ("fact", "value", "evidence", "rule", "sure")
        print_table(headings, list(_fact_rows(app)), color=session.color, folded="value", spare="rule")
    for conflict in findings.conflicts:
        say(f"conflict: {conflict.fact} of {conflict.app}: took {_short(conflict.taken.value)} from {conflict.taken.file}:{conflict.taken.line}, "
            f"but {conflict.other.file}:{conflict.other.line} says {_short(conflict.other.value)}")  # fmt: skip
    for note in findings.notes:
        say(f"note: {note}")


def _fact_rows(app: App) -> Iterator[tuple[str, ...]]:
    for name, fact in app.facts.items():
        place = "–" if not fact.file else f"{fact.file}:{fact.line}" if fact.line else fact.file
        yield name, "\n".join(_in_words(fact.value)), place, fact.rule, f"{round(fact.confidence * 100)} %"


def _in_words(value: Any) -> Iterator[str]:
    """A value line by line: a variable as NAME=DEFAULT, a process as `name: command`."""
    if not isinstance(value, list):
        yield _text(value)
        return
    for one in value:
        if not isinstance(one, dict) or "name" not in one:
            yield _text(one)
        elif one.get("command"):
            yield f"{one['name']}: {one['command']}"
        else:
            yield str(one["name"]) if one.get("default") is None else f"{one['name']}={one['default']}"


def _short(value: Any) -> str:
    text = _text(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _text(value: Any) -> str:
    return "none" if value is None else shown(value)
