"""Which folders are applications, which language's claim wins, and what each is made of."""

from __future__ import annotations

from collections.abc import Iterable

from fops.onboarding.detect.evidence import Claim, Language
from fops.onboarding.detect.languages import LANGUAGES
from fops.onboarding.model import STRONG, App, Conflict, Fact, Findings
from fops.onboarding.ports import Tree


def detect(tree: Tree) -> Findings:
    """Everything detection can tell about a tree."""
    claims = [(claim, language) for language in LANGUAGES if (claim := language.claim(tree))]
    if not claims:
        return Findings(deployable=False, reason="no application found", apps=())
    app, conflicts = _app(tree, ".", *max(claims, key=lambda pair: pair[0].confidence))
    return Findings(deployable=True, reason=None, apps=(app,), conflicts=conflicts)


def _app(tree: Tree, path: str, claim: Claim, language: Language) -> tuple[App, tuple[Conflict, ...]]:
    first = Fact(name="language", value=language.name, rule=claim.rule, confidence=claim.confidence, file=claim.file, line=claim.line)
    facts, conflicts = settle(path, [first, *language.facts(tree)])
    return App(path=path, facts=facts), conflicts


def settle(path: str, candidates: Iterable[Fact]) -> tuple[dict[str, Fact], tuple[Conflict, ...]]:
    """One fact per name: the most confident, the first of equals; strong ones that disagree become conflicts."""
    ranked = sorted(candidates, key=lambda fact: -fact.confidence)
    taken: dict[str, Fact] = {}
    conflicts = []
    for fact in ranked:
        winner = taken.setdefault(fact.name, fact)
        if winner.value != fact.value and fact.confidence >= STRONG:
            conflicts.append(Conflict(app=path, fact=fact.name, taken=winner, other=fact))
    return taken, tuple(conflicts)
