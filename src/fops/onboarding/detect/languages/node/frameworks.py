"""Frameworks by their packages, with how each builds and starts. From each project's own documentation.

Order matters: a meta framework stands before the tool it is built on, a server framework before a build tool.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fops.onboarding.detect.languages.node.manifest import Manifest
from fops.onboarding.ports import Tree

Kind = Literal["server", "meta", "site", "bundler"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A framework as its packages show it.

    `kind`: a server library, a meta framework with a server of its own, a site generator (files only), or a bundler
    (files, unless a server stands beside it). `build` and `start` are the commands where no script says so; `output` the
    folder a static build writes; `port` the documented default.
    """

    name: str
    packages: tuple[str, ...]
    kind: Kind
    build: str = ""
    start: str = ""
    output: str = "dist"
    port: int | None = None


def _of(name: str, packages: str, kind: Kind, **more: str | int) -> Framework:
    return Framework(name=name, packages=tuple(packages.split()), kind=kind, **more)  # type: ignore[arg-type]


FRAMEWORKS: tuple[Framework, ...] = (
    _of("blitz", "blitz @blitzjs/next", "meta", build="blitz build", start="blitz start", port=3000),
    _of("redwood", "@redwoodjs/core @redwoodjs/api @redwoodjs/web rwsdk", "meta", build="rw build", start="rw serve", output="web/dist", port=8910),
    _of("next", "next", "meta", build="next build", start="next start", output="out", port=3000),
    _of("nuxt", "nuxt nuxt3 nuxt-edge", "meta", build="nuxt build", start="node .output/server/index.mjs", output=".output/public", port=3000),
    _of("hydrogen", "@shopify/hydrogen", "meta", build="shopify hydrogen build", start="shopify hydrogen preview", port=3000),
    _of("react-router", "@react-router/node @react-router/serve @react-router/dev", "meta", build="react-router build",
        start="react-router-serve ./build/server/index.js", output="build/client", port=3000),
    _of("remix", "@remix-run/node @remix-run/serve @remix-run/dev @remix-run/express remix", "meta", build="remix vite:build",
        start="remix-serve build/server/index.js", output="build/client", port=3000),
    _of("tanstack-start", "@tanstack/react-start @tanstack/solid-start @tanstack/start", "meta", build="vite build",
        start="node .output/server/index.mjs", output=".output/public", port=3000),
    _of("solidstart", "@solidjs/start solid-start", "meta", build="vinxi build", start="node .output/server/index.mjs",
        output=".output/public", port=3000),
    _of("sveltekit", "@sveltejs/kit", "meta", build="vite build", start="node build", output="build", port=3000),
    _of("sapper", "sapper", "meta", build="sapper build", start="node __sapper__/build", output="__sapper__/export", port=3000),
    _of("astro", "astro", "site", build="astro build", start="node ./dist/server/entry.mjs", port=4321),
    _of("gatsby", "gatsby", "site", build="gatsby build", output="public", port=9000),
    _of("docusaurus", "@docusaurus/core docusaurus", "site", build="docusaurus build", output="build", port=3000),
    _of("vitepress", "vitepress", "site", build="vitepress build"),
    _of("vuepress", "vuepress", "site", build="vuepress build"),
    _of("eleventy", "@11ty/eleventy", "site", build="eleventy", output="_site"),
    _of("hexo", "hexo", "site", build="hexo generate", output="public"),
    _of("mastra", "mastra @mastra/core", "meta", build="mastra build", start="node .mastra/output/index.mjs", port=4111),
    _of("xmcp", "xmcp", "meta", build="xmcp build", start="node dist/http.js", port=3001),
    _of("strapi", "@strapi/strapi strapi", "meta", build="strapi build", start="strapi start", port=1337),
    _of("angular", "@angular/ssr @nguniversal/express-engine", "meta", build="ng build", port=4000),
    _of("nestjs", "@nestjs/core", "server", build="nest build", start="node dist/main", port=3000),
    _of("expo", "expo", "bundler", build="expo export --platform web", port=8081),
    _of("ionic", "@ionic/angular @ionic/react @ionic/vue @ionic/core", "bundler", build="ionic build", output="www"),
    _of("angular", "@angular/core", "bundler", build="ng build", port=4200),
    _of("ember", "ember-source ember-cli", "bundler", build="ember build --environment production", port=4200),
    _of("umi", "umi @umijs/max", "bundler", build="umi build", port=8000),
    _of("stencil", "@stencil/core", "bundler", build="stencil build", output="www"),
    _of("polymer", "polymer-cli @polymer/polymer", "bundler", build="polymer build", output="build/default"),
    _of("sanity", "sanity @sanity/cli", "bundler", build="sanity build", port=3333),
    _of("create-react-app", "react-scripts", "bundler", build="react-scripts build", output="build", port=3000),
    _of("vue-cli", "@vue/cli-service", "bundler", build="vue-cli-service build", port=8080),
    _of("express", "express", "server", port=3000),
    _of("fastify", "fastify", "server", port=3000),
    _of("koa", "koa", "server", port=3000),
    _of("hono", "hono", "server", port=3000),
    _of("elysia", "elysia", "server", port=3000),
    _of("nitro", "nitropack nitro", "meta", build="nitro build", start="node .output/server/index.mjs", port=3000),
    _of("h3", "h3", "server", port=3000),
    _of("hapi", "@hapi/hapi hapi", "server", port=3000),
    _of("restify", "restify", "server", port=8080),
    _of("polka", "polka", "server", port=3000),
    _of("feathers", "@feathersjs/feathers", "server", port=3030),
    _of("adonis", "@adonisjs/core", "server", build="node ace build", start="node build/bin/server.js", port=3333),
    _of("sails", "sails", "server", port=1337),
    _of("meteor", "meteor-node-stubs", "meta", port=3000),
    _of("socket.io", "socket.io", "server", port=3000),
    _of("apollo", "@apollo/server apollo-server", "server", port=4000),
    _of("vite", "vite", "bundler", build="vite build", port=5173),
    _of("preact", "preact-cli", "bundler", build="preact build", output="build", port=8080),
    _of("parcel", "parcel parcel-bundler", "bundler", build="parcel build", port=1234),
    _of("brunch", "brunch", "bundler", build="brunch build --production", output="public"),
    _of("webpack", "webpack", "bundler", build="webpack --mode production"),
    _of("rsbuild", "@rsbuild/core", "bundler", build="rsbuild build", port=3000),
    _of("rollup", "rollup", "bundler", build="rollup -c"),
    _of("esbuild", "esbuild", "bundler"),
)  # fmt: skip
APPLICATION_KINDS = frozenset({"server", "meta", "site"})


def pages_folder(tree: Tree, framework: Framework) -> str | None:
    """`docs` of `docs/.vitepress`: the folder whose pages VitePress or VuePress builds; None for other frameworks."""
    if framework.name not in {"vitepress", "vuepress"}:
        return None
    own = f".{framework.name}/"
    inside = (path for path in tree.files if path.startswith(own) or f"/{own}" in path)
    return next((path.partition(own)[0].rstrip("/") or "." for path in inside), "docs")


def frameworks(manifest: Manifest) -> tuple[tuple[Framework, str], ...]:
    """Every framework the manifest names, weightiest first, with the package that says so.

    A framework among the runtime dependencies outranks the same kind among development tools; a server library that is
    only a development dependency serves tests.
    """
    found: dict[str, tuple[Framework, str]] = {}
    for one in FRAMEWORKS:
        for package in one.packages:
            if manifest.has(package):
                found.setdefault(one.name, (one, package))
    return tuple(
        pair
        for pair in found.values()
        if pair[0].kind != "server" or pair[1] in manifest.runtime or not manifest.runtime
    )
