"""This repository's own container files, as tests read them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from fops.kernel.formats import load_yaml
from fops.onboarding.verify.dockerfile import last_stage

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = load_yaml((ROOT / "docker-compose.yml").read_text(), name="docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def instruction(word: str) -> str:
    """What the last instruction of a kind in the image's stage says."""
    return [item.rest for item in last_stage(DOCKERFILE) if item.word == word][-1]


def command() -> list[str]:
    """The image's command."""
    return json.loads(instruction("CMD"))


def health_check() -> list[str]:
    """The command that asks the image for its health."""
    return json.loads(instruction("HEALTHCHECK").partition(" CMD ")[2])


def environment() -> dict[str, str]:
    """The variables the image sets."""
    return dict(re.findall(r"(\w+)=(\S+)", instruction("ENV")))
