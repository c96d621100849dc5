import pytest

from fops.onboarding.detect import detect
from fops.onboarding.detect.languages.static import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import LIKELY


def facts(files):
    return settle(".", LANGUAGE.facts(MemoryTree(files)))[0]


@pytest.mark.parametrize(
    ("page", "folder"),
    [("index.html", "."), ("index.htm", "."), ("public/index.html", "public"), ("dist/index.html", "dist")],
)
def test_a_folder_with_an_index_page_is_served_from_there(page, folder):
    app = detect(MemoryTree({page: "<p>", "style.css": ""})).apps[0]
    assert [app.value(name) for name in ("language", "static", "output_folder")] == ["static", True, folder]


def test_an_index_page_at_the_top_claims_more_than_one_in_a_folder():
    top, below = (LANGUAGE.claim(MemoryTree({path: ""})) for path in ("index.html", "public/index.html"))
    assert top.confidence == LIKELY > below.confidence


def test_a_staticfile_names_the_folder_to_serve():
    fact = facts({"Staticfile": "directory: visible\nroot: site\n", "index.html": ""})["output_folder"]
    assert (fact.value, fact.file, fact.line) == ("site", "Staticfile", 2)


def test_a_staticfile_without_a_root_serves_the_top():
    assert facts({"Staticfile": ""})["output_folder"].value == "."


def test_pages_beside_an_application_are_its_templates():
    files = {
        "index.html": "",
        "package.json": '{"dependencies": {"express": "4"}}',
        "server.js": "app.listen(80)",
    }
    assert detect(MemoryTree(files)).apps[0].value("language") == "node"


def test_a_folder_without_a_page_is_not_claimed():
    assert LANGUAGE.claim(MemoryTree({"style.css": "", "about.html": ""})) is None


def test_a_page_that_loads_what_only_a_bundler_understands_is_not_served_as_it_is():
    page = '<div id="root"></div><script type="module" src="/src/main.tsx"></script>'
    assert LANGUAGE.claim(MemoryTree({"index.html": page, "src/main.tsx": ""})) is None


def test_a_page_whose_styles_a_script_builds_is_built():
    manifest = (
        '{"scripts": {"build": "tailwindcss -o dist/app.css"}, "devDependencies": {"tailwindcss": "3"}}'
    )
    app = detect(MemoryTree({"index.html": "<p>", "package.json": manifest})).apps[0]
    assert [app.value(name) for name in ("static", "build_command", "output_folder")] == [
        True,
        "npm run build",
        ".",
    ]
