"""Names that other names are made of, each within the 63 characters of a DNS label and of a label's value."""

from __future__ import annotations

import hashlib

from fops.onboarding.model import OnboardingPlan, ServicePlan

LABEL_LENGTH = 63
_MARK_LENGTH = 6  # of a digest; keeps apart what only begins alike


def joined(name: str, end: str, *, longest: int = LABEL_LENGTH) -> str:
    """`NAME-END`; where that is too long, the name is cut before the end is, and a digest keeps it apart from its like."""
    whole = f"{name}-{end}"
    if len(whole) <= longest:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:_MARK_LENGTH]
    kept = longest - len(end) - len(mark) - 2
    if kept > 0:
        return f"{name[:kept].strip('-')}-{mark}-{end}"
    return f"{end[: longest - len(mark) - 1].strip('-')}-{mark}"


def namespace(plan: OnboardingPlan, environment: str) -> str:
    """The namespace of an environment: `NAME-ENVIRONMENT`."""
    return joined(plan.name, environment)


def host(service: ServicePlan, environment: str) -> str:
    """The placeholder for a host name, to be confirmed: `NAME.ENVIRONMENT.example.com`."""
    return f"{service.name}.{environment}.example.com"


def secret_name(service: ServicePlan) -> str:
    """The Secret that a person creates: its name is referred to, its values are nowhere in the repository."""
    return joined(service.name, "secrets")


def claim_name(service: ServicePlan) -> str:
    """The claim on a volume for the service's data."""
    return joined(service.name, "data")


def tls_name(service: ServicePlan) -> str:
    """The Secret with the certificate of the service's host, created by hand or by a certificate manager."""
    return joined(service.name, "tls")
