"""A script that a workflow calls exists, and may be executed when it is called by its own name.

Pass: `scripts/deploy.sh staging`, generated with mode 755. Fail: `scripts/release.sh`, which nobody wrote; a generated
script without that mode, called without `sh` before it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from fops.onboarding.verify.bundle import Bundle, dig, is_workflow
from fops.onboarding.verify.finding import Finding, Rule
from fops.onboarding.verify.rules.workflow.actions_pinned import steps

_CALL = re.compile(r"(?:^|[\s;&|(\"'])(?P<through>(?:ba)?sh\s+)?(?P<path>(?:\./)?(?:[\w.-]+/)*[\w.-]+\.sh)\b")


def _find(bundle: Bundle) -> Iterator[Finding]:
    files = {file.place: file for file in bundle.files}
    there = _there(bundle)
    for file in bundle.files:
        for place, step in steps(file):
            for call in _CALL.finditer(str(step.get("run", ""))):
                path = posixpath.normpath(
                    posixpath.join(str(dig(step, "working-directory") or "."), call["path"])
                )
                if path not in files and path not in there:
                    yield Finding(file.path, f"calls {path}, which does not exist", file.line(f"{place}.run"))
                elif path in files and not call["through"] and not files[path].artifact.executable:
                    yield Finding(
                        file.path, f"calls {path}, which may not be executed", file.line(f"{place}.run")
                    )


def _there(bundle: Bundle) -> frozenset[str]:
    """The repository's own files that the plan knows of."""
    own = (
        posixpath.normpath(f"{service.context}/{name}")
        for service in bundle.plan.services
        for name in service.files
    )
    return bundle.plan.existing | frozenset(own)


RULE = Rule("scripts-exist", is_workflow, _find)
