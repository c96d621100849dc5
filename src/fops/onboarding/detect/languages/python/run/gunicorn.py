"""gunicorn's configuration file, which wins over a framework's defaults and yields to the command line."""

from __future__ import annotations

import re

from fops.onboarding.detect.files.commands import as_port
from fops.onboarding.detect.languages.python.code.literals import known
from fops.onboarding.detect.languages.python.code.source import Module, module_of
from fops.onboarding.model import STRONG, Fact
from fops.onboarding.ports import Tree

READ_BY_ITSELF = "gunicorn.conf.py"
FILES = (READ_BY_ITSELF, "gunicorn_config.py", "gunicorn_conf.py", "config/gunicorn.py", "conf/gunicorn.py")


def configuration(tree: Tree) -> Module | None:
    """The configuration file's reading, None where there is none with text."""
    return next((module_of(path, text) for path in FILES if (text := tree.read(path))), None)


def bound(tree: Tree) -> Fact | None:
    """The port that the configuration binds, None when there is no such file or it does not say."""
    module = configuration(tree)
    address = known(module.constants.get("bind")) if module else None
    value = as_port(str(address[0] if isinstance(address, list) and address else address).rpartition(":")[2])
    if module is None or value is None:
        return None
    lines = enumerate(module.text.splitlines(), start=1)
    line = next((number for number, text in lines if re.match(r"\s*bind\b", text)), None)
    return Fact(
        name="port",
        value=value,
        rule="python.port.gunicorn-conf",
        confidence=STRONG,
        file=module.path,
        line=line,
    )
