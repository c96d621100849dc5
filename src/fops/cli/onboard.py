"""`fops onboard repo` and `fops onboard explain`."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fops.cli.output import FieldsOption, JsonOption, known_fields, print_json, print_lines
from fops.cli.session import say
from fops.cli.tell import print_findings, result_told
from fops.kernel.errors import NotFound, UsageError

if TYPE_CHECKING:
    from fops.cli.session import Session
    from fops.onboarding.model import Findings

app = typer.Typer(
    help="From a repository to a verified change request.", no_args_is_help=True, rich_markup_mode=None
)

# What `--fields` may name, known before the work that a typo would waste.
_RESULT_KEYS = (
    "status", "pr_url", "branch", "commit", "proposal", "operation", "repository", "folder", "target", "services", "files",
    "changed", "edited", "gone", "checks", "plan_digest", "questions", "assumptions", "notes", "changes",
)  # fmt: skip
_TARGETS = ("k8s", "serverless", "static")
_FINDINGS_KEYS = ("deployable", "reason", "apps", "conflicts", "notes")


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
        bool | None,
        typer.Option(
            "--auto-detect/--no-auto-detect",
            help="Read the facts from the repository (the default), or take them from --set alone.",
        ),
    ] = None,
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
    forget: Annotated[
        bool, typer.Option("--forget", help="Start without what earlier runs of this repository were told.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only report drift; exit code 6 when there is some.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="DIR", help="Write the files here instead of making a branch."),
    ] = None,
    provider: Annotated[
        str | None,
        typer.Option(
            "--provider",
            metavar="local|github|gitlab",
            help="Where the change request is made. Default: local.",
        ),
    ] = None,
    as_json: JsonOption = False,
    fields: FieldsOption = None,
) -> int:
    """Fetch, detect, plan, generate, verify, and propose everything on a branch with the text of a pull request."""
    session: Session = context.obj
    known_fields(fields, _RESULT_KEYS)
    _refuse_target(target)
    parameters = {
        "what": _absolute(what),
        "target": target,
        "environments": env or None,
        "auto_detect": auto_detect,
        "ref": ref,
        "path": path,
        "answers": _pairs(answers or []) | ({"image": image} if image is not None else {}),
        "output": str(output.absolute()) if output else None,
        "forget": forget,
        # What only compares may look at a forge unasked; what makes something there must be told to.
        "provider": provider or (None if check else "local"),
    }
    can_ask = session.can_ask and not as_json and not check
    result = _onboarded(session, parameters | {"ask": can_ask}, check=check)
    if result["status"] == "questions":
        given = {**parameters["answers"], **_ask(result["questions"])}  # type: ignore[dict-item]
        result = _onboarded(session, parameters | {"answers": given}, check=check)
    if as_json or fields:
        print_json(result, fields=fields)
    else:
        print_lines(result_told(result))
    return 6 if result["status"] == "drift" else 0


def _absolute(what: str) -> str:
    """A path as a server elsewhere on this machine finds it too; an address as it is."""
    try:
        return str(Path(what).absolute()) if what and Path(what).exists() else what
    except OSError:  # longer than a name can be
        return what


def _onboarded(session: Session, parameters: Mapping[str, Any], *, check: bool) -> Mapping[str, Any]:
    # A comparison changes nothing, so it leaves no operation behind either.
    ctx = session.context(dry_run=check)
    return session.invoker.invoke(ctx, "onboard.check" if check else "onboard.repo", parameters)


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
    """What was detected and why; writes nothing. A table on a terminal, JSON elsewhere. Exit code 1 for what is no application."""
    from fops.onboarding.detect.report import findings_json  # noqa: PLC0415 - only this command
    from fops.onboarding.explain import explain as look  # noqa: PLC0415 - as above

    session: Session = context.obj
    known_fields(fields, _FINDINGS_KEYS)
    findings = look(path)
    if why:
        findings = _only(findings, why)
    if as_json or fields or not sys.stdout.isatty():
        print_json(findings_json(findings), fields=fields)
    else:
        print_findings(session, findings)
    return 0 if findings.deployable else 1


def _only(findings: Findings, name: str) -> Findings:
    """The findings with one fact alone. Raises NotFound where no application has it."""
    apps = tuple(replace(app, facts={name: app.facts[name]}) for app in findings.apps if name in app.facts)
    if not apps:
        known = sorted({fact for app in findings.apps for fact in app.facts})
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"found: {', '.join(known) or 'nothing'}"
        raise NotFound(f"no fact {name!r} was found", hint=hint)
    conflicts = tuple(conflict for conflict in findings.conflicts if conflict.fact == name)
    return replace(findings, apps=apps, conflicts=conflicts, notes=())


def _refuse_target(target: str | None) -> None:
    if target not in {None, *_TARGETS}:
        near = difflib.get_close_matches(str(target), _TARGETS, n=1)
        raise UsageError(
            f"no target {target!r}", hint=f"did you mean {near[0]}?" if near else "k8s, serverless or static"
        )


def _pairs(answers: list[str]) -> dict[str, str]:
    pairs = {}
    for answer in answers:
        name, mark, value = answer.partition("=")
        if not mark or not name:
            raise UsageError(f"--set {answer!r} is no FACT=VALUE", hint="such as --set port=8080")
        pairs[name.strip()] = value.strip()
    return pairs


def _ask(questions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    answers = {}
    for question in questions:
        say(f"{question['service']}: {question['why']} (Enter takes what is shown)")
        default = "" if question["value"] is None else str(question["value"])
        answer = typer.prompt(f"  {question['fact']}", default=default, err=True, show_default=bool(default))
        key = question["answer_with"].removeprefix("--set ").partition("=")[0].strip()
        if answer != default and key:
            answers[key] = answer
    return answers
