"""The language families, in the order in which equal claims are taken."""

from fops.onboarding.detect.evidence import Language
from fops.onboarding.detect.languages import go, java, node, python, static

LANGUAGES: tuple[Language, ...] = (
    node.LANGUAGE,
    python.LANGUAGE,
    go.LANGUAGE,
    java.LANGUAGE,
    static.LANGUAGE,
)
