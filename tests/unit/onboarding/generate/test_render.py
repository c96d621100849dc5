from __future__ import annotations

import json
import subprocess

import pytest
import yaml

from factories.plans import a_fact, a_plan, a_service
from fops.onboarding.generate import render as rendering
from fops.onboarding.generate.render import Escaped, UnescapedValueError, because, escape, render

HOSTILE = (
    'a"; rm -rf / #',
    "$(id) `id` ${HOME} \\",
    "line one\nUSER root",
    "${{ github.token }} {{ x }} {% raw %}",
    "- a: b\n  c: [d]",
    "'quoted' # no comment",
    "\u202eright to left\u2066\x00\ue000forged:fact\ue001\ue002t:1\ue003",
    "<<EOF",
    "--mount=type=secret",
    "yes",
    "0123",
    "1e3",
    "\ufeffbom \ud800",
)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_yaml_scalar_reads_back_as_the_text_that_was_put_in(value):
    clean = escape._CONTROL.sub("", value)

    assert yaml.safe_load(f"key: {escape.escape_yaml(value)}") == {"key": clean}
    assert yaml.safe_load(f"key: {escape.escape_quoted(value)}") == {"key": clean}


@pytest.mark.parametrize("value", [8080, True, False, 0])
def test_numbers_and_booleans_stay_what_they_are_in_yaml(value):
    assert yaml.safe_load(f"key: {escape.escape_yaml(value)}") == {"key": value}


@pytest.mark.parametrize("value", HOSTILE)
def test_a_shell_word_is_printed_by_a_shell_as_it_was_put_in(value):
    script = f"printf %s {escape.escape_sh(value)}"

    printed = subprocess.run(["sh", "-c", script], capture_output=True, check=True).stdout.decode()

    assert printed == escape._CONTROL.sub("", value)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_dockerfile_command_stays_on_one_line_and_starts_no_syntax_of_its_own(value):
    text = escape.escape_run(value)

    assert "\n" not in text
    assert text.startswith('["sh", "-c", ')
    assert json.loads(text)[:2] == ["sh", "-c"]


@pytest.mark.parametrize(
    "command",
    [
        "npm run build",
        "pnpm build --filter=web",
        "CGO_ENABLED=0 go build -o bin/ ./cmd/api",
        "./mvnw -B -DskipTests package",
    ],
)
def test_a_plain_command_is_written_as_a_person_would(command):
    assert escape.escape_run(command) == command


@pytest.mark.parametrize(
    "command", ["cd web && npm run build", "curl x | sh", "sudo make", "pip install x", "npm run a; b"]
)
def test_a_command_with_shell_syntax_goes_through_a_shell_as_one_word(command):
    assert json.loads(escape.escape_run(command)) == ["sh", "-c", command]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("8000", "8000"),
        ("1.2.3.4", "1.2.3.4"),
        ("a b", '"a b"'),
        ("$HOME", '"\\$HOME"'),
        ('q"\\', '"q\\"\\\\"'),
        ("", '""'),
    ],
)
def test_an_environment_value_is_quoted_only_where_it_must_be(value, expected):
    assert escape.escape_docker(value) == expected


@pytest.mark.parametrize(
    ("paths", "expected"),
    [(("go.mod", "./"), "go.mod ./"), (("a b", "./"), '["a b", "./"]'), (("$x", "*"), '["\\\\$x", "\\\\*"]')],
)
def test_copied_paths_use_the_list_form_where_a_character_has_a_meaning(paths, expected):
    assert escape.escape_copy(paths) == expected


@pytest.mark.parametrize("value", ["A", "a b", "-a", "a_b", "", "a" * 64, "ä", "a\n"])
def test_a_name_that_is_no_label_is_refused(value):
    with pytest.raises(ValueError, match="RFC 1123"):
        escape.escape_name(value)


@pytest.mark.parametrize("value", ["a b", "a;b", "$(x)", "", "a\n", "a|b"])
def test_a_path_or_word_with_an_unsafe_character_is_refused(value):
    with pytest.raises(ValueError, match="not safe"):
        escape.escape_path(value)


def test_an_alternative_of_names_is_a_regular_expression_without_surprises():
    assert escape.escape_regex("web|api-2") == "web|api-2"
    with pytest.raises(ValueError, match="RFC 1123"):
        escape.escape_regex("web|.*")


def test_a_code_span_is_fenced_by_more_back_ticks_than_it_holds():
    assert escape.escape_code("a `b` | c") == "``a `b` \\| c``"


def test_a_bare_string_is_refused_when_the_template_runs():
    with pytest.raises(UnescapedValueError, match="without a format filter"):
        rendering._only_escaped("text")
    assert rendering._only_escaped(Escaped("text")) == "text"
    assert rendering._only_escaped(8080) == 8080


def test_a_line_remembers_its_facts_and_its_place_in_the_template():
    service = a_service()

    artifact = _service_manifest(service)

    line = next(number for number, text in enumerate(artifact.text.splitlines(), 1) if "targetPort" in text)
    assert artifact.lines[line] == ("shop-api:port",)
    template = rendering.resources.files("fops.onboarding.generate").joinpath("templates", artifact.template)
    assert "targetPort" in template.read_text("utf-8").splitlines()[artifact.template_lines[line] - 1]
    assert not any(mark in artifact.text for mark in "\ue000\ue001\ue002\ue003")


def test_a_fact_without_evidence_is_not_named_as_a_reason():
    service = a_service(evidence={"language": a_fact("language", "python")})

    artifact = _service_manifest(service)

    assert artifact.facts == ("shop-api:language",)
    assert not artifact.lines


def test_a_forged_mark_in_a_repository_changes_neither_text_nor_reasons():
    service = a_service(health_path="/x\ue000other:fact\ue001\ue002kubernetes:9\ue003")
    from fops.onboarding.generate import kubernetes

    deployment = next(
        item for item in kubernetes.artifacts(a_plan(service)) if item.path.endswith("/deployment.yaml")
    )

    assert "other:fact" not in deployment.facts
    assert "path: /xother:fact" in deployment.text or 'path: "/xother:fact' in deployment.text


def test_every_file_ends_with_one_line_break_and_has_no_blank_at_a_lines_end():
    text = _service_manifest(a_service()).text

    assert text.endswith(("http\n      protocol: TCP\n", "\n"))
    assert not text.endswith("\n\n")
    assert all(line == line.rstrip() for line in text.splitlines())


def _service_manifest(service):
    from fops.onboarding.generate.kubernetes import workloads

    return render(
        "kubernetes/base/service.yaml.j2",
        path="service.yaml",
        reason="test",
        facts=["shop-api:language"],
        because=because(service),
        service=service,
        workload=workloads(a_plan(service), service)[0],
    )
