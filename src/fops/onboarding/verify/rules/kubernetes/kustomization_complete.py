"""What a kustomization names exists, every manifest is named by one, and a patch has something to patch.

Pass: `resources: [deployment.yaml]` beside that file. Fail: `resources: [hpa.yaml]` without such a file; a Service that
no kustomization lists, so that it is never applied; a patch for a Deployment of another name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fops.kernel.errors import FopsError
from fops.kernel.formats import load_yaml
from fops.onboarding.verify.bundle import Bundle, File, beside, dig, is_kustomization, items, numbered
from fops.onboarding.verify.finding import Finding, Rule
from fops.onboarding.verify.manifests import holds, manifests

_HOLDS_OBJECTS = holds()


def _takes(file: File) -> bool:
    return is_kustomization(file) or file.patch or _HOLDS_OBJECTS(file)


def _find(bundle: Bundle) -> Iterator[Finding]:
    listed = set()
    for file in bundle.files:
        for path, place in _named(file):
            listed.add(path)
            if not _exists(bundle, path):
                yield Finding(file.path, f"names {path}, which does not exist", file.line(place))
        yield from _aimless(bundle, file)
    if any(is_kustomization(file) for file in bundle.files):
        yield from (
            Finding(file.path, "no kustomization lists it, so it is never applied")
            for file in bundle.files
            if _HOLDS_OBJECTS(file) and file.place not in listed
        )


def _named(file: File) -> Iterator[tuple[str, str]]:
    """Path from the top and place in the file of everything a kustomization names."""
    for document in file.documents if is_kustomization(file) else ():
        for field in ("resources", "components"):
            for index, name in enumerate(items(dig(document, field))):
                yield beside(file, str(name)), f"{field}.{index}"
        for index, patch in numbered(dig(document, "patches")):
            if patch.get("path"):
                yield beside(file, str(patch["path"])), f"patches.{index}"


def _exists(bundle: Bundle, path: str) -> bool:
    return bundle.has(path) or bundle.has(f"{path}/kustomization.yaml")


def _aimless(bundle: Bundle, file: File) -> Iterator[Finding]:
    if not is_kustomization(file):
        return
    known = {str(item) for item in manifests(bundle)}
    for document in file.documents:
        for index, patch in numbered(dig(document, "patches")):
            kind, name = _target(bundle, file, patch)
            if kind and name and f"{kind}/{name}" not in known:
                says = f"patches {kind}/{name}, which is not among these manifests"
                yield Finding(file.path, says, file.line(f"patches.{index}"))


def _target(bundle: Bundle, file: File, patch: Any) -> tuple[Any, Any]:
    """Kind and name a patch is for: as its target says, else as the partial object in it."""
    if patch.get("target"):
        return dig(patch, "target", "kind"), dig(patch, "target", "name")
    part = _part(bundle, file, patch)
    return dig(part, "kind"), dig(part, "metadata", "name")


def _part(bundle: Bundle, file: File, patch: Any) -> Any:
    if patch.get("path"):
        path = beside(file, str(patch["path"]))
        return next(
            (document for other in bundle.files if other.place == path for document in other.documents), None
        )
    try:
        return load_yaml(str(patch.get("patch") or ""), name="the patch")
    except FopsError:
        return None


RULE = Rule("kustomization-complete", _takes, _find)
