"""Rules of detect/languages/node/built/adapters.py: a build for one platform has no server that Node starts."""

import json

import pytest

from fops.onboarding.detect import detect
from fops.onboarding.fetch.tree import MemoryTree


def app(package, config, *, scripts=None, file="svelte.config.js"):
    manifest = {"scripts": {"build": "vite build", **(scripts or {})}, "dependencies": {package: "1"}}  # fmt: skip
    findings = detect(MemoryTree({"package.json": json.dumps(manifest), file: config}))
    return findings.apps[0], findings.notes


@pytest.mark.parametrize(
    ("package", "file", "config", "platform"),
    [
        ("@sveltejs/kit", "svelte.config.js", "import adapter from '@sveltejs/adapter-vercel';", "vercel"),
        ("@sveltejs/kit", "svelte.config.js", "import a from '@sveltejs/adapter-cloudflare-workers'", "cloudflare"),
        ("@sveltejs/kit", "svelte.config.js", 'import a from "svelte-adapter-azure-swa"', "azure"),
        ("astro", "astro.config.mjs", "import netlify from '@astrojs/netlify'\nx = {adapter: netlify()}", "netlify"),
        ("astro", "astro.config.ts", "import v from '@astrojs/vercel/serverless'\nx = {adapter: v()}", "vercel"),
        ("nuxt", "nuxt.config.ts", "export default {nitro: {preset: 'cloudflare-pages'}}", "cloudflare"),
        ("@solidjs/start", "app.config.ts", "export default defineConfig({server: {preset: 'netlify'}})", "netlify"),
        ("@tanstack/react-start", "vite.config.ts", "import {cloudflare} from '@cloudflare/vite-plugin'", "cloudflare"),
        ("@react-router/dev", "vite.config.ts", "import {cloudflare} from '@cloudflare/vite-plugin'", "cloudflare"),
        ("@remix-run/dev", "vite.config.ts", "import {x} from '@remix-run/cloudflare'", "cloudflare"),
    ],
)  # fmt: skip
def test_a_framework_built_for_a_platform_has_no_start_command_and_says_why(package, file, config, platform):
    found, notes = app(package, config, file=file)
    assert found.value("start_command") is None
    assert found.value("built_for")["platform"] == platform
    assert [note for note in notes if note.startswith(f"{file}:1 builds for {platform}")]


@pytest.mark.parametrize(
    ("package", "file", "config", "start"),
    [
        ("@sveltejs/kit", "svelte.config.js", "import a from '@sveltejs/adapter-node'", "node build"),
        ("@sveltejs/kit", "svelte.config.js", "import a from '@sveltejs/adapter-auto'", "node build"),
        ("@sveltejs/kit", "svelte.config.js", "// import a from '@sveltejs/adapter-vercel'", "node build"),
        ("@sveltejs/kit", "svelte.config.js", "import a from '@sveltejs/adapter-vercel'\nimport b from '@sveltejs/adapter-node'", "node build"),
        ("astro", "astro.config.mjs", "import n from '@astrojs/node'\nx = {adapter: n()}", "node ./dist/server/entry.mjs"),
        ("nuxt", "nuxt.config.ts", "export default {nitro: {preset: 'node-server'}}", "node .output/server/index.mjs"),
        ("nuxt", "nuxt.config.ts", "export default {primevue: {preset: 'Aura'}}", "node .output/server/index.mjs"),
        ("@remix-run/dev", "vite.config.ts", "import {vercelPreset} from '@vercel/remix/vite'", "npx remix-serve build/server/index.js"),
    ],
)  # fmt: skip
def test_a_framework_built_for_node_is_started_as_it_documents(package, file, config, start):
    found, notes = app(package, config, file=file)
    assert (found.value("start_command"), notes) == (start, ())


def test_a_start_script_of_its_own_is_believed():
    found, notes = app("@sveltejs/kit", "import a from '@sveltejs/adapter-vercel'", scripts={"start": "node server.js"})  # fmt: skip
    assert (found.value("start_command"), notes) == ("npm start", ())


@pytest.mark.parametrize("start", ["astro dev", "astro preview"])
def test_a_start_script_of_the_framework_starts_nothing_that_a_platforms_build_leaves(start):
    config = "import v from '@astrojs/vercel'\nx = {adapter: v()}"
    found, notes = app("astro", config, file="astro.config.mjs", scripts={"start": start})
    assert (found.value("start_command"), len(notes)) == (None, 1)


def test_a_start_script_for_what_the_framework_builds_for_node_is_kept_and_doubted():
    config = "export default {server: {preset: 'vercel'}}"
    found, notes = app("@solidjs/start", config, file="app.config.ts", scripts={"start": "vinxi start"})
    assert (found.value("start_command"), len(notes)) == ("npm start", 1)
