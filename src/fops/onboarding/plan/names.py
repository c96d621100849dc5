"""What things are called: services, environments, images. Whatever a repository says comes out as a harmless label."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count

from fops.kernel.errors import UsageError
from fops.onboarding.model import App, Source
from fops.onboarding.plan import answers

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_IMAGE = re.compile(
    r"[a-z0-9]+(?:[.-]+[a-z0-9]+)*(?::\d+)?(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*", re.ASCII
)
_LONGEST = 50  # leaves room for an environment or a process beside it in the 63 characters of a label
UNKNOWN_REGISTRY = "registry.invalid"  # a name that never resolves (RFC 2606)


def label(text: str, fallback: str = "app") -> str:
    """An RFC 1123 label near a text: `@acme/My Web` gives `my-web`."""
    last = text.rstrip("/").rsplit("/", 1)[-1]
    clean = re.sub(r"[^a-z0-9]+", "-", last.lower()).strip("-")[:_LONGEST].strip("-")
    return clean or fallback


def lettered(name: str) -> str:
    """A name where a letter has to stand first: of a Service (RFC 1035), of a stack."""
    return name if name[0].isalpha() else f"app-{name}"


def environments(names: Sequence[str]) -> tuple[str, ...]:
    """The names as given. Raises UsageError for none, for one that is no label, and for one given twice."""
    if not names:
        raise UsageError("no environment is named", hint="such as --env prod")
    for name in names:
        if not _LABEL.fullmatch(name):
            hint = "lower-case letters, digits and dashes, at most 63, starting and ending with a letter or digit (RFC 1123)"
            raise UsageError(f"--env {name!r} is no environment name", hint=hint)
    twice = next((name for name, times in Counter(names).items() if times > 1), None)
    if twice:
        raise UsageError(f"--env {twice} is given twice", hint="name each environment once")
    return tuple(names)


def addresses(apps: Sequence[App], source: Source) -> tuple[str, ...]:
    """By what `--set SERVICE.fact` addresses each application: its manifest's, the repository's or its folder's name."""
    names: list[str] = []
    for app in apps:
        folder = source.name if app.path == "." else app.path
        name = label(str(app.value("name") or ""), label(folder, label(source.name)))
        if _is_used(name, names):
            name = label(app.path.replace("/", "-"), name)
        names.append(_unused(name, names))
    return tuple(names)


def services(known: Sequence[str], sets: Mapping[str, str]) -> tuple[str, ...]:
    """The services' names: `--set name=` wins. Raises UsageError when two come out the same, or would in a cluster."""
    wishes = [sets.get(f"{name}.name") or (sets.get("name") if len(known) == 1 else None) for name in known]
    names = tuple(
        _long_enough(label(wish) if wish else name) for wish, name in zip(wishes, known, strict=True)
    )
    called = [lettered(name) for name in names]
    if len(set(called)) < len(called):
        raise UsageError(
            f"two services would be called {max(called, key=called.count)}", hint="give each its own name"
        )
    return names


def image(name: str, source: Source, sets: Mapping[str, str], *, wish: str | None, several: bool) -> str:
    """The image repository: the wish (several services share it as a prefix), else by the owner of the repository."""
    if wish is None:
        owner = label(answers.plan_wide(sets, "owner") or _github_owner(source) or "", "")
        return f"ghcr.io/{owner}/{name}" if owner else f"{UNKNOWN_REGISTRY}/{name}"
    check_image(wish)
    return f"{wish}/{name}" if several else wish


def check_image(wish: str | None) -> None:
    """Refuse what no registry could name. Raises UsageError."""
    if wish is not None and not _IMAGE.fullmatch(wish):
        raise UsageError(
            f"--image {wish!r} is no image repository",
            hint="such as ghcr.io/acme/shop: lower case, no tag, no scheme",
        )


def _github_owner(source: Source) -> str | None:
    """The owner, but for an address on another forge, whose images lie elsewhere."""
    host = re.match(r"(?:[a-z+]+://)?(?:[^@/]*@)?([\w-]+(?:\.[\w-]+)+)(?::|/)", source.url)
    return None if host and not host[1].endswith("github.com") else source.owner


def _unused(name: str, names: Sequence[str]) -> str:
    tries = (name if number == 1 else f"{name[: _LONGEST - 4].strip('-')}-{number}" for number in count(1))
    return next(one for one in tries if not _is_used(one, names))


def _is_used(name: str, names: Sequence[str]) -> bool:
    """Whether another has the name, or would where `2048` is called `app-2048`."""
    return lettered(_long_enough(name)) in {lettered(_long_enough(one)) for one in names}


def _long_enough(name: str) -> str:
    """Two letters at least: no shorter image repository is taken by Amazon ECR."""
    return name if len(name) > 1 else f"app-{name}"
