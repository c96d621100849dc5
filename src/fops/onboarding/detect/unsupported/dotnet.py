""".NET: MSBuild projects and solutions, also single-file programs. Source: learn.microsoft.com, ".NET project SDKs"."""

from fops.onboarding.detect.unsupported.ecosystem import Ecosystem, Sign, Version
from fops.onboarding.model import LIKELY

_PROJECTS = tuple(f"{folder}*.{kind}proj" for folder in ("", "*/", "*/*/") for kind in ("cs", "fs", "vb"))
_AT_TOP = ("*.csproj", "*.fsproj", "*.vbproj", "*.sln", "*.slnx")

DOTNET = Ecosystem(
    language="dotnet",
    package_manager="nuget",
    manifests=_AT_TOP,
    programs=(Sign(files=("*.cs",)),),
    app=(
        Sign(files=_PROJECTS, pattern=r"Microsoft\.NET\.Sdk\.(?:Web|Worker|BlazorWebAssembly|Functions)"),
        Sign(
            files=_PROJECTS,
            pattern=r"<OutputType>\s*(?:Win)?Exe|<AzureFunctionsVersion>|Microsoft\.AspNetCore\.App",
        ),
        Sign(files=("Program.cs", "Program.fs", "Program.vb", "*/Program.cs", "*/Program.fs")),
    ),
    library=(Sign(files=_PROJECTS),),
    versions=(
        Version(files=_PROJECTS, pattern=r"<TargetFrameworks?>\s*(?:netcoreapp|net)(\d+\.\d+)"),
        Version(files=("global.json",), pattern=r"\"version\"\s*:\s*\"(\d+\.\d+)", confidence=LIKELY),
    ),
    frameworks=(
        (
            "azure-functions",
            Sign(files=_AT_TOP, pattern=r"<AzureFunctionsVersion>|Microsoft\.Azure\.Functions\.Worker"),
        ),
        ("blazor-wasm", Sign(files=_AT_TOP, pattern=r"Sdk\.BlazorWebAssembly|Components\.WebAssembly\"")),
        ("aspnetcore", Sign(files=_AT_TOP, pattern=r"Microsoft\.NET\.Sdk\.Web|Microsoft\.AspNetCore")),
    ),
)
