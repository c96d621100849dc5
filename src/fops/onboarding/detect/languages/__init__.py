"""The language families, in the order in which equal claims are taken."""

from fops.onboarding.detect.evidence import Language

LANGUAGES: tuple[Language, ...] = ()
