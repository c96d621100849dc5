"""What is taken when neither the repository nor a person says it. Documented defaults of each ecosystem."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from fops.onboarding.plan import releases

SUPPORTED = ("python", "node", "go", "java", "static")
PACKAGE_MANAGERS: Mapping[str, str] = MappingProxyType(
    {"python": "pip", "node": "npm", "go": "go", "java": "maven", "static": ""}
)
PORT = 8080  # unprivileged, and what container platforms send as PORT when nothing else is said
PRODUCTS: Mapping[str, str] = MappingProxyType(
    {"python": "python", "node": "nodejs", "go": "go", "java": "eclipse-temurin"}
)


def runtime_version(language: str) -> str:
    """The newest long-term cycle of a language's runtime, empty for plain files."""
    if language == "java":
        return str(releases.java_release(""))
    product = PRODUCTS.get(language)
    if product is None:
        return ""
    exact = releases.image_tag(product).split(".")
    return exact[0] if language == "node" else ".".join(exact[:2])


def ended(language: str, version: str, today: date | None) -> str | None:
    """The day a pinned runtime's support ended, None while it lasts or where nobody knows."""
    product = PRODUCTS.get(language)
    if today is None or product is None or not version:
        return None
    end = releases.end_of_life(product, version)
    return end if end is not None and end < today.isoformat() else None
