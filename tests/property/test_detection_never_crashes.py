"""Detection survives any junk in any manifest, and always says the same of the same."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fops.onboarding.detect import detect
from fops.onboarding.detect.report import findings_json
from fops.onboarding.fetch.tree import MemoryTree

PATHS = (
    "package.json", "package-lock.json", "yarn.lock", "pnpm-workspace.yaml", "lerna.json", "nx.json", "tsconfig.json", ".nvmrc",
    "pyproject.toml", "requirements.txt", "Pipfile", "setup.py", "setup.cfg", "manage.py", "app.py", "runtime.txt", ".python-version",
    "go.mod", "go.work", "main.go", "pom.xml", "build.gradle", "build.gradle.kts", "settings.gradle", "system.properties",
    "index.html", "Staticfile", "hugo.toml", "Dockerfile", "compose.yaml", "Procfile", "fly.toml", "app.json", "app.yaml",
    "render.yaml", "railway.json", "netlify.toml", "vercel.json", ".env.example", "mise.toml", ".tool-versions", "Gemfile",
    "composer.json", "Cargo.toml", "mix.exs", "deno.json", "a.csproj", "global.json", "pubspec.yaml", "server.js", "src/index.ts",
    "api/package.json", "api/go.mod", "apps/web/package.json", "services/a/requirements.txt", "k8s/deployment.yaml",
)  # fmt: skip
KEYS = (
    "name", "scripts", "start", "build", "engines", "node", "dependencies", "devDependencies", "next", "express", "workspaces",
    "packages", "main", "type", "packageManager", "project", "tool", "uv", "poetry", "requires-python", "services", "ports", "build",
    "environment", "depends_on", "image", "env", "addons", "runtime", "entrypoint", "deploy", "http_service", "members", "bin",
)  # fmt: skip

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(KEYS)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
words = st.lists(
    st.sampled_from(
        [
            *KEYS,
            "FROM",
            "EXPOSE",
            "CMD",
            "[",
            "]",
            "{",
            "}",
            "web:",
            "=",
            "\n",
            '"',
            "$PORT",
            "8080",
            "\\",
            "<",
            ">",
        ]
    ),
    max_size=25,
)
texts = values.map(json.dumps) | words.map(" ".join) | st.text(max_size=60) | st.just("")
trees = st.dictionaries(st.sampled_from(PATHS), texts, min_size=1, max_size=7)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees)
def test_any_junk_is_detected_without_a_crash_and_reported_as_json(files):
    findings = detect(MemoryTree(files))
    assert json.loads(json.dumps(findings_json(findings)))["deployable"] is findings.deployable
    assert findings.deployable or findings.reason


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees)
def test_evidence_names_a_line_that_the_file_has(files):
    for app in detect(MemoryTree(files)).apps:
        for fact in app.facts.values():
            text = files.get(fact.file or "") if app.path == "." else None
            assert text is None or fact.line is None or 1 <= fact.line <= max(1, len(text.splitlines()) + 1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees)
def test_the_same_tree_is_detected_the_same(files):
    once, again = (json.dumps(findings_json(detect(MemoryTree(files))), sort_keys=True) for _ in range(2))
    assert once == again
