"""Rules of detect/refuse.py: what is no application says what it is and what would change that."""

import pytest

from fops.onboarding.detect import detect
from fops.onboarding.fetch.tree import MemoryTree

KINDS = [
    ("an empty repository", {}),
    ("an empty repository", {"README.md": "# hello", "LICENSE": "", ".github/workflows/a.yml": ""}),
    ("a VS Code extension", {"package.json": '{"engines": {"vscode": "^1.90"}}', "src/extension.ts": ""}),
    (
        "a browser extension",
        {"manifest.json": '{"manifest_version": 3}', "popup.html": "", "background.js": ""},
    ),
    (
        "a desktop application",
        {
            "package.json": '{"main": "main.js", "scripts": {"start": "electron ."}, "devDependencies": {"electron": "28"}}',
            "main.js": "",
            "index.html": "",
        },
    ),
    ("a GitHub Action", {"action.yml": "name: a\nruns:\n  using: node20\n", "package.json": "{}"}),
    (
        "an Android application",
        {"app/build.gradle": "id 'com.android.application'", "build.gradle": "", "settings.gradle": ""},
    ),
    ("a WordPress plugin or theme", {"index.php": "<?php", "a.php": "<?php\n/*\n * Plugin Name: A\n */"}),
    ("a Unity project", {"ProjectSettings/ProjectVersion.txt": "", "Assets/A.cs": ""}),
    ("an iOS or macOS application", {"A.xcodeproj/project.pbxproj": "", "A/App.swift": "", "Podfile": ""}),
    ("a Puppet module", {"metadata.json": "{}", "manifests/init.pp": "", "Gemfile": ""}),
    ("a Chef cookbook", {"metadata.rb": "", "recipes/default.rb": "", "Gemfile": ""}),
    ("an Ansible role", {"tasks/main.yml": "", "meta/main.yml": "", "requirements.txt": "molecule"}),
    ("a Terraform module", {"main.tf": "", "variables.tf": ""}),
    ("a Terraform configuration", {"network.tf": "", "prod.tfvars": ""}),
    ("a Helm chart", {"Chart.yaml": "name: a", "templates/a.yaml": "{{ a }}", "values.yaml": ""}),
    ("a dotfiles repository", {".bashrc": "", ".vimrc": "", "bootstrap.sh": ""}),
    ("a Vim or Neovim plugin", {"plugin/a.vim": "", "autoload/a.vim": "", "doc/a.txt": ""}),
    ("a Vim or Neovim plugin", {"lua/a/init.lua": "", "plugin/a.lua": ""}),
    ("an Emacs package", {"a.el": ""}),
    ("a documentation book (mdBook)", {"book.toml": "", "src/SUMMARY.md": "", "src/a.md": ""}),
    ("protobuf definitions", {"a.proto": "", "buf.yaml": ""}),
    ("a collection of notebooks", {"a.ipynb": "{}", "b.ipynb": "{}", "data.csv": ""}),
    (
        "a collection of notebooks",
        {"a.ipynb": "{}", "b.ipynb": "{}", "util.py": "", "requirements.txt": "numpy"},
    ),
    (
        "Kubernetes manifests",
        {"web.yaml": "apiVersion: v1\nkind: Service\n", "db.yaml": "kind: Deployment\n"},
    ),
    (
        "CI workflows and repository settings",
        {"workflows/ci.yml": "on: push", "PULL_REQUEST_TEMPLATE.md": ""},
    ),
    ("a documentation folder", {"docs/a.md": "", "docs/b.rst": "", "logo.png": ""}),
    ("a documentation folder", {"docs/a.md": "", "docs/b.rst": "", "requirements.txt": "sphinx"}),
    ("a data set", {"data/a.csv": "", "data/b.parquet": ""}),
    ("a data set", {"countries.json": "[]", "README.md": ""}),
    ("no application found (mostly .bazel files)", {"BUILD.bazel": ""}),
]


@pytest.mark.parametrize(("kind", "texts"), KINDS)
def test_what_is_no_application_is_refused_by_name(kind, texts):
    findings = detect(MemoryTree(texts))
    assert (findings.deployable, findings.apps) == (False, ())
    assert findings.reason is not None
    assert findings.reason.startswith(f"{kind}: ")


def test_a_manifest_in_plain_text_is_no_document():
    findings = detect(MemoryTree({"requirements.txt": "flask", "README.md": "# Shop"}))
    assert [app.value("language") for app in findings.apps] == ["python"]


def test_a_manifest_that_does_not_parse_is_the_reason():
    findings = detect(MemoryTree({"package.json": '{"name": ', "src/a.xyz": ""}))
    assert not findings.deployable
    assert findings.reason is not None
    assert "package.json is not valid JSON" in findings.reason
