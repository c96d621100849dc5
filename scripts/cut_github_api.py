"""Cut the endpoints that the github pack uses out of GitHub's published description of its REST API.

    npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz
    python scripts/cut_github_api.py package/generated/api.github.com.json tests/contract/github

The description is OpenAPI 3.0; what is written is JSON Schema 2020-12, without texts and examples, one schema a line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TOP = "/repos/{owner}/{repo}"
ENDPOINTS = {
    "/rate_limit": ("get",),
    TOP: ("get",),
    f"{TOP}/git/blobs": ("post",),
    f"{TOP}/git/trees": ("post",),
    f"{TOP}/git/commits": ("post",),
    f"{TOP}/git/commits/{{commit_sha}}": ("get",),
    f"{TOP}/git/ref/{{ref}}": ("get",),
    f"{TOP}/git/refs": ("post",),
    f"{TOP}/git/refs/{{ref}}": ("patch",),
    f"{TOP}/git/matching-refs/{{ref}}": ("get",),
    f"{TOP}/pulls": ("get", "post"),
    f"{TOP}/pulls/{{pull_number}}": ("get", "patch"),
}
_TEXTS = {"description", "example", "examples", "title", "externalDocs", "deprecated"}


def schema(node: Any, *, names: bool = False) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema; `names` where the keys are names of properties."""
    if isinstance(node, list):
        return [schema(one) for one in node]
    if not isinstance(node, dict):
        return node
    if names:
        return {name: schema(one) for name, one in node.items()}
    kept = {key: schema(one, names=key in {"properties", "$defs"}) for key, one in node.items()
            if key not in _TEXTS and not key.startswith("x-") and key != "nullable"}  # fmt: skip
    if "$ref" in kept:
        kept["$ref"] = kept["$ref"].replace("#/components/schemas/", "#/$defs/")
    if node.get("nullable"):
        return {"anyOf": [{"type": "null"}, kept]}
    return kept


def references(node: Any) -> Iterator[str]:
    """The names of all definitions that a schema refers to."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].removeprefix("#/$defs/")
        for one in node.values():
            yield from references(one)
    elif isinstance(node, list):
        for one in node:
            yield from references(one)


def body_of(part: dict[str, Any]) -> Any:
    """The JSON schema of a request's or an answer's body, None without one."""
    content = part.get("content", {}).get("application/json")
    return schema(content["schema"]) if content and "schema" in content else None


def main(source: Path, folder: Path) -> None:
    """Write `api.json` into the folder."""
    api = json.loads(source.read_text("utf-8"))
    parts = api["components"]
    operations: dict[str, Any] = {}
    for path, methods in ENDPOINTS.items():
        for method in methods:
            found = api["paths"][path][method]
            answers = {code: parts["responses"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one
                       for code, one in found["responses"].items()}  # fmt: skip
            inputs = [parts["parameters"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one
                      for one in found.get("parameters", ())]  # fmt: skip
            operations[f"{method.upper()} {path}"] = {
                "query": {one["name"]: schema(one["schema"]) for one in inputs if one["in"] == "query"},
                "request": body_of(found.get("requestBody", {})),
                "answers": {code: body_of(one) for code, one in answers.items()},
            }
    definitions: dict[str, Any] = {}
    wanted = set(references(operations))
    while wanted:
        name = wanted.pop()
        definitions[name] = schema(parts["schemas"][name])
        wanted |= set(references(definitions[name])) - set(definitions)
    rows = [f'"version": {json.dumps(api["info"]["version"])}']
    for key, group in (("operations", operations), ("$defs", dict(sorted(definitions.items())))):
        lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(one, separators=(',', ':'), sort_keys=True)}" for name, one in group.items())  # fmt: skip
        rows.append(f'"{key}": {{\n{lines}\n}}')
    (folder / "api.json").write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
