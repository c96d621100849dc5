"""What is no application: the kinds of repository that are refused, by which sign, and what would change that.

A kind that `beats` a confidence outweighs language claims below it: a VS Code extension has a package.json, an
Ansible role a requirements.txt for its tests, and neither is a service.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from fops.onboarding.detect.evidence import read_json
from fops.onboarding.detect.files.values import nested
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, WEAK
from fops.onboarding.ports import Tree

_GENERAL = "add a program with a start command and its manifest (package.json, pyproject.toml, go.mod, pom.xml, or an index.html)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of non-application; `beats` is the confidence below which a language's claim gives way."""

    name: str
    instead: str
    sign: Callable[[Tree], bool]
    beats: float = 0.0

    @property
    def reason(self) -> str:
        """One sentence: what it is and what would make it deployable."""
        return f"{self.name}: {self.instead}"


def kind_of(tree: Tree) -> Kind | None:
    """The first kind whose sign is seen, None for anything that may be an application."""
    return next((kind for kind in KINDS if kind.sign(tree)), None)


def unknown(tree: Tree) -> str:
    """The reason where no kind fits either; names what most files are."""
    endings = Counter(path.rpartition(".")[2] for path in tree.files if "." in path.rpartition("/")[2])
    most = ", ".join(f".{ending}" for ending, _ in endings.most_common(3))
    return (
        f"no application found (mostly {most} files): {_GENERAL}"
        if most
        else f"no application found: {_GENERAL}"
    )


def _has(*names: str) -> Callable[[Tree], bool]:
    return lambda tree: bool(set(names) <= set(tree.files))


def _only(pattern: str, *, needed: str = "") -> Callable[[Tree], bool]:
    """Every file that is not about the repository itself matches, and at least one matches what is needed."""

    def sign(tree: Tree) -> bool:
        rest = [path for path in tree.files if not _ABOUT.search(path)]
        return (
            bool(rest)
            and all(re.search(pattern, path) for path in rest)
            and any(re.search(needed, path) for path in rest)
        )

    return sign


def _mostly(pattern: str, *, share: float) -> Callable[[Tree], bool]:
    def sign(tree: Tree) -> bool:
        rest = [path for path in tree.files if not _ABOUT.search(path)]
        return bool(rest) and sum(1 for path in rest if re.search(pattern, path)) >= share * len(rest)

    return sign


_ABOUT = re.compile(
    r"(?i)(?:^|/)(?:readme|license|licence|copying|notice|authors|contributors|contributing|code_of_conduct|security|changelog|"
    r"changes|codeowners|makefile|cname)[^/]*$|(?:^|/)\.git(?:ignore|attributes|keep|modules)$|^\.(?:editorconfig|pre-commit-config\.yaml)$|"
    r"(?:^|/)\.(?:github|gitlab|circleci|keep)(?:/|$)|^\.(?:gitlab-ci|travis)\.yml$"
)


def _is_empty(tree: Tree) -> bool:
    return all(_ABOUT.search(path) for path in tree.files)


def _is_vscode_extension(tree: Tree) -> bool:
    return nested(read_json(tree, "package.json"), "engines", "vscode") is not None


def _is_browser_extension(tree: Tree) -> bool:
    return any(
        nested(read_json(tree, path), "manifest_version") in {2, 3}
        for path in ("manifest.json", "src/manifest.json", "public/manifest.json")
    )


def _is_github_action(tree: Tree) -> bool:
    text = tree.read("action.yml") or tree.read("action.yaml") or ""
    return bool(re.search(r"^runs:", text, re.MULTILINE))


def _is_android(tree: Tree) -> bool:
    builds = [path for path in tree.files if re.search(r"(?:^|^app/)build\.gradle(?:\.kts)?$", path)]
    return any("com.android.application" in (tree.read(path) or "") for path in builds)


def _is_dotfiles(tree: Tree) -> bool:
    wanted = r"^(?:[\w-]+/)?(?:\.(?:bashrc|bash_profile|bash_aliases|zshrc|zprofile|vimrc|tmux\.conf|gitconfig|inputrc|profile|aliases)|init\.(?:vim|lua))$"
    return sum(1 for path in tree.files if re.search(wanted, path)) >= 2


def _is_kubernetes(tree: Tree) -> bool:
    rest = [path for path in tree.files if not _ABOUT.search(path)]
    manifests = all(path.endswith((".yaml", ".yml", ".json")) for path in rest)
    return manifests and any(
        re.search(r"^kind:\s*\w", tree.read(path) or "", re.MULTILINE) for path in rest[:20]
    )


_PUT = "name the folder of an application with --path, or"
_DOCUMENT = r"(?i)\.(?:md|mdx|rst|adoc|txt|tex|pdf|png|jpe?g|gif|svg|webp|drawio|puml|vsdx|docx?|pptx?|bib)$|(?:^|/)(?:docs?|hosts)/Dockerfile[\w.]*$"
_DATA = r"(?i)\.(?:csv|tsv|jsonl|ndjson|parquet|feather|arrow|h5|hdf5|npz?|geojson|shp|xlsx?|sqlite3?|db|zip|gz|xml|json|txt|png|jpe?g)$"

KINDS: tuple[Kind, ...] = (
    Kind(name="an empty repository", instead=_GENERAL, sign=_is_empty, beats=CERTAIN),
    Kind(name="a VS Code extension", instead="it runs inside the editor; a server it needs can be onboarded from its own folder with --path", sign=_is_vscode_extension, beats=2),
    Kind(name="a browser extension", instead="it runs inside the browser; a server it needs can be onboarded from its own folder with --path", sign=_is_browser_extension, beats=2),
    Kind(name="a GitHub Action", instead="it runs inside workflows; add a server entry point to deploy one", sign=_is_github_action, beats=2),
    Kind(name="an Android application", instead="it runs on phones; a server it needs can be onboarded from its own folder with --path", sign=_is_android, beats=2),
    Kind(name="an Ansible role", instead="it configures machines and runs nothing itself; " + _GENERAL, sign=_has("tasks/main.yml", "meta/main.yml"), beats=CERTAIN),
    Kind(name="an Ansible collection", instead="it configures machines and runs nothing itself; " + _GENERAL, sign=_has("galaxy.yml"), beats=CERTAIN),
    Kind(name="a Terraform module", instead="it describes infrastructure and runs nothing itself; " + _GENERAL, sign=_has("main.tf"), beats=STRONG),
    Kind(name="a Terraform configuration", instead="it describes infrastructure and runs nothing itself; " + _GENERAL, sign=_mostly(r"\.(?:tf|tfvars|hcl)$", share=0.6), beats=STRONG),
    Kind(name="a Helm chart", instead=f"it deploys images built elsewhere; {_PUT} of the program whose image it deploys", sign=_has("Chart.yaml"), beats=STRONG),
    Kind(name="a Homebrew tap", instead="it describes packages; " + _GENERAL, sign=_only(r"^(?:Formula|Casks|cmd)/", needed=r"\.rb$"), beats=CERTAIN),
    Kind(name="a dotfiles repository", instead="it configures a person's shell; " + _GENERAL, sign=_is_dotfiles, beats=STRONG),
    Kind(name="a Vim or Neovim plugin", instead="it runs inside the editor; " + _GENERAL, sign=_mostly(r"\.(?:vim|vader)$|^(?:plugin|autoload|ftplugin)/|^doc/[\w-]+\.txt$|^test/", share=0.6), beats=STRONG),
    Kind(name="a Vim or Neovim plugin", instead="it runs inside the editor; " + _GENERAL, sign=_mostly(r"^(?:plugin|autoload|ftplugin|lua)/.*\.(?:vim|lua)$", share=0.5), beats=STRONG),
    Kind(name="an Emacs package", instead="it runs inside the editor; " + _GENERAL, sign=_mostly(r"\.el$", share=0.5), beats=STRONG),
    Kind(name="a documentation book (mdBook)", instead="documentation is not deployed by F-Ops; onboard its built HTML as a static site with --path", sign=_has("book.toml", "src/SUMMARY.md"), beats=STRONG),
    Kind(name="protobuf definitions", instead=f"code is generated from them elsewhere; {_PUT} of a service that implements them", sign=_only(r"\.proto$|buf\.(?:gen\.|work\.)?(?:yaml|lock)$", needed=r"\.proto$"), beats=STRONG),
    Kind(name="a collection of notebooks", instead="notebooks are run by hand; put the model behind a server (FastAPI, Flask, Streamlit) and pin its packages", sign=_mostly(r"\.ipynb$", share=0.5), beats=STRONG),
    Kind(name="Kubernetes manifests", instead=f"they deploy images built elsewhere; {_PUT} of the program whose image they deploy", sign=_is_kubernetes, beats=LIKELY),
    Kind(name="CI workflows and repository settings", instead=_GENERAL, sign=_only(r"(?:^|/)(?:workflows|actions|ISSUE_TEMPLATE)/|TEMPLATE[\w.]*$|dependabot|^\.", needed=r"workflows/|actions/"), beats=WEAK),
    Kind(name="a documentation folder", instead="documentation is not deployed by F-Ops; onboard its built HTML as a static site with --path", sign=_only(_DOCUMENT), beats=STRONG),
    Kind(name="a data set", instead="data is no program; " + _GENERAL, sign=_only(_DATA, needed=r"(?i)\.(?:csv|tsv|jsonl|ndjson|parquet|feather|arrow|h5|hdf5|npz?|geojson|shp|xlsx?|json)$"), beats=WEAK),
    Kind(name="a data set", instead="data is no program; " + _GENERAL, sign=_mostly(r"(?i)\.(?:csv|tsv|jsonl|ndjson|parquet|feather|arrow|h5|hdf5|npz?|geojson|shp)$", share=0.6), beats=LIKELY),
)  # fmt: skip
