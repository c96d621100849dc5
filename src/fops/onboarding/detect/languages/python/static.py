"""Site generators of Python: MkDocs, Pelican and Nikola build files to serve, and no process runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fops.onboarding.detect.evidence import Claim, read_yaml
from fops.onboarding.detect.files.values import nested
from fops.onboarding.model import CERTAIN, LIKELY, STRONG, Fact
from fops.onboarding.ports import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """A site generator: the file that configures it, its build command, and where it writes."""

    name: str
    file: str
    build: str
    output: str


GENERATORS = (
    Generator(name="mkdocs", file="mkdocs.yml", build="mkdocs build", output="site"),
    Generator(name="mkdocs", file="mkdocs.yaml", build="mkdocs build", output="site"),
    Generator(name="pelican", file="pelicanconf.py", build="pelican content", output="output"),
    Generator(name="nikola", file="conf.py", build="nikola build", output="output"),
)
"""From each project's own documentation."""

_NIKOLA = re.compile(r"(?m)^(?:BLOG_TITLE|NAVIGATION_LINKS)\s*=")


def generator(tree: Tree) -> Generator | None:
    """The generator configured at the top. Nikola's `conf.py` is told from Sphinx's by its settings."""
    found = next((one for one in GENERATORS if tree.size(one.file) is not None), None)
    if found is None or (found.name == "nikola" and not _NIKOLA.search(tree.read("conf.py") or "")):
        return None
    return found


def claim(found: Generator) -> Claim:
    """A site to build, where nothing else in the folder is an application."""
    return Claim(confidence=LIKELY, rule=f"python.claim.{found.name}", file=found.file, line=1)


def facts(tree: Tree, found: Generator) -> Iterator[Fact]:
    """Framework, build command and output folder of the site."""
    configured = nested(read_yaml(tree, found.file), "site_dir") if found.name == "mkdocs" else None
    output = configured if isinstance(configured, str) else found.output
    for name, value, confidence in (
        ("framework", found.name, STRONG),
        ("static", True, CERTAIN),
        ("build_command", found.build, STRONG),
        ("output_folder", output, STRONG),
    ):
        yield Fact(
            name=name,
            value=value,
            rule=f"python.static.{found.name}",
            confidence=confidence,
            file=found.file,
            line=1,
        )
