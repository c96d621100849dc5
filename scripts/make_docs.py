"""Print the generated references: settings, commands, errors, checks, metrics, and `.env.example`. A test compares them.

usage: make_docs.py [TOP]
"""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from fops.bootstrap.settings import GROUPS
from fops.kernel import errors
from fops.kernel.settings import written
from fops.onboarding.verify.rules import RULES
from fops.onboarding.verify.tools import TOOLS

NOTE = "<!-- printed by `make docs`; edit the source instead -->\n\n"


def settings() -> str:
    """`docs/reference/settings.md`."""
    lines = ["# Settings\n", NOTE]
    lines.append(
        "Precedence, strongest first: flag, environment, the project's `.env`, the project's `.fops/config.toml`, the user's\n"
        "configuration file, default. Each name is accepted with and without the `FOPS_` prefix, but for `FOPS_HOME`. The\n"
        "project's two files belong to whoever wrote the repository: they may set only what is marked *project*. `fops config\n"
        "show --origin` says where each value came from. `--config FILE` names a trusted file in either format.\n\n"
    )
    lines.append("| setting | default | project | meaning |\n|---|---|---|---|\n")
    for field in _fields():
        default = "unset" if field.default in {None, ()} else f"`{written(field.default)}`"
        project = "yes" if field.metadata["project"] else ""
        lines.append(f"| `{field.metadata['name']}` | {default} | {project} | {field.metadata['doc']} |\n")
    return "".join(lines)


def example() -> str:
    """`.env.example`."""
    lines = [
        "# Every setting with its default; printed by `make docs`. Copy to $FOPS_HOME or name it with --config.\n"
    ]
    for field in _fields():
        value = "" if field.default is None else written(field.default)
        lines.append(f"\n# {field.metadata['doc']}\n# {field.metadata['name']}={value}\n")
    return "".join(lines)


def _fields() -> Iterator[dataclasses.Field[object]]:
    for group in GROUPS:
        yield from (field for field in dataclasses.fields(group) if field.metadata)


def commands() -> str:
    """`docs/reference/commands.md`: each command's own help."""
    import typer

    from fops.cli.main import app

    root = typer.main.get_command(app)
    lines = ["# Commands\n", NOTE]
    for path, command in _walk(root, ("fops",)):
        lines.append(f"## `{' '.join(path)}`\n\n{(command.help or '').strip()}\n\n")
        rows = [_option(parameter) for parameter in command.params if not getattr(parameter, "hidden", False)]
        if rows:
            lines.append("| option or argument | meaning |\n|---|---|\n" + "".join(rows) + "\n")
    lines.append(_EXIT_CODES)
    return "".join(lines)


def _walk(command: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    children = getattr(command, "commands", None)
    if children is None or path == ("fops",):
        yield path, command
    for name, child in (children or {}).items():
        yield from _walk(child, (*path, name))


def _option(parameter: object) -> str:
    names = (
        ", ".join([*parameter.opts, *parameter.secondary_opts])
        if parameter.param_type_name == "option"
        else ""
    )
    shown = names or (parameter.metavar or parameter.name.upper())
    metavar = f" {parameter.metavar}" if names and parameter.metavar else ""
    text = (getattr(parameter, "help", None) or "").replace("|", "\\|")
    return f"| `{(shown + metavar).replace('|', '¦')}` | {text} |\n"


_EXIT_CODES = """## Exit codes

| code | means |
|---|---|
| 0 | done |
| 1 | failed, or refused for what the input is |
| 2 | wrong usage, or a confirmation is missing |
| 3 | refused by policy |
| 4 | not signed in or not allowed |
| 5 | an outside system, or the disk, failed |
| 6 | a difference or problem was found: drift, `--check`, a broken trail |
| 130 | cancelled |
"""


def error_codes() -> str:
    """`docs/reference/errors.md`."""
    lines = ["# Errors\n", NOTE]
    lines.append(
        "Each error has a stable code, an exit code and an HTTP status; its message names the thing and the value, its hint\n"
        "says what to do.\n\n| code | exit | HTTP | means |\n|---|---|---|---|\n"
    )
    for kind in _tree(errors.FopsError):
        first = (kind.__doc__ or "").strip().splitlines()[0]
        lines.append(f"| `{kind.code}` | {kind.exit_code} | {kind.http_status} | {first} |\n")
    return "".join(lines)


def _tree(kind: type[errors.FopsError]) -> Iterator[type[errors.FopsError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _tree(child)


def checks() -> str:
    """`docs/reference/checks.md`."""
    lines = ["# Checks\n", NOTE, "Our own rules always run:\n\n| check | asks |\n|---|---|\n"]
    for rule in RULES:
        document = sys.modules[rule.find.__module__].__doc__ or ""
        lines.append(f"| `{rule.check}` | {document.strip().splitlines()[0]} |\n")
    lines.append(
        "\nPrograms of the `verify` extra run where they are installed; else the row says `could-not-run`:\n\n"
    )
    lines.append("| check | program |\n|---|---|\n")
    lines += [f"| `{tool.check}` | {tool.program} |\n" for tool in TOOLS]
    return "".join(lines)


def metrics() -> str:
    """`docs/reference/metrics.md`."""
    import yaml

    from fops.telemetry.metrics import COUNTED
    from fops.telemetry.seen import LOOKED_UP

    lines = [
        "# Metrics\n",
        NOTE,
        "Of `/metrics`. A histogram has `_bucket` (with `le`), `_sum` and `_count`.\n\n",
    ]
    lines.append("| metric | kind | labels | means |\n|---|---|---|---|\n")
    for one in (*COUNTED, *LOOKED_UP):
        labels = ", ".join(f"`{label}`" for label in one.labels)
        lines.append(f"| `{one.name}` | {one.kind} | {labels} | {one.means} |\n")
    lines.append(
        "\nBeside them `process_*` of this process: CPU, memory, open files, start.\n\n## Alerts\n\n"
    )
    lines.append("| alert | severity | when | says |\n|---|---|---|---|\n")
    rules = yaml.safe_load(
        (Path(__file__).parent.parent / "ops/prometheus/alerts.yml").read_text(encoding="utf-8")
    )
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        when = " ".join(rule["expr"].split()).replace("|", "\\|")
        link = "../" + rule["annotations"]["runbook_url"].removeprefix("docs/")
        says = re.sub(r"\{\{.*?\}\}", "…", rule["annotations"]["summary"])
        lasting = f" for {rule['for']}" if "for" in rule else ""
        lines.append(
            f"| [{rule['alert']}]({link}) | {rule['labels']['severity']} | `{when}`{lasting} | {says} |\n"
        )
    return "".join(lines)


PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/settings.md": settings,
    "docs/reference/commands.md": commands,
    "docs/reference/errors.md": error_codes,
    "docs/reference/checks.md": checks,
    "docs/reference/metrics.md": metrics,
    ".env.example": example,
}


def main() -> int:
    """Write every page below a folder."""
    top = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent
    for name, page in PAGES.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(), encoding="utf-8")
        print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
