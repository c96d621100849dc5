"""Artifacts as rules and tools see them: parsed once, told apart by what they are."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from fops.kernel.errors import FopsError, FormatError
from fops.kernel.formats import load_json, load_toml, load_yaml_all
from fops.onboarding.model import Artifact, OnboardingPlan
from fops.onboarding.verify.lines import line_at


@dataclass(frozen=True, slots=True)
class File:
    """One artifact and its documents; `error` says why it could not be parsed. Plain text has no documents.

    `patch`: a kustomization uses it as a patch, so it holds parts of objects.
    """

    artifact: Artifact
    documents: tuple[Any, ...] = ()
    error: str | None = None
    patch: bool = False

    @property
    def path(self) -> str:
        """Relative to the repository's top."""
        return self.artifact.path

    @property
    def place(self) -> str:
        """Where it is meant to stand: of a proposal beside the user's file, that one's path."""
        return self.artifact.beside or self.path

    @property
    def text(self) -> str:
        """The whole text."""
        return self.artifact.text

    @property
    def name(self) -> str:
        """The last part of its place."""
        return posixpath.basename(self.place)

    def line(self, path: str, *, document: int = 0) -> int | None:
        """The line of a path such as `spec.ports.0` in one of the documents."""
        return line_at(self.text, path, document=document)

    def lines(self) -> Iterator[tuple[int, str]]:
        """Every line with its 1-based number."""
        return enumerate(self.text.split("\n"), start=1)


@dataclass(frozen=True, slots=True)
class Bundle:
    """All artifacts of one plan."""

    plan: OnboardingPlan
    files: tuple[File, ...]

    @classmethod
    def of(cls, plan: OnboardingPlan, artifacts: Iterable[Artifact]) -> Bundle:
        """The artifacts parsed, in the order of their paths. A file that does not parse stays, with its error."""
        files = [_parsed(artifact) for artifact in sorted(artifacts, key=lambda item: item.path)]
        patches = {path for file in files for path in _patches(file)}
        return cls(plan, tuple(replace(file, patch=file.place in patches) for file in files))

    def has(self, path: str) -> bool:
        """Whether the file is generated, or was there before."""
        return path in self.plan.existing or any(file.place == path for file in self.files)

    def by_hand(self) -> str:
        """The text that tells people what to set up by hand, as it reads without Markdown's escapes."""
        return "\n".join(file.text for file in self.files if is_document(file)).replace("\\", "")


def dig(value: Any, *keys: str) -> Any:
    """The value below nested mappings, None where one is missing or is no mapping."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: Any) -> Sequence[Any]:
    """The value if it is a list, else nothing."""
    return value if isinstance(value, list) else ()


def numbered(value: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The mappings of a list with their index; nothing for what is no list."""
    for index, item in enumerate(items(value)):
        if isinstance(item, Mapping):
            yield index, item


def is_dockerfile(file: File) -> bool:
    """`Dockerfile`, `Dockerfile.web`, `web.Dockerfile`; the ignore files beside them are none."""
    name = file.name
    return (
        name == "Dockerfile" or name.startswith("Dockerfile.") or name.endswith(".Dockerfile")
    ) and not name.endswith(".dockerignore")


def is_document(file: File) -> bool:
    """Prose for people."""
    return file.name.endswith(".md")


def is_shell(file: File) -> bool:
    """A shell script, by name or first line."""
    return file.name.endswith(".sh") or file.text.startswith(
        ("#!/bin/sh", "#!/bin/bash", "#!/usr/bin/env bash")
    )


def is_workflow(file: File) -> bool:
    """A GitHub Actions workflow."""
    return file.place.startswith(".github/workflows/")


def is_compose(file: File) -> bool:
    """A Compose file."""
    return "compose" in file.name and any(
        dig(document, "services") is not None for document in file.documents
    )


def is_kustomization(file: File) -> bool:
    """A Kustomize root."""
    return file.name in {"kustomization.yaml", "kustomization.yml", "Kustomization"}


def is_template(file: File) -> bool:
    """A CloudFormation or SAM template."""
    resources = [mapping(dig(document, "Resources")).values() for document in file.documents]
    return any(str(dig(resource, "Type")).startswith("AWS::") for group in resources for resource in group)


def beside(file: File, path: str) -> str:
    """A path written in a file, relative to its folder, as a path from the repository's top."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(file.place), path))


def _patches(file: File) -> Iterator[str]:
    for document in file.documents if is_kustomization(file) else ():
        for _, patch in numbered(dig(document, "patches")):
            if patch.get("path"):
                yield beside(file, str(patch["path"]))


def _parsed(artifact: Artifact) -> File:
    try:
        return File(artifact, tuple(_documents(artifact)))
    except FopsError as error:
        return File(artifact, error=error.message)


def _documents(artifact: Artifact) -> Iterator[Any]:
    match PurePosixPath(artifact.beside or artifact.path).suffix:
        case ".yaml" | ".yml":
            yield from load_yaml_all(artifact.text, name=artifact.path)
        case ".json":
            yield _strict_json(artifact.text, name=artifact.path)
        case ".toml":
            yield load_toml(artifact.text, name=artifact.path)


def _strict_json(text: str, *, name: str) -> Any:
    load_json(text, name=name)  # depth and syntax, with a good message

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            names = [key for key, _ in pairs]
            twice = next(key for key in names if names.count(key) > 1)
            raise FormatError(f"{name} has the key {twice!r} twice")
        return table

    return json.loads(text, object_pairs_hook=members)
