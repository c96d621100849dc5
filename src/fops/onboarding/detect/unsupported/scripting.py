"""Languages that run from source. Sources: each tool's manifest reference, named beside its entry."""

from fops.onboarding.detect.unsupported.ecosystem import Ecosystem, Sign, Version

DENO = Ecosystem(  # docs.deno.com, "deno.json and package.json"
    language="deno",
    package_manager="deno",
    manifests=("deno.json", "deno.jsonc", "deno.lock"),
    programs=(
        Sign(
            files=("*.ts", "*.js", "src/*.ts"),
            pattern=r"from\s+['\"](?:https://deno\.land|jsr:)|\bDeno\.(?:serve|env|listen)\b",
        ),
    ),
    app=(
        Sign(files=("main.ts", "main.js", "dev.ts", "server.ts", "src/main.ts")),
        Sign(files=("deno.json", "deno.jsonc"), pattern=r"\"(?:start|dev|serve)\"\s*:"),
    ),
    library=(Sign(files=("deno.json", "deno.jsonc"), pattern=r"\"exports\"\s*:"),),
    versions=(Version(files=(".dvmrc", ".deno-version"), pattern=r"^\s*v?(\d+(?:\.\d+)*)"),),
    frameworks=(("fresh", Sign(files=("deno.json", "import_map.json"), pattern=r"fresh")),),
)
DART = Ecosystem(  # dart.dev, "The pubspec file" and "Package layout conventions"
    language="dart",
    package_manager="pub",
    manifests=("pubspec.yaml",),
    app=(
        Sign(
            files=(
                "bin/*.dart",
                "web/*.dart",
                "lib/main.dart",
                "web/index.html",
                "*/bin/*.dart",
                "*/lib/main.dart",
            )
        ),
    ),
    library=(Sign(files=("lib/*.dart",)),),
)
SHELL = Ecosystem(language="shell", programs=(Sign(files=("start.sh", "run.sh", "server.sh")),))
SCHEME = Ecosystem(
    language="scheme",
    manifests=("haunt.scm",),
    programs=(Sign(files=("main.scm", "server.scm", "init.scm")),),
)
RACKET = Ecosystem(
    language="racket", package_manager="raco", manifests=("info.rkt",), programs=(Sign(files=("main.rkt",)),)
)
PERL = Ecosystem(  # metacpan.org, cpanfile; PSGI
    language="perl",
    package_manager="cpanm",
    manifests=("cpanfile", "Makefile.PL", "Build.PL", "dist.ini"),
    programs=(Sign(files=("*.psgi", "app.pl", "script/*.pl")),),
    app=(Sign(files=("*.psgi", "app.pl", "bin/*.pl", "script/*")),),
    library=(Sign(files=("Makefile.PL", "Build.PL", "dist.ini")),),
)
LUA = Ecosystem(
    language="lua",
    package_manager="luarocks",
    manifests=("*.rockspec",),
    programs=(Sign(files=("main.lua", "app.lua")),),
    app=(Sign(files=("main.lua", "app.lua")),),
    library=(Sign(files=("*.rockspec",)),),
)
R = Ecosystem(
    language="r",
    package_manager="renv",
    manifests=("DESCRIPTION", "renv.lock"),
    programs=(Sign(files=("app.R", "server.R", "plumber.R")),),
    app=(Sign(files=("app.R", "server.R", "plumber.R")),),
    library=(Sign(files=("DESCRIPTION",), pattern=r"^Package:"),),
)
JULIA = Ecosystem(
    language="julia",
    package_manager="pkg",
    manifests=("Project.toml",),
    app=(Sign(files=("main.jl", "app.jl", "server.jl", "src/main.jl")),),
    library=(Sign(files=("Project.toml",), pattern=r"^uuid\s*="),),
)
