"""The language families, in the order in which equal claims are taken."""

from fops.onboarding.detect.evidence import Language
from fops.onboarding.detect.languages import go, java, python

LANGUAGES: tuple[Language, ...] = (python.LANGUAGE, go.LANGUAGE, java.LANGUAGE)
