"""Static: a folder of pages, served as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.detect.evidence import Claim
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, WEAK, Fact
from fops.onboarding.ports import Tree

_PAGES = (
    "index.html",
    "index.htm",
    "public/index.html",
    "dist/index.html",
    "www/index.html",
    "site/index.html",
    "html/index.html",
    "src/index.html",
)
# A page that loads what only a bundler understands is not served as it is.
_SOURCE = re.compile(
    r"<script\b[^>]{0,500}?\bsrc=[\"']?[^\"'\s>]{1,500}\.(?:tsx?|jsx|vue|svelte)\b", re.IGNORECASE
)
_STATICFILE = "Staticfile"  # of the static buildpacks: names the folder in `root:`


class Static:
    """Plain pages."""

    name = "static"

    def claim(self, tree: Tree) -> Claim | None:
        """An index page, or a Staticfile."""
        if tree.size(_STATICFILE) is not None:
            return Claim(confidence=STRONG, rule="static.claim.staticfile", file=_STATICFILE, line=1)
        page = _page(tree)
        if page is None:
            return None
        confidence = LIKELY if "/" not in page else WEAK + 0.1
        return Claim(confidence=confidence, rule="static.claim.index-page", file=page, line=1)

    def facts(self, tree: Tree) -> Iterator[Fact]:
        """That only files are served, and from where."""
        page = _page(tree)
        folder, rule, file = (
            (page.rpartition("/")[0] or ".", "static.index-page", page)
            if page
            else (".", "static.staticfile", _STATICFILE)
        )
        for number, text in enumerate((tree.read(_STATICFILE) or "").splitlines(), start=1):
            name, _, value = text.partition(":")
            if name.strip() == "root" and value.strip():
                yield Fact(
                    name="output_folder",
                    value=value.strip(),
                    rule="static.staticfile.root",
                    confidence=CERTAIN,
                    file=_STATICFILE,
                    line=number,
                )
        yield Fact(name="static", value=True, rule=rule, confidence=CERTAIN, file=file, line=1)
        yield Fact(name="output_folder", value=folder, rule=rule, confidence=STRONG, file=file, line=1)


LANGUAGE = Static()


def _page(tree: Tree) -> str | None:
    found = next((page for page in _PAGES if tree.size(page) is not None), None)
    return None if found and _SOURCE.search(tree.read(found) or "") else found
