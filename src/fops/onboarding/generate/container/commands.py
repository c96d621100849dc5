"""Shell text from a repository as the words a container starts, without a shell wherever none is needed."""

from __future__ import annotations

import re
import shlex

_SINGLE_QUOTED = re.compile(r"'[^']*'")
_QUOTED = re.compile(r"""'[^']*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
_SEQUENCE = re.compile(r"[;&|<>()\n]")
_EXPANDED = re.compile(r"[*?\[\]{}~#!\\]")
_SHELL_WORDS = frozenset({
    "cd", "exec", "export", "set", "source", ".", "if", "for", "while", "until", "case", "ulimit", "!", ":", "eval", "exit",
    "trap", "umask", "unset", "wait",
})  # fmt: skip
_RUNNERS = re.compile(
    r"(?:poetry|uv|pdm|pipenv|pixi|hatch|rye)\s+run\s+|conda\s+run\s+(?:-n\s+\S+\s+|--no-capture-output\s+)*"
)
# Programs that leave SIGTERM to its default, which does not exist for process 1; of `python -m`, those that do not.
_INTERPRETED = re.compile(
    r"(?:env\s+)?(?:\w+=\S*\s+)*(?:\S*/)?(?:node|nodejs|bun|deno|python[\d.]*|flask|waitress-serve)(?!\S)"
    r"(?!\s+-m\s+(?:gunicorn|uvicorn|hypercorn|daphne|granian|celery|streamlit)\b)"
)
_SCRIPT = re.compile(
    r"(?:pnpm|yarn)\s+(?:run\s+)?(?!run\b|dlx\b|exec\b|node\b)([\w:.][\w:.-]*)(.*)", re.DOTALL
)
_BINARY = re.compile(r"(?:pnpm|yarn)\s+(?:exec|node)\s+(.*)", re.DOTALL)


def exec_form(command: str) -> list[str]:
    """The words of a command; through `sh -c` only where it uses what only a shell understands.

    The program that stays replaces its shell (`exec`), so that it gets the signal to end.
    """
    words = _words(command)
    if words:
        return words
    return ["sh", "-c", _replacing_shell(command.strip())]


def needs_shell(command: str) -> bool:
    """Whether the command starts a shell, so that the image must have one."""
    return exec_form(command)[:2] == ["sh", "-c"]


def needs_init(command: str) -> bool:
    """Whether a plain interpreter runs the command, which as a container's first process ignores the signal to end.

    Servers such as gunicorn and nginx, npm, Go and the JVM handle it; so may the program itself, which loses nothing.
    """
    words = exec_form(command)
    shell = words[:2] == ["sh", "-c"]
    text = words[2].rpartition("exec ")[2] if shell else " ".join(words)
    return (not shell or "exec " in words[2]) and _INTERPRETED.match(text) is not None


def kubernetes_words(command: str) -> list[str]:
    """The words for a manifest, where `$(NAME)` would be replaced by Kubernetes and `$$(` is how it is written."""
    return [word.replace("$(", "$$(") for word in exec_form(command)]


def in_environment(command: str) -> str:
    """The command without `poetry run` and its like: in the image the environment is on the PATH, its manager is not."""
    return _RUNNERS.sub("", command)


def by_npm(command: str) -> str:
    """A script started by npm, which every Node image has, where a workspace's manager would fetch itself again."""
    if _is_sequence(command):
        return command
    if script := _SCRIPT.fullmatch(command.strip()):
        arguments = script[2].strip().removeprefix("--").strip()
        return f"npm run {script[1]}" + (f" -- {arguments}" if arguments else "")
    binary = _BINARY.fullmatch(command.strip())
    return f"npx --no {binary[1]}" if binary else command


def _replacing_shell(command: str) -> str:
    """The command whose one program, or the last of those joined by `&&`, takes the shell's place."""
    at = _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), command).rfind("&&")
    before, last = (f"{command[:at]}&& ", command[at + 2 :].strip()) if at > 0 else ("", command)
    first = last.partition(" ")[0]
    if not first or _is_sequence(last) or first in _SHELL_WORDS:
        return command
    return f"{before}exec env {last}" if "=" in first else f"{before}exec {last}"


def _words(command: str) -> list[str]:
    """The words where no shell would change any of them, else none."""
    expands = re.search(r"[$`]", _SINGLE_QUOTED.sub("", command)) or _EXPANDED.search(
        _QUOTED.sub("", command)
    )
    if expands or _is_sequence(command):
        return []
    try:
        words = shlex.split(command)
    except ValueError:
        return []
    return words if words and "=" not in words[0] and words[0] not in _SHELL_WORDS else []


def _is_sequence(command: str) -> bool:
    return bool(_SEQUENCE.search(_QUOTED.sub("", command)) or "`" in command)
