"""Rules of detect/files/dockerfile.py."""

import pytest

from fops.onboarding.detect.files import dockerfile
from fops.onboarding.detect.files.place import Place
from fops.onboarding.fetch.tree import MemoryTree
from fops.onboarding.model import CERTAIN, WEAK


def facts(text, language="node"):
    tree = MemoryTree({"Dockerfile": text})
    found = {}
    for fact in dockerfile.facts(Place(tree=tree, top=tree, path=".", language=language)):
        found.setdefault(fact.name, fact)
    return found


def test_the_last_stage_speaks_and_inherits_from_the_stage_it_is_built_on():
    text = 'FROM node:20 AS base\nEXPOSE 4000\nUSER node\nFROM base AS build\nRUN npm ci\nFROM base AS final\nCMD ["node", "server.js"]\n'
    existing = dockerfile.existing(MemoryTree({"Dockerfile": text}))
    assert existing is not None
    assert (existing.port, existing.user, existing.stages) == (4000, "node", ("base", "build", "final"))


def test_a_port_exposed_by_an_earlier_unrelated_stage_does_not_count():
    assert "port" not in facts("FROM node:20 AS dev\nEXPOSE 9000\nFROM node:20\nCMD node server.js\n")


def test_expose_names_file_and_line():
    port = facts("FROM node:20\n\nEXPOSE 8080/tcp\n")["port"]
    assert (port.value, port.file, port.line, port.confidence) == (8080, "Dockerfile", 3, CERTAIN)


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("FROM node:20\nENV PORT=5000\nEXPOSE 9229 5000\n", 5000),
        ("FROM node:20\nEXPOSE 9229 3000\n", 3000),
        ("FROM node:20\nARG PORT=4321\nEXPOSE $PORT\n", 4321),
        ("FROM node:20\nENV PORT 7000\n", 7000),
        ("FROM python:3.12\nCMD uvicorn app:app --host 0.0.0.0 --port 9000\n", 9000),
        ('FROM python:3.12\nCMD ["gunicorn", "-b", "0.0.0.0:8001", "app:app"]\n', 8001),
        ("FROM node:20 AS build\nFROM nginx:1.27-alpine\nCOPY --from=build /a /b\n", 80),
        ("FROM nginxinc/nginx-unprivileged:1.27\n", 8080),
    ],
)
def test_the_port_is_found_wherever_the_file_says_it(text, port):
    assert facts(text)["port"].value == port


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ('FROM a\nCMD ["npm", "start"]\n', "npm start"),
        ("FROM a\nCMD npm start\n", "npm start"),
        ('FROM a\nCMD ["sh", "-c", "node a.js && true"]\n', "node a.js && true"),
        ('FROM a\nENTRYPOINT ["/usr/bin/tini", "--"]\nCMD ["node", "server.js"]\n', "node server.js"),
        ('FROM a\nENTRYPOINT ["tini", "--", "node", "server.js"]\n', "node server.js"),
        ('FROM a\nENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["python", "main.py"]\n', "python main.py"),
        ('FROM a\nENTRYPOINT ["python"]\nCMD ["main.py"]\n', "python main.py"),
        ("FROM a\nENTRYPOINT python main.py\nCMD ignored\n", "python main.py"),
        ('FROM a\nCMD ["node", \\\n  "server.js"]\n', "node server.js"),
        ("FROM a\nRUN <<EOF\nCMD wrong\nEOF\nCMD right\n", "right"),
    ],
)
def test_the_command_is_what_the_container_runs(text, command):
    assert facts(text)["start_command"].value == command


def test_a_development_command_is_weak():
    assert facts('FROM node:20\nCMD ["npm", "run", "dev"]\n')["start_command"].confidence == WEAK


@pytest.mark.parametrize(
    ("image", "language", "version"),
    [
        ("node:20.11-alpine", "node", "20.11"),
        ("docker.io/library/node:22@sha256:00", "node", "22"),
        ("python:3.12-slim", "python", "3.12"),
        ("ghcr.io/astral-sh/uv:python3.13-bookworm", "python", "3.13"),
        ("golang:1.24.2", "go", "1.24.2"),
        ("maven:3.9-eclipse-temurin-21", "java", "21"),
        ("gradle:8.5-jdk17", "java", "17"),
        ("gcr.io/distroless/nodejs22-debian12", "node", "22"),
    ],
)
def test_the_base_image_tells_the_version(image, language, version):
    assert (
        facts(f"ARG IMAGE={image}\nFROM --platform=linux/amd64 ${{IMAGE}}\n", language)[
            "runtime_version"
        ].value
        == version
    )


@pytest.mark.parametrize("image", ["node:lts-alpine", "python:latest", "alpine:3.20", "node"])
def test_an_image_without_a_version_tells_none(image):
    assert "runtime_version" not in facts(f"FROM {image}\n", "python" if "python" in image else "node")


def test_a_health_check_names_its_path():
    fact = facts(
        "FROM a\nHEALTHCHECK --interval=5s \\\n  CMD curl -f http://localhost:3000/healthz || exit 1\n"
    )["health_path"]
    assert (fact.value, fact.line) == ("/healthz", 2)
