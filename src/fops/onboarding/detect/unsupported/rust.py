"""Rust: Cargo. Source: The Cargo Book, "Cargo Targets", "Workspaces"; The rustup book, "Overrides"."""

from fops.onboarding.detect.unsupported.ecosystem import Ecosystem, Sign, Version
from fops.onboarding.model import STRONG

_NUMBER = r"(\d+(?:\.\d+)*)"


def _crate(name: str) -> Sign:
    return Sign(
        files=("Cargo.toml", "*/Cargo.toml", "*/*/Cargo.toml"),
        pattern=rf"^(?:\[dependencies\.)?{name}(?:\]|\s*=|\.)",
    )


RUST = Ecosystem(
    language="rust",
    package_manager="cargo",
    manifests=("Cargo.toml",),
    app=(
        Sign(files=("src/main.rs", "src/bin/*.rs", "src/bin/*/main.rs", "*/src/main.rs", "*/*/src/main.rs")),
        Sign(files=("Cargo.toml",), pattern=r"^\[\[bin\]\]"),
    ),
    library=(Sign(files=("src/lib.rs",)), Sign(files=("Cargo.toml",), pattern=r"^\[lib\]")),
    versions=(
        Version(files=("rust-toolchain.toml",), pattern=rf"^\s*channel\s*=\s*['\"]{_NUMBER}"),
        Version(files=("rust-toolchain",), pattern=rf"(?:^|channel\s*=\s*['\"]){_NUMBER}"),
        Version(files=(".tool-versions",), pattern=rf"^rust\s+{_NUMBER}"),
        Version(files=("mise.toml", ".mise.toml"), pattern=rf"^rust\s*=\s*['\"]{_NUMBER}"),
        Version(files=("Cargo.toml",), pattern=rf"^rust-version\s*=\s*['\"]{_NUMBER}", confidence=STRONG),
    ),
    frameworks=(
        ("rocket", _crate("rocket")),
        ("actix-web", _crate("actix-web")),
        ("axum", _crate("axum")),
        ("warp", _crate("warp")),
    ),
)
