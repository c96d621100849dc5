"""Meta frameworks set up for one platform: their build leaves functions for it, and no server that Node could start.

From each framework's documentation of its adapters or presets. Next is not here: its build is the same everywhere, nor
are Vercel's presets for Remix and React Router, which do nothing on another machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fops.onboarding.detect.evidence import matching
from fops.onboarding.detect.languages.code import code_hits
from fops.onboarding.detect.languages.node.frameworks import Framework
from fops.onboarding.model import CERTAIN, Fact
from fops.onboarding.ports import Tree

_PLATFORMS = r"vercel|netlify|cloudflare|aws|azure|firebase|deno|edgio|stormkit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """Where a framework names its platform, by which words (the group is the platform), and what makes a server instead."""

    files: tuple[str, ...]
    elsewhere: str
    instead: str
    node: str = r"(?!)"


_NITRO = (
    rf"\b(?:preset|target)\s*:\s*['\"]({_PLATFORMS})[\w-]*['\"]|from\s+['\"]@(cloudflare)/vite-plugin['\"]"
)
ADAPTERS: Mapping[str, Adapters] = {
    "sveltekit": Adapters(
        files=("svelte.config.*",),
        elsewhere=rf"['\"](?:[@\w-]+/)?(?:svelte(?:kit)?-)?adapter-({_PLATFORMS})[\w-]*['\"]",
        node=r"adapter-(?:node|auto|static)\b",
        instead="@sveltejs/adapter-node",
    ),
    "astro": Adapters(
        files=("astro.config.*",),
        elsewhere=rf"['\"]@astrojs/({_PLATFORMS})(?:/\w+)?['\"]|['\"]@(deno)/astro-adapter['\"]",
        node=r"@astrojs/node\b",
        instead="@astrojs/node",
    ),
    "nuxt": Adapters(files=("nuxt.config.*",), elsewhere=_NITRO, instead="the preset node-server"),
    "nitro": Adapters(files=("nitro.config.*", "vite.config.*"), elsewhere=_NITRO, instead="the preset node-server"),
    "solidstart": Adapters(
        files=("app.config.*", "vite.config.*"), elsewhere=_NITRO, instead="the preset node-server"
    ),
    "tanstack-start": Adapters(
        files=("app.config.*", "vite.config.*"),
        elsewhere=rf"{_NITRO}|from\s+['\"]@(netlify)/vite-plugin[\w-]*['\"]",
        instead="Nitro's preset node-server",
    ),
    "react-router": Adapters(
        files=("vite.config.*",),
        elsewhere=r"from\s+['\"]@(cloudflare|netlify)/vite-plugin[\w-]*['\"]|from\s+['\"]@react-router/dev/vite/(cloudflare)['\"]",
        instead="@react-router/serve",
    ),
    "remix": Adapters(
        files=("vite.config.*", "remix.config.*", "package.json"),
        elsewhere=rf"['\"]@remix-run/({_PLATFORMS}|architect)[\w-]*['\"]|from\s+['\"]@(netlify)/remix-adapter[\w/-]*['\"]",
        node=r"@remix-run/(?:serve|express)\b",
        instead="@remix-run/serve",
    ),
}  # fmt: skip


def built_for(tree: Tree, framework: Framework | None) -> Iterator[Fact]:
    """The fact `built_for`: the platform, and what would make a server that Node starts."""
    known = ADAPTERS.get(framework.name) if framework else None
    if known is None:
        return
    paths = matching(tree, *known.files)
    hit = next(code_hits(tree, re.compile(known.elsewhere), paths), None)
    if hit and next(code_hits(tree, re.compile(known.node), paths), None) is None:
        platform = next(group for group in hit.match.groups() if group)
        yield Fact(
            name="built_for",
            value={"platform": platform, "instead": known.instead},
            rule=f"node.built-for.{framework.name if framework else ''}",
            confidence=CERTAIN,
            file=hit.file,
            line=hit.line,
        )
