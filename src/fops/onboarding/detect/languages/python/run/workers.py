"""Long-running processes beside the web one: Celery, RQ, Dramatiq, arq and Huey, by the object each starts from.

A program that is all of it, such as a chat bot, is known by its package where nothing listens.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from fops.onboarding.detect.languages.python.code.source import Call, Module
from fops.onboarding.detect.languages.python.run.program import Project, dotted_name
from fops.onboarding.model import LIKELY, Fact

_BEAT = (
    "beat_schedule",
    "CELERYBEAT_SCHEDULE",
    "CELERY_BEAT_SCHEDULE",
    "periodic_task",
    "django_celery_beat",
)


_JOBS = (
    "discord-py", "discord", "py-cord", "nextcord", "disnake", "hikari", "discord-py-interactions", "interactions-py", "red-discordbot",
    "python-telegram-bot", "aiogram", "pytelegrambotapi", "telethon", "pyrogram", "kurigram", "pyrofork", "telegram-bot-api",
    "twitchio", "matrix-nio", "simplematrixbotlib", "mautrix", "vkbottle", "vk-api", "errbot", "sopel", "slixmpp", "praw", "asyncpraw",
    "kafka-python", "kafka-python-ng", "confluent-kafka", "aiokafka", "faust", "faust-streaming", "pika", "aio-pika", "stomp-py",
    "nats-py", "paho-mqtt", "aiomqtt", "google-cloud-pubsub", "azure-servicebus", "temporalio", "nameko", "taskiq", "procrastinate",
    "apscheduler", "schedule", "rocketry", "websocket-client",
)  # fmt: skip
"""Packages of programs that work through a chat, messages or a timetable, and need not listen."""

_SOCKET_MODE = ("slack_bolt.adapter.socket_mode", "slack_sdk.socket_mode")


def job(whole: Project, command: str) -> Fact | None:
    """The fact `processes` of a program that takes its work from elsewhere; the caller knows that it does not listen."""
    declared = whole.dependencies.find(*_JOBS)
    place = (declared.file, declared.line) if declared else _in_socket_mode(whole)
    if place is None or whole.framework is not None:
        return None
    return Fact(
        name="processes",
        value=[{"name": "worker", "command": command}],
        rule="python.processes.job",
        confidence=LIKELY,
        file=place[0],
        line=place[1],
    )


def _in_socket_mode(whole: Project) -> tuple[str, int | None] | None:
    """Slack's apps answer requests, unless they open the connection themselves."""
    hits = ((one.path, one.imports_from(name)) for one in whole.modules for name in _SOCKET_MODE)
    return next((hit for hit in hits if hit[1]), None)


def workers(whole: Project) -> Iterator[Fact]:
    """The fact `processes`: the workers only; the web process is the start command."""
    for rule in (_celery, _rq, _arq, _huey, _dramatiq):
        found = rule(whole)
        if found:
            commands, module, line = found
            processes = [{"name": name, "command": command} for name, command in commands.items()]
            yield Fact(
                name="processes",
                value=processes,
                rule="python.processes.worker",
                confidence=LIKELY,
                file=module.path,
                line=line,
            )
            return


_Found = tuple[dict[str, str], Module, int] | None


def _made(whole: Project, *names: str) -> tuple[Module, Call] | None:
    """The first module-level call of one of the names."""
    return next(
        (
            (module, call)
            for module in whole.modules
            for call in module.calls
            if call.name in names and call.function is None
        ),
        None,
    )


def _celery(whole: Project) -> _Found:
    made = _made(whole, "celery.Celery", "celery.app.Celery")
    if made is None:
        return None
    module, call = made
    package = _module_name(module)
    app = package.removesuffix(".celery") if call.target in {"app", "celery"} else f"{package}:{call.target}"
    commands = {"worker": f"celery --app {app} worker --loglevel INFO"}
    if any(mark in one.text for one in whole.modules for mark in _BEAT):
        commands["beat"] = f"celery --app {app} beat --loglevel INFO"
    return commands, module, call.line


def _rq(whole: Project) -> _Found:
    made = _made(whole, "rq.Queue")
    if made is None:
        return None
    module, call = made
    first = call.args[0] if call.args else "default"
    queue = (
        first if isinstance(first, str) and first.replace("-", "").replace("_", "").isalnum() else "default"
    )
    return {"worker": f"rq worker {queue}"}, module, call.line


def _arq(whole: Project) -> _Found:
    for module in whole.modules:
        if module.imports_from("arq") and "class WorkerSettings" in module.text:
            line = module.text.count("\n", 0, module.text.index("class WorkerSettings")) + 1
            return {"worker": f"arq {_module_name(module)}.WorkerSettings"}, module, line
    return None


def _huey(whole: Project) -> _Found:
    made = _made(whole, "huey.RedisHuey", "huey.SqliteHuey", "huey.PriorityRedisHuey")
    if made is None or made[1].target is None:
        return None
    return {"worker": f"huey_consumer {_module_name(made[0])}.{made[1].target}"}, *made[:1], made[1].line


def _dramatiq(whole: Project) -> _Found:
    for module in whole.modules:
        line = module.imports_from("dramatiq")
        if line and "dramatiq.actor" in module.text:
            return {"worker": f"dramatiq {_module_name(module)}"}, module, line
    return None


def _module_name(module: Module) -> str:
    return shlex.quote(dotted_name(module.path))
