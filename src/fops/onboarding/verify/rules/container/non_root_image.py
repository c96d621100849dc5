"""The image runs as an ordinary user.

Pass: `USER 10001` in the last stage, or an unprivileged base such as `nginxinc/nginx-unprivileged`.
Fail: no USER at all, `USER root`, `USER 0:0`.
"""

from __future__ import annotations

from collections.abc import Iterator

from fops.onboarding.verify.bundle import Bundle, is_dockerfile
from fops.onboarding.verify.dockerfile import last_stage
from fops.onboarding.verify.finding import Finding, Rule

_UNPRIVILEGED = ("unprivileged", "nonroot")  # how bases that set a USER of their own say so in their names
_ROOT = {"root", "0"}


def _find(bundle: Bundle) -> Iterator[Finding]:
    for file in bundle.files:
        if is_dockerfile(file):
            yield from _judge(file.path, file.text)


def _judge(path: str, text: str) -> Iterator[Finding]:
    stage = last_stage(text)
    users = [item for item in stage if item.word == "USER"]
    if users and users[-1].rest.partition(":")[0] in _ROOT:
        yield Finding(path, f"the image runs as {users[-1].rest}", users[-1].line)
    elif not users and not any(mark in item.rest for item in stage[:1] for mark in _UNPRIVILEGED):
        yield Finding(
            path, "no USER in the last stage: the image runs as root", stage[0].line if stage else None
        )


RULE = Rule("non-root-image", is_dockerfile, _find)
