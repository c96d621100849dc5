"""Rules of detect/unsupported: every other language is recognised and named."""

import pytest

from fops.onboarding.detect import detect
from fops.onboarding.fetch.tree import MemoryTree

WEB = '<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup>\n<TargetFramework>net8.0</TargetFramework></PropertyGroup></Project>'

APPS = [
    ("ruby", "bundler", {"Gemfile": "gem 'sinatra'\n", "config.ru": "run App"}),
    (
        "ruby",
        "bundler",
        {
            "Gemfile": "gem 'rails'\n",
            "config/application.rb": "",
            "package.json": '{"devDependencies": {"esbuild": "1"}}',
        },
    ),
    ("php", "composer", {"composer.json": '{"name": "a/b"}', "public/index.php": "<?php"}),
    ("php", None, {"index.php": "<?php"}),
    ("rust", "cargo", {"Cargo.toml": "[package]\nname = 'a'\n", "src/main.rs": "fn main() {}"}),
    ("dotnet", "nuget", {"a.csproj": WEB, "Program.cs": ""}),
    ("elixir", "mix", {"mix.exs": "{:phoenix, '~> 1'}", "config/runtime.exs": ""}),
    ("gleam", "gleam", {"gleam.toml": "name = 'a'"}),
    ("scala", "sbt", {"build.sbt": "", "project/build.properties": "sbt.version=1.9.0"}),
    ("clojure", "leiningen", {"project.clj": "(defproject a :main a.core)"}),
    ("clojure", "tools.deps", {"deps.edn": "{}"}),
    ("deno", "deno", {"deno.json": '{"tasks": {"start": "deno run main.ts"}}', "main.ts": ""}),
    ("deno", None, {"main.ts": "Deno.serve(() => new Response())"}),
    ("dart", "pub", {"pubspec.yaml": "name: a", "bin/server.dart": ""}),
    ("swift", "swiftpm", {"Package.swift": '.executableTarget(name: "a")', "Sources/a/main.swift": ""}),
    ("crystal", "shards", {"shard.yml": "targets:\n  a: {main: src/a.cr}\n"}),
    ("zig", None, {"build.zig": "b.addExecutable", "src/main.zig": ""}),
    ("haskell", "stack", {"stack.yaml": "", "package.yaml": "executables:\n", "app/Main.hs": ""}),
    ("cpp", "cmake", {"CMakeLists.txt": "add_executable(a main.cc)", "main.cc": ""}),
    ("cpp", "meson", {"meson.build": "executable('a', 'main.c')", "main.c": ""}),
    ("cobol", None, {"index.cbl": ""}),
    ("scheme", None, {"haunt.scm": ""}),
    ("perl", "cpanm", {"cpanfile": "requires 'Mojolicious';", "app.psgi": ""}),
    ("hugo", None, {"hugo.toml": "title = 'a'", "content/a.md": "", "themes/x/layouts/index.html": ""}),
    (
        "hugo",
        None,
        {"config.toml": "baseURL = 'https://a'", "content/a.md": "", "themes/x/package.json": "{}"},
    ),
    ("zola", None, {"config.toml": "base_url = 'https://a'", "templates/index.html": "", "content/a.md": ""}),
    ("shell", None, {"start.sh": "nc -l 8080"}),
]


@pytest.mark.parametrize(("language", "manager", "texts"), APPS)
def test_an_application_is_named_and_not_supported_yet(language, manager, texts):
    findings = detect(MemoryTree(texts))
    assert (findings.deployable, findings.reason) == (True, f"{language}: not supported yet")
    assert (findings.apps[0].value("language"), findings.apps[0].value("package_manager")) == (
        language,
        manager,
    )


LIBRARIES = [
    ("ruby", {"Gemfile": "gemspec\n", "a.gemspec": "", "lib/a.rb": ""}),
    ("php", {"composer.json": '{"name": "a/b", "type": "library"}', "src/A.php": ""}),
    ("rust", {"Cargo.toml": "[package]\nname = 'a'\n", "src/lib.rs": ""}),
    ("dotnet", {"a.csproj": '<Project Sdk="Microsoft.NET.Sdk"/>', "Class1.cs": ""}),
    ("elixir", {"mix.exs": "def project, do: [package: package()]", "lib/a.ex": ""}),
    ("cpp", {"CMakeLists.txt": "add_library(a a.c)\n", "a.c": "", "tests/main.c": ""}),
    ("scala", {"build.sbt": "publishTo := sonatype", "src/main/scala/A.scala": ""}),
    ("gleam", {"gleam.toml": "licences = ['MIT']", "src/a.gleam": "pub fn add(a, b) { a }"}),
    ("crystal", {"shard.yml": "name: a", "src/a.cr": ""}),
    ("swift", {"Package.swift": '.library(name: "a")', "Sources/a/a.swift": ""}),
]


@pytest.mark.parametrize(("language", "texts"), LIBRARIES)
def test_a_library_is_refused_with_what_would_make_it_deployable(language, texts):
    findings = detect(MemoryTree(texts))
    assert not findings.deployable
    assert findings.reason is not None
    assert findings.reason.startswith(f"a {language} library")
    assert "Procfile" in findings.reason


@pytest.mark.parametrize(
    ("texts", "version", "line"),
    [
        ({"Gemfile": "source 'x'\nruby '3.2.1'\n", "config.ru": ""}, "3.2.1", 2),
        ({"Gemfile": "", ".ruby-version": "ruby-3.3.0\n", "config.ru": ""}, "3.3.0", 1),
        ({"a.csproj": WEB, "global.json": '{"sdk": {"version": "9.0.100"}}'}, "8.0", 2),
        (
            {"Cargo.toml": "", "src/main.rs": "", "rust-toolchain.toml": "[toolchain]\nchannel = '1.80'\n"},
            "1.80",
            2,
        ),
    ],
)
def test_a_pinned_version_is_told_with_its_line(texts, version, line):
    fact = detect(MemoryTree(texts)).apps[0].facts["runtime_version"]
    assert (fact.value, fact.line) == (version, line)


@pytest.mark.parametrize(
    ("texts", "port"),
    [
        ({"Gemfile": "gem 'rails'", "config.ru": ""}, 3000),
        ({"mix.exs": "{:phoenix, 1}", "config/runtime.exs": ""}, 4000),
    ],
)
def test_a_documented_default_port_is_weak_and_has_no_file(texts, port):
    fact = detect(MemoryTree(texts)).apps[0].facts["port"]
    assert (fact.value, fact.confidence, fact.file) == (port, 0.4, None)


def test_a_site_of_a_generator_is_only_files():
    assert (
        detect(MemoryTree({"hugo.toml": "title = 'a'", "content/a.md": ""})).apps[0].value("static") is True
    )
