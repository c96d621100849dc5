"""The plan as a whole: applications become services, the target is chosen, and what is open is listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from fops import __version__
from fops.kernel.errors import NotDeployable
from fops.onboarding.detect import existing_dockerfile
from fops.onboarding.model import (
    App,
    Assumption,
    ExistingDockerfile,
    Fact,
    Findings,
    OnboardingPlan,
    ServicePlan,
    Source,
    Target,
)
from fops.onboarding.plan import answers, apps, data, defaults, names
from fops.onboarding.plan.options import DEFAULT_ENVIRONMENTS, Options, Planned
from fops.onboarding.plan.processes import Draft
from fops.onboarding.plan.services import finish
from fops.onboarding.plan.target import choose, left_out
from fops.onboarding.ports import Tree

# What a language's own rules told; it means nothing once a person says that it is another language.
_OF_THE_LANGUAGE = frozenset({
    "package_manager", "framework", "runtime_version", "install_command", "build_command", "start_command", "test_command",
    "lint_command", "static", "output_folder", "metrics_path", "server_package",
    "package_manager_version", "install_reads_program", "listen_variable", "settings_file", "start_needs_development", "listens_locally",
    "database_file", "build_env", "revalidates", "built_for", "embeds",
})  # fmt: skip

# Where the lock and the plan lie, and what is moved aside.
_OWN_FOLDERS = (".fops", ".fops/proposed")


def check(options: Options) -> None:
    """Refuse choices that no repository could make right, before one is fetched. Raises UsageError."""
    _environments(options)
    answers.check(options.sets)
    names.check_image(answers.plan_wide(options.sets, "image"))


def plan(source: Source, tree: Tree, findings: Findings, options: Options) -> Planned:
    """The plan; `tree` holds the person's files alone, none that F-Ops generated.

    Raises NotDeployable for what cannot be deployed, UsageError for answers that cannot be.
    """
    check(options)
    environments = _environments(options)
    chosen = apps.select(findings, tree, options)
    drafts = tuple(_drafts(chosen, source, tree, options))
    finished = [finish(one, tree, options, several=len(drafts) > 1) for one in drafts]
    services = tuple(service for service, _ in finished)
    pages = bool(answers.plan_wide(options.sets, "pages"))
    target = choose(options.target, services, drafts[0].tree, pages=pages)
    kept = [
        data.keep(service, one, target, several=len(drafts) > 1)
        for service, one in zip(services, drafts, strict=True)
    ]
    services = tuple(service for service, _ in kept)
    assumptions = tuple(
        chain(
            *(assumed for _, assumed in finished),
            *(assumed for _, assumed in kept),
            _about_conflicts(chosen.findings, services, drafts),
            _about_images(services) if target is not Target.STATIC else (),
            _about_ports(services),
            _about_aside(chosen, services[0]),
            left_out(target, services),
        )
    )
    existing = frozenset((*tree.files, *tree.links))
    _refuse_barred(existing)
    made = OnboardingPlan(
        source=source,
        target=target,
        environments=environments,
        services=services,
        assumptions=assumptions,
        existing=existing,
        fops_version=__version__,
        pages=pages,
    )
    return Planned(
        plan=made, questions=tuple(one for one in assumptions if one.answer_with.startswith("--set "))
    )


def _environments(options: Options) -> tuple[str, ...]:
    return names.environments(DEFAULT_ENVIRONMENTS if options.environments is None else options.environments)


def _drafts(chosen: apps.Selection, source: Source, tree: Tree, options: Options) -> Iterator[Draft]:
    addresses = names.addresses(chosen.apps, source)
    answers.check_services(options.sets, addresses)
    wish = answers.plan_wide(options.sets, "image")
    several = len(addresses) > 1
    services = names.services(addresses, options.sets)
    for app, address, name in zip(chosen.apps, addresses, services, strict=True):
        view = tree.below(app.path)
        own = existing_dockerfile(view)
        told = {**app.facts, **dict(_of_dockerfile(app, own, chosen.findings))}
        facts = _with_answers(told, answers.facts(options.sets, address))
        language = str(facts["language"].value) if "language" in facts else "static"
        yield Draft(
            name=name,
            address=address,
            path=app.path,
            context=chosen.context(app),
            language=language,
            package_manager=_package_manager(language, facts, view),
            image=names.image(name, source, options.sets, wish=wish, several=several),
            facts=facts,
            tree=view,
            dockerfile=own,
        )


def _of_dockerfile(
    app: App, own: ExistingDockerfile | None, findings: Findings
) -> Iterator[tuple[str, Fact]]:
    """The port that the user's own image listens on, where another place that disagrees was taken."""
    if own is None or own.port in {None, app.value("port")}:
        return
    for conflict in findings.conflicts:
        if (conflict.app, conflict.fact, conflict.other.value) == (app.path, "port", own.port):
            yield "port", conflict.other


def _with_answers(told: Mapping[str, Fact], given: Mapping[str, Fact]) -> dict[str, Fact]:
    known = told["language"].value if "language" in told else None
    other = "language" in given and given["language"].value != known
    return {name: fact for name, fact in told.items() if not (other and name in _OF_THE_LANGUAGE)} | {**given}


def _package_manager(language: str, facts: Mapping[str, Fact], tree: Tree) -> str:
    """The one found or given, where the language has it, else the one by custom."""
    named = facts["package_manager"].value if "package_manager" in facts else None
    known = named in defaults.MANAGERS.get(language, ("",))
    return str(named) if known else defaults.package_manager(language, tree)


def _about_images(services: Sequence[ServicePlan]) -> Iterator[Assumption]:
    for service in services:
        if service.image.startswith(f"{names.UNKNOWN_REGISTRY}/"):
            why = "no GitHub remote names an owner, so nobody knows where images go; this registry does not exist"
            yield Assumption(
                service=service.name, fact="image", value=service.image, why=why, answer_with="--set image=…"
            )


def _about_conflicts(
    findings: Findings, services: Sequence[ServicePlan], drafts: Sequence[Draft]
) -> Iterator[Assumption]:
    """Two places that disagree, where the one taken is what the plan rests on."""
    known = {service.path: (service, one.address) for service, one in zip(services, drafts, strict=True)}
    for conflict in findings.conflicts:
        service, address = known.get(conflict.app, (None, ""))
        taken = service.evidence.get(conflict.fact) if service else None
        if service is None or taken is None or taken not in (conflict.taken, conflict.other):
            continue
        other = conflict.other if taken == conflict.taken else conflict.taken
        if taken.value == other.value:  # two applications on one port do not disagree about it
            continue
        why = f"{_place(taken)} says so, {_place(other)} says {other.value}"
        key = f"{address}.{conflict.fact}" if len(services) > 1 else conflict.fact
        flag = f"--set {key}=…" if conflict.fact in answers.FACTS else ""
        yield Assumption(
            service=service.name, fact=conflict.fact, value=taken.value, why=why, answer_with=flag
        )


def _place(fact: Fact) -> str:
    return f"{fact.file}:{fact.line}" if fact.line else fact.file or "a documented default"


def _about_ports(services: Sequence[ServicePlan]) -> Iterator[Assumption]:
    first: dict[int, str] = {}
    for service in services:
        if service.port and first.setdefault(service.port, service.name) != service.name:
            why = (
                f"{first[service.port]} listens there too: fine in a cluster, where each has its own address; "
                "on one machine compose publishes the next free port"
            )
            yield Assumption(service=service.name, fact="port", value=service.port, why=why, answer_with="")


def _about_aside(chosen: apps.Selection, first: ServicePlan) -> Iterator[Assumption]:
    if chosen.aside:
        why = f"the application at the top is onboarded; below it were found {', '.join(chosen.aside)}, each for a run of its own"
        yield Assumption(
            service=first.name,
            fact="path",
            value=first.path,
            why=why,
            answer_with=f"--path {chosen.aside[0]}",
        )


def _refuse_barred(existing: frozenset[str]) -> None:
    barred = next((folder for folder in _OWN_FOLDERS if folder in existing), None)
    if barred:
        raise NotDeployable(
            f"{barred} is no folder in the repository, and F-Ops keeps its records in one of that name",
            hint="rename what stands there, commit, and try again",
        )
