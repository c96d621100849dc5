"""The whole job: fetch → detect → plan → generate → verify → propose, each a step with its time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from fops.actions.contracts import CHANGE_REQUEST_CREATE, FILES_WRITE, proposal_of
from fops.actions.gate import Gate
from fops.actions.model import ActionCall, ChangeSet, GateOutcome
from fops.actions.operations import Operation
from fops.actions.registry import Registry
from fops.events import Event
from fops.events.store import publish
from fops.kernel import interrupts
from fops.kernel.clock import Clock, isoformat
from fops.kernel.errors import Final, UsageError
from fops.kernel.ids import new_id
from fops.kernel.reach import Reach
from fops.kernel.words import several
from fops.onboarding import store
from fops.onboarding.detect import detect
from fops.onboarding.explain import own_files_hidden
from fops.onboarding.fetch import Fetched, check_folder, check_reference, fetch, locate
from fops.onboarding.generate.artifacts import generate
from fops.onboarding.generate.pull_request import Story, commit_message, counted, pull_request, title
from fops.onboarding.model import Artifact, Assumption, Check, Findings, OnboardingPlan
from fops.onboarding.plan import (
    Options,
    Planned,
    check,
    flags,
    kept,
    plan,
    plan_digest,
    plan_json,
    recalled,
)
from fops.onboarding.trace import lock as locks
from fops.onboarding.trace.again import (
    Baseline,
    OpenProposal,
    branch_for,
    folder_baseline,
    folder_tree,
    lock_to_recall,
    open_proposals,
    proposed_or_head,
)
from fops.onboarding.trace.compare import NONE, Difference, compare, whole
from fops.onboarding.trace.forge import Listed, OnForge, ask_forge, branch_on_forge, on_forge
from fops.onboarding.trace.provenance import nodes_of
from fops.onboarding.verify import verify
from fops.provenance.store import is_recorded, record
from fops.storage.blobs import Blobs
from fops.storage.database import Database

Status = Literal["proposed", "written", "planned", "nothing-to-do", "refused", "drift", "questions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asked for.

    `provider` says where the change request is made; `output` writes files below a folder instead; `forget` leaves aside
    what earlier runs were told; `ask` stops with the plan's new questions, where it leaves some; `reach` bounds which
    server may be asked.
    """

    what: str
    options: Options
    provider: str = "local"
    ref: str | None = None
    output: Path | None = None
    check: bool = False
    forget: bool = False
    ask: bool = False
    tools: bool = True
    reach: Reach = Reach.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How it ended; `as_json` is the shape of CONTRACT."""

    status: Status
    plan: OnboardingPlan
    plan_digest: str
    artifacts: tuple[Artifact, ...]
    checks: tuple[Check, ...]
    findings: Findings
    difference: Difference
    questions: tuple[Assumption, ...] = ()
    notes: tuple[str, ...] = ()
    made: Mapping[str, Any] = field(default_factory=dict)
    changes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """One JSON document with stable keys."""
        return {
            "status": self.status,
            "pr_url": self.made.get("pr_url"),
            "branch": self.made.get("branch"),
            "commit": self.made.get("commit"),
            "proposal": self.made.get("proposal"),
            "operation": self.made.get("operation"),
            "repository": self.made.get("repository"),
            "folder": self.made.get("folder"),
            "target": self.plan.target.value,
            "services": [service.name for service in self.plan.services],
            "files": [{"path": one.path, "reason": one.reason} for one in self.artifacts],
            "changed": [one.path for one in self.difference.to_write],
            "edited": list(self.difference.edited),
            "gone": list(self.difference.gone),
            "checks": [check.as_json() for check in self.checks],
            "plan_digest": self.plan_digest,
            "questions": [one.as_json() for one in self.questions],
            "assumptions": [one.as_json() for one in self.plan.assumptions],
            "notes": list(self.notes),
            "changes": list(self.changes),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """What planning gave. `options` holds what earlier runs were told too; `unasked` no earlier run left open."""

    request: Request
    fetched: Fetched
    proposals: tuple[OpenProposal, ...]
    forge: OnForge | None
    options: Options
    findings: Findings
    planned: Planned
    unasked: tuple[Assumption, ...]

    @property
    def told(self) -> tuple[str, ...]:
        """The flags that an earlier run was given and this one was not."""
        return tuple(flags(self.options, self.request.options))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """Everything known before the proposal."""

    prepared: _Prepared
    digest: str
    artifacts: tuple[Artifact, ...]
    checks: tuple[Check, ...]

    @property
    def request(self) -> Request:
        """What was asked for."""
        return self.prepared.request

    @property
    def fetched(self) -> Fetched:
        """What was read."""
        return self.prepared.fetched

    @property
    def plan(self) -> OnboardingPlan:
        """What the artifacts come from."""
        return self.prepared.planned.plan


def place_of(request: Request) -> Path | str:
    """The path or address that is onboarded. Raises UsageError, UnsafeInput for what no repository could make right."""
    _check(request.options)
    check_reference(request.ref)
    return locate(request.what)


class Onboarding:
    """The feature's verbs over its ports."""

    def __init__(
        self, *, gate: Gate, registry: Registry, database: Database, blobs: Blobs, clock: Clock
    ) -> None:
        self._gate = gate
        self._registry = registry
        self._database = database
        self._blobs = blobs
        self._clock = clock

    def onboard(self, operation: Operation, request: Request) -> Result:
        """Take a repository to a proposal. Raises NotDeployable and whatever the steps raise."""
        # What an earlier attempt left is settled before anything is compared with it.
        before = self._gate.settle(operation.ctx)
        with ExitStack() as stack:
            with operation.step("fetch") as note:
                listed = self._listed(operation, request)  # first: it says at once what is not allowed
                fetched = stack.enter_context(fetch(request.what, ref=request.ref, reach=request.reach))
                note.text = f"{len(fetched.tree.files)} files" + (
                    f" at {fetched.source.commit[:12]}" if fetched.source.commit else ""
                )
                forge = None if listed is None else on_forge(self._database, operation.ctx, fetched, listed)
            prepared = self._plan(operation, request, fetched, forge)
            if prepared.unasked and request.ask:
                return Result(status="questions", plan=prepared.planned.plan, plan_digest="", artifacts=(), checks=(),
                              findings=prepared.findings, difference=NONE, questions=prepared.unasked)  # fmt: skip
            made = _make(operation, prepared)
            with operation.step("propose") as note:
                result = self._propose(operation, made, stack, before)
                note.text = _in_words(result)
            return result

    def proposing(self, provider: str) -> str:
        """The action that makes a provider's change requests. Raises UsageError where no pack brings one."""
        action = self._registry.implementing(CHANGE_REQUEST_CREATE, provider)
        if action is None:
            known = ", ".join(self._registry.providers(CHANGE_REQUEST_CREATE))
            raise UsageError(f"provider {provider!r} is not installed", hint=f"there are: {known}")
        return action.name

    def _listed(self, operation: Operation, request: Request) -> Sequence[Listed] | None:
        if request.output is not None:
            return None
        return ask_forge(self._registry, operation.ctx, request.provider, place=place_of(request))

    def _plan(
        self, operation: Operation, request: Request, fetched: Fetched, forge: OnForge | None
    ) -> _Prepared:
        tree = own_files_hidden(fetched.tree)
        proposals = forge.waiting if forge else open_proposals(self._database, operation.ctx, fetched)
        earlier = locks.EMPTY if request.forget else _earlier(request, fetched, proposals)
        with operation.step("detect") as note:
            findings = detect(tree)
            note.text = _found(findings)
        with operation.step("plan") as note:
            options = recalled(request.options, target=earlier.target, answers=earlier.answers)
            with _blamed_on(earlier):
                _check(options)
                planned = plan(fetched.source, tree, findings, options)
            note.text = _planned(planned.plan)
        return _Prepared(
            request=request,
            fetched=fetched,
            proposals=proposals,
            forge=forge,
            options=options,
            findings=findings,
            planned=planned,
            unasked=tuple(one for one in planned.questions if not earlier.has_asked(one)),
        )

    def _propose(
        self, operation: Operation, made: _Made, stack: ExitStack, before: GateOutcome | None
    ) -> Result:
        baseline = stack.enter_context(_baseline(made))
        difference = compare(made.artifacts, baseline.standing, baseline.head)
        notes = [*made.fetched.notes, *made.prepared.findings.notes]
        notes += [baseline.standing.says_of(path) for path in difference.edited]
        notes += (
            [f"as an earlier run was told: {' '.join(made.prepared.told)} (--forget starts without)"]
            if made.prepared.told
            else []
        )
        notes += [f"{path} is no longer generated; delete it if nobody needs it" for path in difference.gone]
        result = Result(status="nothing-to-do", plan=made.plan, plan_digest=made.digest, artifacts=made.artifacts, checks=made.checks,
                        findings=made.prepared.findings, difference=difference, questions=made.prepared.planned.questions, notes=tuple(notes),
                        made=_known(baseline))  # fmt: skip
        if made.request.check:
            return replace(
                result, status="drift" if difference.to_write or difference.edited else "nothing-to-do"
            )
        if before is not None:  # done by an attempt that could not say so any more
            return self._recorded(operation, made, result, (before, proposal_of(operation.id)))
        if difference.is_empty and not (baseline.proposal and baseline.proposal.is_half_made):
            return result
        proposal_id = proposal_of(operation.id) if operation.id else new_id("pro")
        changes = self._changes(made, baseline, (difference, tuple(notes)), proposal_id)
        kept: list[Result] = []
        with (
            interrupts.deferred()
        ):  # what was done is also written down; the action lets itself be stopped before
            outcome = self._gate.run(
                operation.ctx,
                changes,
                confirmed=made.request.output is not None,
                keep=lambda done: kept.append(self._recorded(operation, made, result, (done, proposal_id))),
            )
        lines = tuple(line for preview in outcome.previews for line in preview.changes)
        return kept[0] if kept else replace(result, status="planned", changes=lines, made={})

    def _changes(
        self, made: _Made, baseline: Baseline, found: tuple[Difference, tuple[str, ...]], proposal_id: str
    ) -> ChangeSet:
        difference, notes = found
        files = [
            {"path": one.path, "text": one.text, "executable": one.executable}
            for one in _to_commit(made.artifacts, difference, baseline)
        ]
        if made.request.output is not None:
            folder = str(made.request.output.absolute())
            replaced = [
                one.path for one in difference.to_write if baseline.standing.read(one.path) is not None
            ]
            parameters: dict[str, Any] = {"folder": folder, "files": files, "may_replace": replaced}
            return ChangeSet(calls=(ActionCall(action=FILES_WRITE, target=folder, parameters=parameters),))
        story = Story(artifacts=made.artifacts, checks=made.checks, conflicts=made.prepared.findings.conflicts, notes=notes,
                      edited=difference.edited, branch=baseline.branch, plan_digest=made.digest)  # fmt: skip
        parameters = {
            "proposal_id": proposal_id,
            "branch": baseline.branch,
            "base": baseline.base,
            "replaces": baseline.replaces,
            "title": title(made.plan),
            "body": pull_request(made.plan, story),
            "message": commit_message(made.plan, made.digest),
            "files": files,
            **_place(made.fetched, on_forge=made.prepared.forge is not None),
        }
        target = f"{made.plan.source.url}#{baseline.branch}"
        call = ActionCall(action=self.proposing(made.request.provider), target=target, parameters=parameters)
        return ChangeSet(calls=(call,))

    def _recorded(
        self, operation: Operation, made: _Made, result: Result, ended: tuple[GateOutcome, str]
    ) -> Result:
        outcome, proposal_id = ended
        answer = dict(outcome.results[0]) | {
            "operation": operation.id,
            "proposal": proposal_id,
            "audit": outcome.audit_ids,
        }
        blob = self._blobs.put(_plan_text(made.plan).encode())
        with self._database.write() as connection:
            if not is_recorded(
                connection, operation.ctx, proposal_id
            ):  # by an attempt that was cut behind this
                record(
                    connection,
                    operation.ctx,
                    nodes_of(made.plan, made.artifacts, made.checks, digest=made.digest, made=answer),
                )
                publish(connection, operation.ctx, _event(answer, made), at=isoformat(self._clock.now()))
                if "branch" in answer:
                    store.add(connection, operation.ctx, self._proposal(made, answer, blob))
        return replace(result, status="proposed" if "branch" in answer else "written", made=answer)

    def _proposal(self, made: _Made, answer: Mapping[str, Any], blob: str) -> store.Proposal:
        return store.Proposal(
            id=answer["proposal"], operation_id=answer["operation"], source=made.plan.source.url, repository=answer["repository"],
            branch=answer["branch"], commit=answer["commit"], pr_url=answer["pr_url"], plan_digest=made.digest, plan_blob=blob,
            made_at=isoformat(self._clock.now()),
        )  # fmt: skip


def _to_commit(
    artifacts: tuple[Artifact, ...], difference: Difference, baseline: Baseline
) -> Iterable[Artifact]:
    """What changed; all of it where a new clone takes the place of the one that an earlier proposal lies in."""
    if baseline.proposal is None or not baseline.proposal.beside or baseline.head is None:
        return difference.to_write
    return whole(artifacts, difference, baseline.standing, baseline.head)


def _event(answer: Mapping[str, Any], made: _Made) -> Event:
    kind = "onboarding.proposed" if "branch" in answer else "onboarding.written"
    return Event(
        kind=kind,
        subject=answer["proposal"],
        data={"source": made.plan.source.url, "plan_digest": made.digest},
    )


def _make(operation: Operation, prepared: _Prepared) -> _Made:
    planned = prepared.planned
    with operation.step("generate") as note:
        digest = plan_digest(planned.plan)
        artifacts = _with_records(planned, generate(planned.plan), digest, kept(prepared.options))
        note.text = f"{len(artifacts)} files"
    with operation.step("verify") as note:
        checks = verify(planned.plan, artifacts, tools=prepared.request.tools)
        note.text = counted(checks)
    return _Made(prepared=prepared, digest=digest, artifacts=artifacts, checks=checks)


def _check(options: Options) -> None:
    """Refuse what no repository could make right. Raises UsageError, UnsafeInput."""
    check(options)
    if options.path:
        check_folder(options.path)


def _earlier(request: Request, fetched: Fetched, proposals: tuple[OpenProposal, ...]) -> locks.Lock:
    """The lock whose answers hold where this run says nothing: the folder's that is written to, else the repository's."""
    inside = locks.read(folder_tree(request.output)) if request.output else locks.EMPTY
    if inside.files:
        return inside
    options = request.options
    return lock_to_recall(proposals, fetched.tree, target=options.target, path=options.path)


@contextmanager
def _blamed_on(earlier: locks.Lock) -> Iterator[None]:
    """A failure that says where the answers came from which nobody typed."""
    try:
        yield
    except Final as error:
        if earlier.files:
            also = "--forget starts without the answers of earlier runs"
            error.hint = f"{error.hint}; {also}" if error.hint else also
        raise


@contextmanager
def _baseline(made: _Made) -> Iterator[Baseline]:
    branch = branch_for(made.plan.name, made.plan.target.value)
    branch = branch_on_forge(branch, made.prepared.forge) if made.prepared.forge else branch
    if made.request.output is not None:
        yield folder_baseline(made.request.output, branch)
        return
    with proposed_or_head(made.prepared.proposals, made.fetched, branch) as found:
        yield found


def _with_records(
    planned: Planned, artifacts: tuple[Artifact, ...], digest: str, answers: Mapping[str, Any]
) -> tuple[Artifact, ...]:
    """The artifacts with the plan and the lock, which every proposal carries."""
    made = planned.plan
    facts = tuple(f"{service.name}:language" for service in made.services)
    plan_file = Artifact(path=locks.PLAN_PATH, text=_plan_text(made), reason="The plan everything here was generated from.",
                         template="plan", facts=facts)  # fmt: skip
    listed = (*artifacts, plan_file)
    lock = locks.write(made, listed, plan_digest=digest, answers=answers, questions=planned.questions)
    lock_file = Artifact(path=locks.PATH, text=lock, template="lock", facts=facts,
                         reason="Remembers what was generated from which facts, for the next run and for `fops why`.")  # fmt: skip
    return tuple(sorted((*listed, lock_file), key=lambda one: one.path))


def _plan_text(made: OnboardingPlan) -> str:
    return json.dumps(plan_json(made), indent=1, ensure_ascii=False) + "\n"


def _place(fetched: Fetched, *, on_forge: bool) -> dict[str, Any]:
    if on_forge:
        source = fetched.source
        return {"repository": source.url, "into": source.ref or source.default_branch}
    if fetched.repository is None:
        return {"repository": None, "snapshot": fetched.source.url}
    if fetched.clone:
        return {"repository": None, "clone_of": str(fetched.repository.git_dir)}
    return {"repository": str(fetched.repository.work_tree or fetched.repository.git_dir)}


def _known(baseline: Baseline) -> dict[str, Any]:
    known = {"branch": baseline.branch, "commit": baseline.replaces} if baseline.replaces else {}
    record = baseline.proposal.record if baseline.proposal else None
    if record is None:
        return known | ({"pr_url": baseline.proposal.pr_url} if baseline.proposal else {})
    return {"pr_url": record.pr_url, "branch": record.branch, "commit": record.commit,
            "repository": record.repository, "proposal": record.id}  # fmt: skip


def _found(findings: Findings) -> str:
    apps = [
        f"{app.value('language')}{'/' + str(app.value('framework')) if app.value('framework') else ''}"
        for app in findings.apps
    ]
    found = ", ".join(dict.fromkeys(apps)) or "nothing"
    conflicts = f", {several(len(findings.conflicts), 'conflict')}" if findings.conflicts else ""
    return f"{found} in {several(len(findings.apps), 'app')}{conflicts}" if findings.apps else found


def _planned(made: OnboardingPlan) -> str:
    assumed = f", {several(len(made.assumptions), 'assumption')}" if made.assumptions else ""
    return f"{made.target.value}, {several(len(made.services), 'service')}{assumed}"


def _in_words(result: Result) -> str:
    words = {"nothing-to-do": "nothing to do", "drift": f"{several(len(result.difference.to_write), 'file')} would change",
             "planned": "dry run: nothing was changed"}  # fmt: skip
    return words.get(result.status) or str(
        result.made.get("branch") or PurePosixPath(str(result.made.get("folder", "")))
    )
