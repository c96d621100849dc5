"""The table of kinds: sign, confidence it outweighs, and what to do instead. The first that fits is told."""

from __future__ import annotations

from fops.onboarding.detect.refuse import signs
from fops.onboarding.detect.refuse.kind import Kind, Sign
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, WEAK

ADD_A_PROGRAM = "add a program with a start command and its manifest (package.json, pyproject.toml, go.mod, pom.xml, or an index.html)"
_ELSEWHERE = "a server it needs can be onboarded from its own folder with --path"
_CONFIGURES = f"it configures machines and runs nothing itself; {ADD_A_PROGRAM}"
_DESCRIBES = f"it describes infrastructure and runs nothing itself; {ADD_A_PROGRAM}"
_EDITOR = f"it runs inside the editor; {ADD_A_PROGRAM}"
_IMAGES = (
    "it deploys images built elsewhere; name the folder of the program whose image it deploys with --path"
)
_DOCUMENTATION = "documentation is not deployed by F-Ops; onboard its built HTML as a static site with --path"
_DATA_IS = f"data is no program; {ADD_A_PROGRAM}"

_DOCUMENT = (
    r"(?i)\.(?:md|mdx|rst|adoc|txt|tex|pdf|png|jpe?g|gif|svg|webp|drawio|puml|vsdx|docx?|pptx?|bib)$|"
    r"(?:^|/)(?:docs?|hosts)/Dockerfile[\w.]*$"
)
_NO_MANIFEST = r"^(?!(?:requirements|constraints|runtime|CMakeLists)[^/]*\.txt$)"  # text that a tool reads
_DATA = r"(?i)\.(?:csv|tsv|jsonl|ndjson|parquet|feather|arrow|h5|hdf5|npz?|geojson|shp)$"
_DATA_OR_NEAR = r"(?i)\.(?:csv|tsv|jsonl|ndjson|parquet|feather|arrow|h5|hdf5|npz?|geojson|shp|xlsx?|json|sqlite3?|db|zip|gz|xml|txt|png|jpe?g)$"
_JSON_DATA = r"(?:^|/)(?!package|tsconfig|composer|deno|settings|extensions|launch|turbo|nx)[\w-]+\.json$"
_VIM = r"\.(?:vim|vader)$|^(?:plugin|autoload|ftplugin)/|^doc/[\w-]+\.txt$|^test/"

ALWAYS = 2.0  # above every confidence


def _kind(name: str, instead: str, sign: Sign, beats: float) -> Kind:
    return Kind(name=name, instead=instead, sign=sign, beats=beats)


KINDS: tuple[Kind, ...] = (
    _kind("an empty repository", ADD_A_PROGRAM, signs.is_empty, CERTAIN),
    _kind(
        "a VS Code extension", f"it runs inside the editor; {_ELSEWHERE}", signs.is_vscode_extension, ALWAYS
    ),
    _kind(
        "a browser extension", f"it runs inside the browser; {_ELSEWHERE}", signs.is_browser_extension, ALWAYS
    ),
    _kind(
        "a GitHub Action",
        "it runs inside workflows; add a server to deploy one",
        signs.is_github_action,
        ALWAYS,
    ),
    _kind("functions for Firebase", f"Firebase runs them; {_ELSEWHERE}", signs.is_firebase_functions, ALWAYS),
    _kind("a desktop application", f"it runs on its users' machines; {_ELSEWHERE}", signs.is_desktop, ALWAYS),
    _kind("an Android application", f"it runs on phones; {_ELSEWHERE}", signs.is_android, ALWAYS),
    _kind(
        "an iOS or macOS application", f"it runs on its users' devices; {_ELSEWHERE}", signs.is_apple, STRONG
    ),
    _kind(
        "a Unity project",
        f"it runs on players' machines; {_ELSEWHERE}",
        signs.has("ProjectSettings/ProjectVersion.txt"),
        ALWAYS,
    ),
    _kind(
        "a WordPress plugin or theme",
        "it runs inside WordPress; onboard that instead",
        signs.is_wordpress_part,
        ALWAYS,
    ),
    _kind("a Puppet module", _CONFIGURES, signs.has("metadata.json", "manifests/init.pp"), ALWAYS),
    _kind("a Chef cookbook", _CONFIGURES, signs.has("metadata.rb", "recipes/default.rb"), ALWAYS),
    _kind("an Ansible role", _CONFIGURES, signs.has("tasks/main.yml", "meta/main.yml"), CERTAIN),
    _kind("an Ansible collection", _CONFIGURES, signs.has("galaxy.yml"), CERTAIN),
    _kind("a Terraform module", _DESCRIBES, signs.has("main.tf"), STRONG),
    _kind("a Terraform configuration", _DESCRIBES, signs.mostly(r"\.(?:tf|tfvars|hcl)$", share=0.6), STRONG),
    _kind("a Helm chart", _IMAGES, signs.has("Chart.yaml"), STRONG),
    _kind(
        "a Homebrew tap",
        f"it describes packages; {ADD_A_PROGRAM}",
        signs.only(r"^(?:Formula|Casks|cmd)/", needed=r"\.rb$"),
        CERTAIN,
    ),
    _kind(
        "a dotfiles repository", f"it configures a person's shell; {ADD_A_PROGRAM}", signs.is_dotfiles, STRONG
    ),
    _kind(
        "a Vim or Neovim plugin", _EDITOR, signs.mostly(_VIM, share=0.6, needed=r"\.(?:vim|vader)$"), STRONG
    ),
    _kind(
        "a Vim or Neovim plugin",
        _EDITOR,
        signs.mostly(r"^(?:plugin|autoload|ftplugin|lua)/.*\.(?:vim|lua)$", share=0.5),
        STRONG,
    ),
    _kind("an Emacs package", _EDITOR, signs.mostly(r"\.el$", share=0.5), STRONG),
    _kind("a documentation book (mdBook)", _DOCUMENTATION, signs.has("book.toml", "src/SUMMARY.md"), STRONG),
    _kind(
        "protobuf definitions",
        "code is generated from them elsewhere; name the folder of a service that implements them with --path",
        signs.only(r"\.proto$|buf\.(?:gen\.|work\.)?(?:yaml|lock)$", needed=r"\.proto$"),
        STRONG,
    ),
    _kind(
        "a collection of notebooks",
        "notebooks are run by hand; put the model behind a server (FastAPI, Flask, Streamlit) and pin its packages",
        signs.mostly(r"\.ipynb$", share=0.5),
        CERTAIN,
    ),
    _kind("Kubernetes manifests", _IMAGES, signs.is_kubernetes, LIKELY),
    _kind(
        "CI workflows and repository settings",
        ADD_A_PROGRAM,
        signs.only(
            r"(?:^|/)(?:workflows|actions|ISSUE_TEMPLATE)/|TEMPLATE[\w.]*$|dependabot|^\.",
            needed=r"workflows/|actions/",
        ),
        WEAK,
    ),
    _kind("a documentation folder", _DOCUMENTATION, signs.only(_DOCUMENT, needed=_NO_MANIFEST), STRONG),
    _kind("a data set", _DATA_IS, signs.only(_DATA_OR_NEAR, needed=rf"{_DATA}|\.xlsx?$|{_JSON_DATA}"), WEAK),
    _kind("a data set", _DATA_IS, signs.mostly(_DATA, share=0.6), LIKELY),
)
