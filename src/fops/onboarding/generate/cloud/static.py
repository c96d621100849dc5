"""Files on S3 behind CloudFront: one template, its parameters per environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fops.onboarding.generate.render import Escaped, because, render
from fops.onboarding.model import Artifact, OnboardingPlan, ServicePlan, Target

FOLDER = "deploy/static"
# Builders whose output is one page that routes in the browser.
_SINGLE_PAGE = frozenset({
    "vite", "create-react-app", "vue-cli", "angular", "react", "vue", "svelte", "preact", "solid", "parcel", "brunch",
    "ember", "ionic", "stencil", "polymer", "expo", "umi", "react-router", "redwood",
})  # fmt: skip
# Builders that write about.html for /about; all others write about/index.html.
_PAGE_FILES = frozenset({"next", "vitepress"})
# Builders that start their pages by a script inside them, which a strict policy would stop.
_INLINE_SCRIPTS = frozenset({
    "next", "nuxt", "gatsby", "astro", "sveltekit", "docusaurus", "vitepress", "vuepress", "remix", "react-router",
    "solidstart", "expo", "redwood",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One static service and how its paths become files: `spa`, `folders` or `files`."""

    name: str
    kind: str
    because: Callable[..., Escaped]


def artifacts(plan: OnboardingPlan) -> Iterator[Artifact]:
    """The template and its parameters; nothing where GitHub Pages serves the files."""
    if plan.target is not Target.STATIC or plan.pages:
        return
    facts = [f"{service.name}:{fact}" for service in plan.services for fact in ("language", "static")]
    policy = _content_security_policy(plan)
    yield render(
        "static/template.yaml.j2",
        path=f"{FOLDER}/template.yaml",
        reason="The AWS resources of a static site: private bucket, CloudFront, security headers, routes.",
        facts=facts,
        description=f"{plan.name} as files on S3 behind CloudFront",
        services=[_site(service) for service in plan.services],
        policy=policy,
        because=because(plan.services[0]),
    )
    for environment in plan.environments:
        yield render(
            "static/parameters.json.j2",
            path=parameters_path(environment),
            reason=f"What differs in {environment}: host name, certificate, content security policy.",
            facts=facts,
            values={
                "Environment": environment,
                "DomainName": "",
                "CertificateArn": "",
                "ContentSecurityPolicy": policy,
            },
        )


def parameters_path(environment: str) -> str:
    """The file with the stack's parameters of one environment."""
    return f"{FOLDER}/parameters/{environment}.json"


def _site(service: ServicePlan) -> Site:
    kind = (
        "spa"
        if service.framework in _SINGLE_PAGE
        else "files"
        if service.framework in _PAGE_FILES
        else "folders"
    )
    return Site(name=service.name, kind=kind, because=because(service))


def _content_security_policy(plan: OnboardingPlan) -> str:
    """Own scripts only, plus those inside pages where a builder writes such; styles, images and calls as sites use them."""
    inline = any(
        service.framework in _INLINE_SCRIPTS or not service.build_command for service in plan.services
    )
    scripts = "'self' 'unsafe-inline'" if inline else "'self'"
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline' https:; "
        "img-src 'self' data: https:; font-src 'self' data: https:; connect-src 'self' https:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    )
