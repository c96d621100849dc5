"""The plan as a whole: which applications become services, their names and images, the target, what is open."""

from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from fops import __version__
from fops.kernel.errors import NotDeployable, UsageError
from fops.onboarding.model import App, Assumption, Findings, OnboardingPlan, ServicePlan, Source
from fops.onboarding.plan import answers
from fops.onboarding.plan.options import Options, Planned
from fops.onboarding.plan.services import Draft, draft, finish, label, require
from fops.onboarding.plan.target import choose
from fops.onboarding.ports import Tree

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_IMAGE = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?::\d+)?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*")
_BUILT_TOGETHER = frozenset({"npm", "pnpm", "yarn", "bun", "maven", "gradle", "go", "uv"})


def plan(source: Source, tree: Tree, findings: Findings, options: Options) -> Planned:
    """The plan. Raises NotDeployable for what cannot be deployed, UsageError for answers that cannot be."""
    environments = _environments(options.environments)
    apps = _apps(findings, options)
    names = _names(apps, source, options)
    answers.check(options.sets, names)
    image = options.image or answers.plan_wide(options.sets, "image")
    drafts = [
        _draft(app, name, (findings, source, options, image, len(apps)))
        for app, name in zip(apps, names, strict=True)
    ]
    finished = [finish(one, tree, options) for one in drafts]
    services = tuple(service for service, _ in finished)
    assumptions = [assumption for _, assumed in finished for assumption in assumed]
    assumptions += _about_images(services, image)
    assumptions += _about_conflicts(findings, services)
    made = OnboardingPlan(
        source=source,
        target=choose(options.target, services, tree.below(services[0].path)),
        environments=environments,
        services=services,
        assumptions=tuple(assumptions),
        existing=_existing(tree),
        fops_version=__version__,
        pages=bool(answers.plan_wide(options.sets, "pages")),
    )
    return Planned(plan=made, questions=tuple(one for one in assumptions if one.answer_with))


def _environments(names: Sequence[str]) -> tuple[str, ...]:
    for name in names:
        if not _LABEL.fullmatch(name):
            hint = "lower-case letters, digits and dashes, at most 63, starting and ending with a letter or digit (RFC 1123)"
            raise UsageError(f"--env {name!r} is no environment name", hint=hint)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise UsageError(f"--env {twice[0]} is given twice")
    return tuple(names)


def _apps(findings: Findings, options: Options) -> tuple[App, ...]:
    if not options.auto_detect:
        given = answers.facts(options.sets, "")
        require(given)
        return (App(path=options.path or ".", facts=given),)
    if options.path:
        return (_chosen(findings, posixpath.normpath(options.path)),)
    if not findings.deployable:
        raise NotDeployable(findings.reason or "no application was found", hint=_WOULD_BE)
    if findings.reason:
        raise NotDeployable(findings.reason, hint="python, node, go, java and static sites are supported")
    runnable = tuple(app for app in findings.apps if _runs(app)) or findings.apps
    built_together = [app for app in runnable if app.path == "." and app.value("processes")]
    if built_together and runnable[0].value("package_manager") in {"maven", "gradle", "go"}:
        return (runnable[0],)  # the root builds every member's program, and a member alone cannot be built
    return runnable


_WOULD_BE = "a program with a start command and its manifest (package.json, pyproject.toml, go.mod, pom.xml), or an index.html, would be deployable"


def _chosen(findings: Findings, path: str) -> App:
    found = next((app for app in findings.apps if app.path == path), None)
    if found is None:
        there = ", ".join(app.path for app in findings.apps) or "none"
        raise NotDeployable(
            f"--path {path}: no application there", hint=f"applications were found in: {there}"
        )
    return found


def _runs(app: App) -> bool:
    if (
        "workspaces" in app.facts
        and app.path == "."
        and not any(app.value(name) for name in ("framework", "port", "processes"))
    ):
        return False  # the root of a monorepo only holds its members together
    return any(app.value(name) for name in ("start_command", "static", "processes"))


def _names(apps: Sequence[App], source: Source, options: Options) -> list[str]:
    names: list[str] = []
    for app in apps:
        alone = len(apps) == 1
        folder = source.name if app.path == "." else app.path
        wish = options.sets.get("name") if alone else None
        name = label(wish or str(app.value("name") or "") or folder, label(source.name))
        if name in names:
            name = label(app.path.replace("/", "-"), name)
        while name in names:
            name = f"{name[:46]}-{names.count(name) + 2}"
        names.append(name)
    return names


def _draft(app: App, name: str, around: tuple[Findings, Source, Options, str | None, int]) -> Draft:
    findings, source, options, image, count = around
    context = _context(app, findings)
    return draft(
        app,
        answers.facts(options.sets, name),
        name=name,
        context=context,
        image=_image(name, source, (image, options, count)),
    )


def _context(app: App, findings: Findings) -> str:
    """A member of a workspace is built from the root, where lock file and siblings lie."""
    root = next((one for one in findings.apps if "workspaces" in one.facts), None)
    members = root.value("workspaces", []) if root else []
    together = app.path in members and app.value("package_manager") in _BUILT_TOGETHER
    return root.path if root and together else app.path


def _image(name: str, source: Source, wishes: tuple[str | None, Options, int]) -> str:
    image, options, count = wishes
    if image:
        if not _IMAGE.fullmatch(image):
            raise UsageError(
                f"--image {image!r} is no image repository",
                hint="such as ghcr.io/acme/shop, lower case, without a tag",
            )
        return image if count == 1 else f"{image}/{name}"
    owner = answers.plan_wide(options.sets, "owner") or source.owner
    if owner and _LABEL.fullmatch(label(owner)):
        return f"ghcr.io/{label(owner)}/{name}"
    return f"registry.invalid/{name}"


def _about_images(services: Sequence[ServicePlan], given: str | None) -> Iterator[Assumption]:
    for service in services:
        if given is None and service.image.startswith("registry.invalid/"):
            why = "no remote names an owner, so nobody knows where images go; this registry does not exist"
            yield Assumption(
                service=service.name,
                fact="image",
                value=service.image,
                why=why,
                answer_with="--image REGISTRY/OWNER/NAME",
            )


def _about_conflicts(findings: Findings, services: Sequence[ServicePlan]) -> Iterator[Assumption]:
    paths = {service.path: service for service in services}
    for conflict in findings.conflicts:
        service = paths.get(conflict.app)
        if service is None or service.evidence.get(conflict.fact) is not conflict.taken:
            continue
        taken, other = conflict.taken, conflict.other
        why = f"{taken.file}:{taken.line} says so, {other.file}:{other.line} says {other.value}"
        answerable = conflict.fact in answers.FACTS
        yield Assumption(service=service.name, fact=conflict.fact, value=taken.value, why=why,
                         answer_with=f"--set {conflict.fact}=…" if answerable else "")  # fmt: skip


def _existing(tree: Tree) -> frozenset[str]:
    """The user's files near the places where ours go; what we wrote ourselves is listed in the lock and is not theirs."""
    ours = _locked(tree)
    return frozenset(path for path in tree.files if path not in ours)


def _locked(tree: Tree) -> frozenset[str]:
    try:
        document = json.loads(tree.read(".fops/onboard.lock") or "{}")
        return frozenset(document["files"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return frozenset()
