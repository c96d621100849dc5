"""Planning refuses or plans, whatever a repository holds; the same gives the same, and all of it is JSON."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.plans import a_source
from fops.kernel.errors import NotDeployable
from fops.onboarding.detect import detect
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.generate.artifacts import generate
from fops.onboarding.model import Target
from fops.onboarding.plan import Options, plan, plan_digest, plan_json
from fops.onboarding.plan.names import label

words = st.text(max_size=12) | st.sampled_from(
    ['a"; rm -rf', "$(id)", "a\nb", "../..", "\u202e", "\ud800", "`x`", "{{ x }}"]
)
names = st.sampled_from(
    ["app.py", "server.js", "main.go", "index.html", "README.md", "apps/a/server.js", "template.yaml"]
)


@st.composite
def manifests(draw):
    files = {name: draw(words) for name in draw(st.sets(names, max_size=4))}
    scripts = {"start": draw(words), "build": draw(words)}
    package = {
        "name": draw(words),
        "scripts": scripts,
        "dependencies": {"express": draw(words)},
        "engines": {"node": draw(words)},
    }
    choice = draw(st.sampled_from(["package.json", "apps/a/package.json", "requirements.txt", "go.mod"]))
    texts = {
        "requirements.txt": f"flask\n{draw(words)}",
        "go.mod": f"module {draw(words)}\n\ngo {draw(words)}\n",
    }
    files[choice] = texts.get(choice) or json.dumps(package)
    files["Procfile"] = f"web: {draw(words)}\n{draw(words)}: x {draw(words)}\n"
    files[".env.example"] = "\n".join(f"{draw(words)}={draw(words)}" for _ in range(3))
    return files


def planned(files, **options):
    tree = MemoryTree(files)
    try:
        return plan(
            a_source(name=tree.read("README.md") or "shop"), tree, detect(tree), Options(**options)
        ).plan
    except NotDeployable:
        return None


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(manifests(), st.sampled_from([None, *Target]))
def test_any_repository_is_planned_or_refused_and_the_same_twice(files, target):
    once, again = (planned(files, target=target) for _ in range(2))
    assert once == again
    if once is not None:
        document = plan_json(once)
        assert json.loads(json.dumps(document)) == document
        assert plan_digest(once) == plan_digest(again)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(manifests())
def test_any_plan_becomes_files_of_names_that_are_taken_once(files):
    made = planned(files)
    paths = [artifact.path for artifact in generate(made)] if made else []
    assert len(set(paths)) == len(paths)
    assert all(artifact.text.encode() for artifact in (generate(made) if made else ()))


@given(st.text(max_size=200))
def test_any_text_has_a_label(text):
    assert len(label(text)) <= 50
    assert label(label(text)) == label(text)
