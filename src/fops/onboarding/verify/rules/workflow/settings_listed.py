"""Every secret and variable a workflow reads is listed among what people set up by hand.

Pass: `${{ secrets.KUBE_CONFIG }}`, and the runbook names KUBE_CONFIG. Fail: a name the runbook does not have: the pipeline
would get an empty text. GitHub's own `GITHUB_TOKEN` is always there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fops.onboarding.verify.bundle import Bundle, is_document, is_workflow
from fops.onboarding.verify.finding import Finding, Rule

_SETTING = re.compile(r"\b(?P<kind>secrets|vars)\.(?P<name>[A-Za-z_]\w*)")


def _find(bundle: Bundle) -> Iterator[Finding]:
    told = set(re.findall(r"\w+", bundle.by_hand())) | {"GITHUB_TOKEN"}
    if not any(is_document(file) for file in bundle.files):
        return
    for file in bundle.files:
        for number, line in file.lines() if is_workflow(file) else ():
            for setting in _SETTING.finditer(line.partition(" #")[0]):
                if setting["name"] not in told:
                    yield Finding(file.path, f"{setting[0]} is not listed to set up by hand", number)


RULE = Rule("settings-listed", is_workflow, _find)
