"""What one language's rules find in a few files, settled as detection does."""

from __future__ import annotations

from collections.abc import Mapping

from fops.onboarding.detect.languages.python import LANGUAGE
from fops.onboarding.detect.settle import settle
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import Fact


def python_facts(requirements: str, files: Mapping[str, str]) -> Mapping[str, Fact]:
    """The facts of a Python project with these requirements, by name."""
    return settle(".", LANGUAGE.facts(MemoryTree({"requirements.txt": requirements, **files})))[0]
