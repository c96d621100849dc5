"""How a kind of non-application is seen: by files it must have, by what all or most files are, or by one's content."""

from __future__ import annotations

import re
from functools import lru_cache

from fops.onboarding.detect.evidence import read_json
from fops.onboarding.detect.files.values import nested
from fops.onboarding.detect.refuse.kind import Sign
from fops.onboarding.ports import Tree

_ABOUT = re.compile(
    r"(?i)(?:^|/)(?:readme|licen[sc]e|copying|notice|authors|contribut(?:ors|ing)|code_of_conduct|security|changelog|changes|"
    r"codeowners|makefile|cname)[^/]*$|(?:^|/)\.git(?:ignore|attributes|keep|modules)$|^\.(?:editorconfig|pre-commit-config\.yaml)$|"
    r"(?:^|/)\.(?:github|gitlab|circleci|keep)(?:/|$)|^\.(?:gitlab-ci|travis)\.yml$"
)
_DOTFILE = re.compile(
    r"^(?:[\w-]+/)?(?:\.(?:bashrc|bash_profile|bash_aliases|zshrc|zprofile|vimrc|tmux\.conf|gitconfig|inputrc|profile|aliases)|"
    r"init\.(?:vim|lua))$"
)


@lru_cache(maxsize=4)
def _rest(files: tuple[str, ...]) -> tuple[str, ...]:
    """The files that are not about the repository itself; kept, since every kind asks about the same folder."""
    return tuple(path for path in files if not _ABOUT.search(path))


def has(*names: str) -> Sign:
    """All of these files are there."""
    return lambda tree: set(names) <= set(tree.files)


def only(pattern: str, *, needed: str = "") -> Sign:
    """Every file that is not about the repository itself matches, and at least one matches what is needed."""
    wanted, must = re.compile(pattern), re.compile(needed)

    def sign(tree: Tree) -> bool:
        rest = _rest(tree.files)
        return bool(rest) and all(map(wanted.search, rest)) and any(map(must.search, rest))

    return sign


def mostly(pattern: str, *, share: float, needed: str = "") -> Sign:
    """At least this share (0 to 1) of the files not about the repository itself matches, and one what is needed."""
    wanted, must = re.compile(pattern), re.compile(needed)

    def sign(tree: Tree) -> bool:
        rest = _rest(tree.files)
        matching = sum(1 for path in rest if wanted.search(path))
        return bool(rest) and matching >= share * len(rest) and any(map(must.search, rest))

    return sign


def is_empty(tree: Tree) -> bool:
    """Nothing but readme, licence and settings of the repository itself."""
    return not _rest(tree.files)


def is_vscode_extension(tree: Tree) -> bool:
    """code.visualstudio.com, "Extension Manifest": `engines.vscode` is required."""
    return nested(read_json(tree, "package.json"), "engines", "vscode") is not None


def is_browser_extension(tree: Tree) -> bool:
    """developer.chrome.com, "Manifest file format": `manifest_version` is required."""
    paths = ("manifest.json", "src/manifest.json", "public/manifest.json")
    return any(nested(read_json(tree, path), "manifest_version") in {2, 3} for path in paths)


def is_desktop(tree: Tree) -> bool:
    """electronjs.org, "Tutorial": the package, started by its own program or by Electron Forge or electron-vite."""
    manifest = read_json(tree, "package.json")
    packages = (nested(manifest, section, "electron") for section in ("dependencies", "devDependencies"))
    scripts = (nested(manifest, "scripts", name) for name in ("start", "dev"))
    return any(packages) and any(
        re.search(r"\belectron(?:-forge|-vite)?\s", f"{script} ") for script in scripts
    )


def is_firebase_functions(tree: Tree) -> bool:
    """firebase.google.com, "Get started: write, test, and deploy your first functions": the package and its scripts."""
    manifest = read_json(tree, "package.json")
    scripts = nested(manifest, "scripts")
    texts = " ".join(map(str, scripts.values())) if isinstance(scripts, dict) else ""
    called = re.search(
        r"\bfirebase\s+(?:functions:|(?:deploy|emulators:start|serve)\s+--only\s+functions)", texts
    )
    return called is not None and nested(manifest, "dependencies", "firebase-functions") is not None


def is_github_action(tree: Tree) -> bool:
    """docs.github.com, "Metadata syntax for GitHub Actions": `runs` is required."""
    text = tree.read("action.yml") or tree.read("action.yaml") or ""
    return re.search(r"^runs:", text, re.MULTILINE) is not None


def is_android(tree: Tree) -> bool:
    """A Gradle build that applies Android's application plugin, at the top or in `app/`."""
    builds = [path for path in tree.files if re.search(r"(?:^|^app/)build\.gradle(?:\.kts)?$", path)]
    return any("com.android.application" in (tree.read(path) or "") for path in builds)


def is_wordpress_part(tree: Tree) -> bool:
    """developer.wordpress.org, "Header Requirements": a plugin's or theme's name in a comment at the top."""
    headers = [path for path in tree.files if "/" not in path and path.endswith((".php", "style.css"))][:10]
    named = re.compile(r"^[\s*#@]*(?:Plugin|Theme) Name:", re.MULTILINE)
    return any(named.search(tree.read(path) or "") for path in headers)


def is_apple(tree: Tree) -> bool:
    """An Xcode project or workspace."""
    return any(re.search(r"\.(?:xcodeproj|xcworkspace)/", path) for path in tree.files)


def is_dotfiles(tree: Tree) -> bool:
    """Two or more configuration files of a person's shell or editor."""
    return sum(1 for path in tree.files if _DOTFILE.search(path)) >= 2


def is_kubernetes(tree: Tree) -> bool:
    """Only YAML or JSON, and a Kubernetes object among the first twenty files."""
    rest = _rest(tree.files)
    manifests = all(path.endswith((".yaml", ".yml", ".json")) for path in rest)
    return manifests and any(
        re.search(r"^kind:\s*\w", tree.read(path) or "", re.MULTILINE) for path in rest[:20]
    )
