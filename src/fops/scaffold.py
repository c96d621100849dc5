"""`python -m fops.scaffold language|check NAME`: the files of a new language family or verification rule.

What is written works and has one test that fails until the rule is there. Nothing existing is touched.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_LANGUAGE = '''"""The {name} family. Say here which files decide, and in which order."""

from __future__ import annotations

from collections.abc import Iterator

from fops.onboarding.detect.evidence import Claim
from fops.onboarding.model import CERTAIN, Fact
from fops.onboarding.ports import Tree


class {title}:
    """The {name} family."""

    name = "{name}"

    def claim(self, tree: Tree) -> Claim | None:
        """An application of this family stands here when its manifest does."""
        manifest = "{name}.manifest"
        return Claim(confidence=CERTAIN, rule="{name}.claim.manifest", file=manifest, line=1) if manifest in tree.files else None

    def facts(self, tree: Tree) -> Iterator[Fact]:
        """Every fact the family's files tell."""
        yield from ()


LANGUAGE = {title}()
'''
_LANGUAGE_TEST = '''"""Detection of {name} applications."""

from fops.onboarding.detect.languages.{name} import LANGUAGE
from fops.onboarding.fetch.tree import MemoryTree


def test_a_{name}_application_says_how_it_starts():
    facts = {{fact.name: fact.value for fact in LANGUAGE.facts(MemoryTree({{"{name}.manifest": ""}}))}}
    assert "start_command" in facts
'''
_CHECK = '''"""Say here what the rule asks.

Pass: an example that passes.
Fail: an example that does not.
"""

from __future__ import annotations

from collections.abc import Iterator

from fops.onboarding.verify.bundle import Bundle
from fops.onboarding.verify.finding import Finding, Rule


def find(bundle: Bundle) -> Iterator[Finding]:
    """Every place that breaks the rule."""
    yield from ()


RULE = Rule(check="{dashed}", takes=lambda file: file.path.endswith(".yaml"), find=find)
'''
_CHECK_TEST = '''"""The rule {dashed}."""

from factories.plans import a_plan
from fops.onboarding.verify.bundle import Bundle
from fops.onboarding.verify.rules.operations.{name} import RULE


def test_the_example_that_must_fail_is_found():
    assert list(RULE.find(Bundle.of(a_plan(), ())))
'''
KINDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "language": (
        ("src/fops/onboarding/detect/languages/{name}/__init__.py", _LANGUAGE),
        ("tests/unit/onboarding/detect/test_{name}_start.py", _LANGUAGE_TEST),
    ),
    "check": (
        ("src/fops/onboarding/verify/rules/operations/{name}.py", _CHECK),
        ("tests/unit/onboarding/verify/test_rule_{name}.py", _CHECK_TEST),
    ),
}


def write(kind: str, name: str, top: Path) -> list[Path]:
    """Write the files of a kind below a checkout; returns them. Raises ValueError, FileExistsError."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"{name!r} is no module name: lower-case letters, digits and underscores")
    words = {"name": name, "title": name.title().replace("_", ""), "dashed": name.replace("_", "-")}
    paths = [(top / path.format(**words), text.format(**words)) for path, text in KINDS[kind]]
    for path, _ in paths:
        if path.exists():
            raise FileExistsError(f"{path} exists already")
    for path, text in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [path for path, _ in paths]


def main(words: Sequence[str]) -> int:
    """Write and say where, and what is left to do."""
    if len(words) != 2 or words[0] not in KINDS:
        print(f"usage: python -m fops.scaffold {'|'.join(KINDS)} NAME", file=sys.stderr)  # noqa: T201 - a developer's command
        return 2
    try:
        written = write(words[0], words[1], Path.cwd())
    except (ValueError, FileExistsError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - as above
        return 1
    for path in written:
        print(path.relative_to(Path.cwd()))  # noqa: T201 - as above
    lists = {"language": "detect/languages/__init__.py", "check": "verify/rules/__init__.py"}
    print(f"next: add it to the list in src/fops/onboarding/{lists[words[0]]}, then make its test pass")  # noqa: T201 - as above
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
