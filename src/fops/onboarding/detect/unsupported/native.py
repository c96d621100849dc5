"""Languages compiled to a program. Sources: each tool's manifest reference, named beside its entry."""

from fops.onboarding.detect.unsupported.ecosystem import Ecosystem, Sign, Version

_C_MAINS = tuple(
    f"{folder}{name}.{end}"
    for folder in ("", "src/", "app/")
    for name in ("main", "server")
    for end in ("c", "cc", "cpp", "cxx")
)
_C_SOURCES = ("*.c", "*.cc", "*.cpp", "src/*.c", "src/*.cc", "src/*.cpp")

CMAKE = Ecosystem(  # cmake.org: add_executable, add_library
    language="cpp",
    package_manager="cmake",
    manifests=("CMakeLists.txt",),
    app=(Sign(files=_C_MAINS),),
    library=(Sign(files=("CMakeLists.txt",), pattern=r"(?i)^\s*add_library\s*\(|install\s*\(\s*EXPORT"),),
)
MESON = Ecosystem(  # mesonbuild.com: executable(), library()
    language="cpp",
    package_manager="meson",
    manifests=("meson.build",),
    app=(Sign(files=("meson.build",), pattern=r"^\s*(?:\w+\s*=\s*)?executable\s*\("), Sign(files=_C_MAINS)),
    library=(Sign(files=("meson.build",), pattern=r"\b(?:shared_|static_|both_)?librar(?:y|ies)\s*\("),),
)
CPP = Ecosystem(
    language="cpp",
    programs=(Sign(files=_C_MAINS),),
)
C_LIBRARY = Ecosystem(
    language="cpp",
    package_manager="make",
    manifests=("configure.ac", "Makefile.am"),
    app=(Sign(files=_C_MAINS),),
    library=(Sign(files=_C_SOURCES),),
)
SWIFT = Ecosystem(  # docs.swift.org, PackageDescription
    language="swift",
    package_manager="swiftpm",
    manifests=("Package.swift",),
    app=(
        Sign(files=("Package.swift",), pattern=r"\.executable(?:Target)?\s*\(|vapor/vapor"),
        Sign(files=("Sources/*/main.swift", "Sources/main.swift")),
    ),
    library=(Sign(files=("Package.swift",), pattern=r"\.library\s*\("),),
    versions=(Version(files=(".swift-version",), pattern=r"^\s*(\d+(?:\.\d+)*)"),),
)
ZIG = Ecosystem(  # ziglang.org, "Zig Build System"
    language="zig",
    manifests=("build.zig",),
    app=(Sign(files=("src/main.zig",)), Sign(files=("build.zig",), pattern=r"addExecutable")),
    library=(Sign(files=("build.zig",), pattern=r"add(?:Static|Shared)?Library|addModule"),),
    versions=(Version(files=(".zigversion",), pattern=r"^\s*(\d+(?:\.\d+)*)"),),
)
HASKELL_STACK = Ecosystem(  # docs.haskellstack.org; hpack's package.yaml
    language="haskell",
    package_manager="stack",
    manifests=("stack.yaml",),
    app=(
        Sign(files=("app/Main.hs", "src/Main.hs")),
        Sign(files=("*.cabal", "package.yaml"), pattern=r"^executables?\b"),
    ),
    library=(Sign(files=("*.cabal", "package.yaml"), pattern=r"^library\b"),),
)
HASKELL_CABAL = Ecosystem(  # cabal.readthedocs.io
    language="haskell",
    package_manager="cabal",
    manifests=("*.cabal", "cabal.project"),
    app=HASKELL_STACK.app,
    library=HASKELL_STACK.library,
)
CRYSTAL = Ecosystem(  # crystal-lang.org, shard.yml specification
    language="crystal",
    package_manager="shards",
    manifests=("shard.yml",),
    app=(Sign(files=("shard.yml",), pattern=r"^targets:"), Sign(files=("src/main.cr", "src/server.cr"))),
    library=(Sign(files=("src/*.cr",)),),
)
NIM = Ecosystem(
    language="nim",
    package_manager="nimble",
    manifests=("*.nimble",),
    app=(Sign(files=("*.nimble",), pattern=r"^bin\s*="),),
    library=(Sign(files=("*.nimble",)),),
)
OCAML = Ecosystem(
    language="ocaml",
    package_manager="dune",
    manifests=("dune-project",),
    app=(Sign(files=("bin/dune", "dune"), pattern=r"\(executable"),),
    library=(Sign(files=("dune-project",)),),
)
COBOL = Ecosystem(language="cobol", programs=(Sign(files=("*.cbl", "*.cob", "src/*.cbl", "src/*.cob")),))
FORTRAN = Ecosystem(
    language="fortran",
    package_manager="fpm",
    manifests=("fpm.toml",),
    app=(Sign(files=("app/*.f90",)),),
    library=(Sign(files=("src/*.f90",)),),
)
