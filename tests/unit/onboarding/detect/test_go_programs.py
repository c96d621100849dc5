"""Rules of detect/languages/go: front ends that a program embeds, and command-line tools."""

import pytest

from fops.onboarding.detect import detect
from fops.onboarding.fetch.tree import MemoryTree

MOD = {"go.mod": "module example.com/shop\n\ngo 1.24\n"}
FRONT = '{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "6"}}'
SERVES = 'package main\n\nimport (\n\t"embed"\n\t"net/http"\n)\n\n//go:embed %s\nvar files embed.FS\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n'
TOOL = 'package main\n\nimport "%s"\n\nfunc main() { %s }\n'
COBRA = "github.com/spf13/cobra"
RELEASED = {".goreleaser.yaml": "builds:\n  - main: .\n"}


@pytest.mark.parametrize(
    ("pattern", "front", "path"),
    [
        ("web/dist", "web", "web/dist"),
        ("all:web/dist", "web", "web/dist"),
        ("web/dist/*", "web", "web/dist"),
        ('"all:web/dist"', "web", "web/dist"),
        ("dist", ".", "dist"),
        ("static", "frontend", "static"),
    ],
)
def test_a_front_end_that_is_embedded_has_to_be_built_first(pattern, front, path):
    texts = {**MOD, "main.go": SERVES % pattern, f"{front}/package.json".removeprefix("./"): FRONT}
    findings = detect(MemoryTree(texts))
    assert findings.apps[0].value("embeds") == {"path": path, "built_in": front}
    (note,) = findings.notes
    assert note.startswith(
        f"main.go:8 embeds {path}, which the build of {front}/package.json".replace(" ./", " ")
    )


def test_an_embed_in_a_package_is_seen_from_its_folder():
    package = 'package ui\n\nimport "embed"\n\n//go:embed dist\nvar Files embed.FS\n'
    main = 'package main\n\nimport "example.com/shop/ui"\n\nfunc main() { http.ListenAndServe(":1", ui.Files) }\n'
    texts = {**MOD, "main.go": main, "ui/ui.go": package, "ui/package.json": FRONT, "ui/dist/.gitkeep": ""}
    assert detect(MemoryTree(texts)).apps[0].value("embeds") == {"path": "ui/dist", "built_in": "ui"}


@pytest.mark.parametrize("more", [{"web/dist/index.html": "<html>"}, {"web/package.json": "{}"}])
def test_what_is_there_or_what_nothing_builds_is_not_asked_for(more):
    texts = {**MOD, "main.go": SERVES % "web/dist", "web/package.json": FRONT, **more}
    assert detect(MemoryTree(texts)).apps[0].value("embeds") is None


@pytest.mark.parametrize(
    "texts",
    [
        {"main.go": TOOL % ("fmt", "fmt.Println(1)"), **RELEASED},
        {"main.go": TOOL % (COBRA, "root.Execute()")},
        {"cmd/shop/main.go": TOOL % ("github.com/urfave/cli/v2", "app.RunContext(ctx, args)")},
    ],
)
def test_a_command_line_tool_is_refused_as_one(texts):
    findings = detect(MemoryTree({**MOD, **texts}))
    assert not findings.deployable
    assert str(findings.reason).startswith("a go command-line tool (")


@pytest.mark.parametrize(
    "texts",
    [
        {"main.go": TOOL % ("net/http", 'http.ListenAndServe(":80", nil)'), **RELEASED},
        {"main.go": TOOL % ("github.com/bwmarrin/discordgo", "discord.Open()"), **RELEASED},
        {"main.go": TOOL % ("os/signal", "signal.Notify(c)"), **RELEASED},
        {"cmd/worker/main.go": TOOL % (COBRA, "root.Execute()")},
        {"main.go": TOOL % (COBRA, 'c := cobra.Command{Use: "serve"}')},
        {"main.go": TOOL % (COBRA, "\n\tfor {\n\t\tpoll()\n\t}\n")},
        {"main.go": TOOL % (COBRA, "root.Execute()"), "Dockerfile": "FROM scratch\nCMD /shop\n"},
        {"main.go": TOOL % (COBRA, "root.Execute()"), "Procfile": "worker: shop sync\n"},
        {"main.go": TOOL % ("fmt", "fmt.Println(1)"), ".goreleaser.yml": "dockers:\n  - image_templates: [a]\n"},
        {"main.go": TOOL % ("fmt", "fmt.Println(1)")},
    ],
)  # fmt: skip
def test_servers_workers_bots_and_jobs_are_no_command_line_tools(texts):
    assert detect(MemoryTree({**MOD, **texts})).deployable
