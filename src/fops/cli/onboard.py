"""`fops onboard repo` and `fops onboard explain`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fops.cli.output import FieldsOption, JsonOption, link, print_json, print_lines
from fops.cli.session import say
from fops.cli.table import print_table
from fops.kernel.errors import NotFound, UsageError

if TYPE_CHECKING:
    from fops.cli.session import Session
    from fops.onboarding.model import App, Assumption, Findings
    from fops.onboarding.onboard import Result
    from fops.onboarding.plan import Options

app = typer.Typer(
    help="From a repository to a verified change request.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def repo(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            metavar="URL_OR_PATH", help="A path, https://…, git@host:path, file://… or owner/name."
        ),
    ],
    target: Annotated[
        str | None,
        typer.Option(
            "--target",
            "-t",
            metavar="k8s|serverless|static",
            help="Where it will run. Default: by detection.",
        ),
    ] = None,
    env: Annotated[
        list[str] | None,
        typer.Option(
            "--env", "-e", metavar="NAME", help="An environment; repeatable. Default: staging and prod."
        ),
    ] = None,
    auto_detect: Annotated[
        bool,
        typer.Option(
            "--auto-detect/--no-auto-detect",
            help="Read the facts from the repository, or take them from --set alone.",
        ),
    ] = True,
    ref: Annotated[
        str | None, typer.Option("--ref", help="A branch or tag instead of the default branch.")
    ] = None,
    path: Annotated[
        str | None, typer.Option("--path", help="The application's folder inside the repository.")
    ] = None,
    answers: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="FACT=VALUE", help="Answer a question or overrule detection; repeatable."
        ),
    ] = None,
    image: Annotated[
        str | None,
        typer.Option("--image", metavar="REPOSITORY", help="Image repository. Default: ghcr.io/OWNER/NAME."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only report drift; exit code 6 when there is some.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="DIR", help="Write the files here instead of making a branch."),
    ] = None,
    provider: Annotated[
        str,
        typer.Option("--provider", metavar="local|github|gitlab", help="Where the change request is made."),
    ] = "local",
    as_json: JsonOption = False,
    fields: FieldsOption = None,
) -> int:
    """Fetch, detect, plan, generate, verify, and propose everything on a branch with the text of a pull request."""
    from fops.onboarding.onboard import Request  # noqa: PLC0415 - only this command needs the whole engine

    session: Session = context.obj
    _refuse_provider(provider)
    options = _options(
        target=target, env=env, auto_detect=auto_detect, path=path, answers=answers, image=image
    )
    request = Request(what=what, options=options, ref=ref, output=output, check=check)
    asked = _ask if session.can_ask and not as_json else (lambda _questions: {})
    result = session.app.onboarding.onboard(session.context(), request, ask=asked)
    if as_json or fields:
        print_json(result.as_json(), fields=fields)
    else:
        print_lines(_told(result))
    return 6 if result.status == "drift" else 0


@app.command()
def explain(
    context: typer.Context,
    path: Annotated[str, typer.Argument(metavar="PATH", help="A folder or bare repository on this disk.")],
    why: Annotated[
        str | None, typer.Option("--why", metavar="FACT", help="One fact only, with its file, line and rule.")
    ] = None,
    as_json: JsonOption = False,
    fields: FieldsOption = None,
) -> int:
    """What was detected and why; writes nothing. Exit code 1 for what is no application."""
    from fops.onboarding.detect.report import findings_json  # noqa: PLC0415 - only this command
    from fops.onboarding.explain import explain as look  # noqa: PLC0415 - as above

    session: Session = context.obj
    findings = look(path)
    if as_json or fields:
        print_json(findings_json(findings), fields=fields)
    elif why:
        _print_fact(session, findings, why)
    else:
        _print_findings(session, findings)
    return 0 if findings.deployable else 1


def _refuse_provider(provider: str) -> None:
    if provider in {"github", "gitlab"}:
        raise UsageError(
            f"provider {provider!r} is not installed",
            hint="its pack comes with a later version; `--provider local` makes a branch you can push",
        )
    if provider != "local":
        raise UsageError(
            f"no provider {provider!r}", hint="local is here; github and gitlab come with later versions"
        )


def _options(
    *,
    target: str | None,
    env: list[str] | None,
    auto_detect: bool,
    path: str | None,
    answers: list[str] | None,
    image: str | None,
) -> Options:
    from datetime import UTC, datetime  # noqa: PLC0415 - only `repo`

    from fops.onboarding.model import Target  # noqa: PLC0415 - as above
    from fops.onboarding.plan import Options  # noqa: PLC0415 - as above

    if target is not None and target not in set(Target):
        raise UsageError(f"no target {target!r}", hint="k8s, serverless or static")
    return Options(
        target=Target(target) if target else None,
        environments=tuple(env) if env else ("staging", "prod"),
        auto_detect=auto_detect,
        path=path,
        sets=_pairs(answers or []),
        image=image,
        today=datetime.now(UTC).date(),
    )


def _pairs(answers: list[str]) -> dict[str, str]:
    pairs = {}
    for answer in answers:
        name, mark, value = answer.partition("=")
        if not mark or not name:
            raise UsageError(f"--set {answer!r} is no FACT=VALUE", hint="such as --set port=8080")
        pairs[name.strip()] = value.strip()
    return pairs


def _ask(questions: tuple[Assumption, ...]) -> Mapping[str, str]:
    answers = {}
    for question in questions:
        say(f"{question.service}: {question.why}")
        default = "" if question.value is None else str(question.value)
        answer = typer.prompt(f"  {question.fact}", default=default, err=True, show_default=bool(default))
        key = question.answer_with.removeprefix("--set ").partition("=")[0].strip()
        if answer != default and key:
            answers[key] = answer
    return answers


def _told(result: Result) -> Iterator[str]:
    """The result for a tired person: what was made, where, what was checked, what is next."""
    yield from _headline(result)
    yield from _checks_told(result)
    for note in result.notes:
        yield f"note: {note}"
    assumed = result.plan.assumptions
    if assumed:
        yield ""
        yield f"{len(assumed)} assumption(s) to confirm:"
        yield from (
            f"  {one.service}: {one.fact} = {_short(one.value)}  ({one.why}; {one.answer_with})"
            for one in assumed
        )
    yield from _next_told(result)


def _headline(result: Result) -> Iterator[str]:
    count = len(result.difference.to_write)
    target = result.plan.target.value
    headlines = {
        "proposed": f"{count} files for {target} on branch {result.made.get('branch')} ({str(result.made.get('commit'))[:12]})",
        "written": f"{count} files for {target} written to {result.made.get('folder')}",
        "planned": f"dry run: {count} files for {target} would be made; nothing was changed",
        "nothing-to-do": "nothing to do: everything is as it would be generated",
        "drift": f"drift: {count} file(s) would change, {len(result.difference.edited)} were edited",
    }
    yield headlines[result.status]
    if result.status in {"proposed", "written"}:
        yield from _by_folder([one.path for one in result.difference.to_write])
    elif result.status == "drift":
        yield from (f"  would change  {one.path}" for one in result.difference.to_write)
        yield from (f"  edited        {path}" for path in result.difference.edited)
    else:
        yield from (f"  {line}" for line in result.changes)


def _by_folder(paths: list[str]) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for path in paths:
        head, _, name = path.rpartition("/")
        groups.setdefault(head or ".", []).append(name)
    for folder, names in groups.items():
        yield f"  {folder + '/':<34} {', '.join(names)}"


def _checks_told(result: Result) -> Iterator[str]:
    counts = Counter(check.status for check in result.checks)
    yield ""
    yield f"checks: {counts['pass']} passed" + "".join(
        f", {counts[status]} {status}"
        for status in ("waived", "skipped", "could-not-run", "findings")
        if counts[status]
    )
    for check in result.checks:
        if check.status == "findings":
            yield f"  ✗ {check.check} on {check.artifact}: {check.detail}"
    absent = {check.check: check.detail for check in result.checks if check.status == "could-not-run"}
    yield from (f"  – {name} could not run: {detail}" for name, detail in absent.items())


def _next_told(result: Result) -> Iterator[str]:
    url = result.made.get("pr_url")
    if not url:
        return
    text = Path(str(url).removeprefix("file://"))
    branch = result.made.get("branch")
    yield ""
    yield f"pull request text  {link(text)}"
    yield (
        f"operation          {result.made.get('operation') or '–'}"
        if result.status == "proposed"
        else f"branch             {branch}"
    )
    yield f"why                fops why {result.made.get('proposal')}"
    repository = result.made.get("repository")
    if result.status == "proposed" and repository:
        yield f"next               git -C {repository} diff --stat HEAD {branch}; push the branch and open the pull request with that text"


def _print_findings(session: Session, findings: Findings) -> None:
    if findings.reason:
        print_lines([findings.reason if findings.deployable else f"not deployable: {findings.reason}"])
    for app in findings.apps:
        print_lines([f"{app.path}"] if len(findings.apps) > 1 else [])
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
        yield name, _short(fact.value), place, fact.rule, f"{round(fact.confidence * 100)} %"


def _print_fact(session: Session, findings: Findings, name: str) -> None:
    rows = [(app.path, *row) for app in findings.apps for row in _fact_rows(app) if row[0] == name]
    if not rows:
        known = sorted({fact for app in findings.apps for fact in app.facts})
        raise NotFound(f"no fact {name!r} was found", hint=f"found: {', '.join(known) or 'nothing'}")
    headings = ("app", "fact", "value", "evidence", "rule", "sure")
    print_table(headings, rows, color=session.color, folded="value", spare="rule")


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:99]}…"
