"""Ruby: Bundler's Gemfile (or gems.rb). Sources: Bundler's gemfile(5), Rails and Rack guides."""

from fops.onboarding.detect.unsupported.ecosystem import Ecosystem, Sign, Version
from fops.onboarding.model import STRONG

_GEMS = ("Gemfile", "gems.rb")


def _gem(names: str) -> Sign:
    return Sign(files=_GEMS, pattern=rf"^\s*gem[\s(]+['\"](?:{names})['\"]")


RUBY = Ecosystem(
    language="ruby",
    package_manager="bundler",
    manifests=_GEMS,
    programs=(Sign(files=("config.ru", "app.rb", "main.rb", "server.rb")),),
    app=(
        Sign(files=("config.ru", "config/application.rb", "bin/rails", "_config.yml")),
        Sign(files=("app.rb", "main.rb", "server.rb")),
        _gem("rails|sinatra|hanami|roda|puma|unicorn|thin|passenger|jekyll|middleman"),
        Sign(files=("Procfile",), pattern=r"\b(?:ruby|rails|rackup|puma|sidekiq|bundle exec)\b"),
    ),
    library=(Sign(files=("*.gemspec",)),),
    # A Gemfile for CocoaPods or fastlane serves a mobile app, one for Dangerfiles a pipeline.
    tool=(_gem("cocoapods|fastlane|danger|xcpretty"),),
    versions=(
        Version(files=(".ruby-version",), pattern=r"^\s*(?:ruby-)?(\d+(?:\.\d+)*)"),
        Version(files=_GEMS, pattern=r"^\s*ruby[\s(]+['\"]=?\s*(\d+(?:\.\d+)*)"),
        Version(files=_GEMS, pattern=r"^\s*ruby[\s(]+['\"]~>\s*(\d+\.\d+)", confidence=STRONG),
        Version(files=(".tool-versions",), pattern=r"^ruby\s+(\d+(?:\.\d+)*)"),
        Version(files=("mise.toml", ".mise.toml"), pattern=r"^ruby\s*=\s*['\"](\d+(?:\.\d+)*)"),
        Version(files=("Gemfile.lock", "gems.locked"), pattern=r"^RUBY VERSION\s+ruby (\d+(?:\.\d+)*)"),
    ),
    frameworks=(
        ("rails", _gem("rails")),
        ("jekyll", _gem("jekyll|github-pages")),
        ("middleman", _gem("middleman")),
        ("sinatra", _gem("sinatra")),
        ("rack", Sign(files=("config.ru",))),
        ("rack", _gem("rack")),
    ),
)
