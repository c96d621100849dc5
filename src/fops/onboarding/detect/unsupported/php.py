"""PHP: Composer, or bare scripts. Source: getcomposer.org, "The composer.json schema" (`type` defaults to library)."""

from fops.onboarding.detect.unsupported.ecosystem import Ecosystem, Sign, Version
from fops.onboarding.model import WEAK

_ENTRIES = (
    "index.php",
    "public/*.php",
    "web/*.php",
    "htdocs/*.php",
    "html/*.php",
    "www/*.php",
    "public_html/*.php",
)


def _package(names: str) -> Sign:
    return Sign(files=("composer.json",), pattern=rf"\"(?:{names})\"\s*:")


PHP = Ecosystem(
    language="php",
    package_manager="composer",
    manifests=("composer.json",),
    programs=(Sign(files=_ENTRIES), Sign(files=("wp-config.php", "wp-config-sample.php", "php.ini"))),
    app=(
        Sign(files=("artisan", "bin/console", *_ENTRIES)),
        Sign(files=("composer.json",), pattern=r"\"type\"\s*:\s*\"project\""),
        Sign(files=("Procfile",), pattern=r"\b(?:heroku-php|php|vendor/bin)\b"),
    ),
    library=(Sign(files=("composer.json",), pattern=r"\"name\"\s*:"),),
    versions=(
        Version(files=("composer.json",), pattern=r"\"php\"\s*:\s*\"[~^=v ]*(\d+\.\d+)", confidence=WEAK),
    ),
    frameworks=(
        ("laravel", _package("laravel/framework")),
        ("symfony", _package("symfony/framework-bundle|symfony/symfony")),
        ("slim", _package("slim/slim")),
    ),
)
