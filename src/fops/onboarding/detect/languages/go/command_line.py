"""Whether a Go program is a tool for a terminal: it does its work and ends, and its users install it.

It is released by GoReleaser or made with a library for command lines, and nothing in it listens, waits for a signal
or takes work from a queue or a chat. A repository that says how it runs (a Dockerfile, a command that serves) is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fops.onboarding.detect.evidence import Claim
from fops.onboarding.detect.files import dockerfile
from fops.onboarding.detect.languages.code import code_hits
from fops.onboarding.detect.languages.go.packages import MAX_FILES, Package, Project
from fops.onboarding.detect.languages.go.start import keeps_running, offers_serving
from fops.onboarding.model import STRONG
from fops.onboarding.ports import Tree

_RELEASED = tuple(f"{start}goreleaser.{end}" for start in (".", "", ".github/.") for end in ("yaml", "yml"))
_IMAGES = re.compile(r"(?m)^(?:dockers|kos)\w*:")
_LIBRARIES = (
    "github.com/spf13/cobra", "github.com/urfave/cli", "github.com/alecthomas/kong", "github.com/alecthomas/kingpin",
    "gopkg.in/alecthomas/kingpin", "github.com/mitchellh/cli", "github.com/hashicorp/cli", "github.com/jessevdk/go-flags",
    "github.com/charmbracelet/bubbletea", "github.com/charmbracelet/fang", "github.com/rivo/tview",
)  # fmt: skip
# Chats, queues, timetables, controllers and functions: a program that uses one lasts, or is called by its platform.
_LASTING = (
    "github.com/bwmarrin/discordgo", "github.com/disgoorg/", "github.com/diamondburned/arikawa", "github.com/go-telegram",
    "gopkg.in/telebot", "gopkg.in/tucnak/telebot", "github.com/mymmrac/telego", "github.com/slack-go/slack", "maunium.net/go/mautrix",
    "go.mau.fi/whatsmeow", "github.com/robfig/cron", "github.com/go-co-op/gocron", "go.temporal.io/sdk", "github.com/hibiken/asynq",
    "github.com/riverqueue/river", "github.com/segmentio/kafka-go", "github.com/IBM/sarama", "github.com/Shopify/sarama",
    "github.com/twmb/franz-go", "github.com/confluentinc/", "github.com/nats-io/", "github.com/rabbitmq/", "github.com/streadway/amqp",
    "github.com/ThreeDotsLabs/watermill", "cloud.google.com/go/pubsub", "github.com/eclipse/paho", "github.com/aws/aws-lambda-go",
    "sigs.k8s.io/controller-runtime", "k8s.io/client-go/tools/cache", "go.uber.org/fx", "github.com/mark3labs/mcp-go",
)  # fmt: skip
_ANSWERS = re.compile(
    r"\bHandleFunc\b|\bServeHTTP\b|\bServeMux\b|\bhttp\.Handler\b|\bgrpc\.NewServer\b|\bListen\w*\(|\bServe\w*\("
)
_GOES_ROUND = re.compile(r"\btime\.(?:NewTicker|Tick)\(|(?m:^[ \t]*for[ \t]*\{)")


def command_line(tree: Tree, project: Project) -> Claim | None:
    """The evidence that every program here is a command-line tool, None where one may be a service."""
    sign = _sign(tree, project)
    if sign is None or not project.readable or dockerfile.find(tree):
        return None
    reached = {package.folder: package for program in project.programs for package in project.reach(program)}
    unsure = len([path for package in project.packages.values() for path in package.files]) >= MAX_FILES
    lasts = any(map(_lasts, reached.values())) or any(code_hits(tree, _ANSWERS, _files(reached.values())))
    goes_round = sign.rule.endswith("library") and any(code_hits(tree, _GOES_ROUND, _files(project.programs)))
    if unsure or lasts or goes_round or keeps_running(tree, project) or offers_serving(tree, project):
        return None
    return sign


def _sign(tree: Tree, project: Project) -> Claim | None:
    released = next((path for path in _RELEASED if tree.size(path) is not None), None)
    if released:
        images = _IMAGES.search(tree.read(released) or "")
        return None if images else _claim("released", released)
    made = (program for program in project.programs if _imports(project.reach(program), _LIBRARIES))
    return next((_claim("library", program.main) for program in made if program.main), None)


def _claim(sign: str, file: str) -> Claim:
    return Claim(confidence=STRONG, rule=f"go.command-line.{sign}", file=file, line=1)


def _lasts(package: Package) -> bool:
    return _imports((package,), _LASTING)


def _imports(packages: Iterable[Package], known: tuple[str, ...]) -> bool:
    return any(name.startswith(known) for package in packages for name in package.imports)


def _files(packages: Iterable[Package]) -> list[str]:
    return [path for package in packages for path in package.files]
