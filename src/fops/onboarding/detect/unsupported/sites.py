"""Site generators that are a program of their own, not a package of a supported language.

Sources: gohugo.io, "Directory structure" and "Configure Hugo"; getzola.org, "Directory structure". The language is the
generator itself: its sites hold no program text.
"""

from fops.onboarding.detect.unsupported.ecosystem import Ecosystem, Sign

_HUGO_FILES = (
    "hugo.toml",
    "hugo.yaml",
    "hugo.yml",
    "hugo.json",
    "config/_default/hugo.toml",
    "config/_default/config.toml",
)
_CONFIGS = ("config.toml", "config.yaml", "config.yml", "config.json")
_HUGO = Sign(files=_CONFIGS, pattern=r"(?i)^\s*\"?baseURL\"?\s*[:=]")
_ZOLA = Sign(files=("config.toml", "zola.toml"), pattern=r"^base_url\s*=")

HUGO = Ecosystem(
    language="hugo",
    programs=(Sign(files=_HUGO_FILES), _HUGO),
    frameworks=(("hugo", Sign(files=_HUGO_FILES)), ("hugo", _HUGO)),
    static=True,
)

ZOLA = Ecosystem(language="zola", programs=(_ZOLA,), frameworks=(("zola", _ZOLA),), static=True)
