"""Elixir, Gleam and Erlang. Sources: hexdocs.pm Mix.Project and Config; gleam.run, "gleam.toml"; rebar3.org."""

from fops.onboarding.detect.unsupported.ecosystem import Ecosystem, Sign, Version

ELIXIR = Ecosystem(
    language="elixir",
    package_manager="mix",
    manifests=("mix.exs",),
    app=(
        Sign(files=("config/runtime.exs", "config/prod.exs", "rel/*", "lib/*_web.ex", "apps/*/mix.exs")),
        Sign(files=("mix.exs",), pattern=r"\{:phoenix,|\breleases:|\bescript:"),
    ),
    library=(
        Sign(files=("mix.exs",), pattern=r"\bpackage:|\bdefp? package\b"),
        Sign(files=("guides/*.md",)),
    ),  # ExDoc's guides
    versions=(
        Version(files=(".elixir-version",), pattern=r"^\s*(\d+(?:\.\d+)*)"),
        Version(files=(".tool-versions",), pattern=r"^elixir\s+(\d+(?:\.\d+)*)"),
        Version(files=("mise.toml", ".mise.toml"), pattern=r"^elixir\s*=\s*['\"](\d+(?:\.\d+)*)"),
        Version(files=("elixir_buildpack.config",), pattern=r"^elixir_version=(\d+(?:\.\d+)*)"),
    ),
    frameworks=(("phoenix", Sign(files=("mix.exs",), pattern=r"\{:phoenix,")),),
)

GLEAM = Ecosystem(
    language="gleam",
    package_manager="gleam",
    manifests=("gleam.toml",),
    app=(Sign(files=("src/*.gleam",), pattern=r"^pub fn main\("),),
    library=(Sign(files=("gleam.toml",), pattern=r"^licences\s*="),),
)

ERLANG = Ecosystem(
    language="erlang",
    package_manager="rebar3",
    manifests=("rebar.config", "erlang.mk"),
    app=(Sign(files=("rebar.config",), pattern=r"\{\s*(?:relx|escript_name)\b"),),
    library=(Sign(files=("src/*.app.src",)),),
)
