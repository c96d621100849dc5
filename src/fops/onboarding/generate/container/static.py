"""Images that serve files: an unprivileged nginx with its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fops.onboarding.generate.container.runtime import NGINX_USER, STATIC_HEALTH, STATIC_PORT, member
from fops.onboarding.generate.render import because, render
from fops.onboarding.model import Artifact, OnboardingPlan, ServicePlan
from fops.onboarding.plan.releases import IMAGES

# Generators that write a page for every route, with their own 404.html; all others are single-page applications.
_PAGES = frozenset({
    "astro", "gatsby", "docusaurus", "eleventy", "hexo", "vitepress", "vuepress", "jekyll", "hugo", "zola", "next",
    "nuxt", "sveltekit", "middleman", "gridsome",
})  # fmt: skip


def values(plan: OnboardingPlan, service: ServicePlan) -> Mapping[str, Any]:
    """What every template that ends in nginx needs."""
    below = "" if member(service) == "." else f"{member(service)}/"
    return {
        "nginx": IMAGES["nginx"],
        "nginx_conf": f"{below}{_configuration_name(plan, service)}",
        "nginx_conf_name": _configuration_name(plan, service),
        "user": NGINX_USER,
        "port": STATIC_PORT,
    }


def dockerfile(service: ServicePlan) -> tuple[str, Mapping[str, Any]]:
    """The template of a folder of files and its values; `among` says that our own files stand there too."""
    output = (service.output_folder or ".").strip("/")
    parts = [part for part in (member(service), output) if part not in {".", ""}]
    return "container/files.Dockerfile.j2", {
        "output": f"{'/'.join(parts) or '.'}/",
        "among": output in {".", ""},
    }


def configuration(plan: OnboardingPlan, service: ServicePlan) -> Artifact:
    """The nginx configuration beside the Dockerfile; another name where the repository has an `nginx.conf`."""
    return render(
        "container/nginx.conf.j2",
        path=f"{service.prefix}{_configuration_name(plan, service)}",
        reason="How the files are served: security headers, a health path, and the page for unknown paths.",
        facts=[f"{service.name}:static", f"{service.name}:language"],
        because=because(service),
        port=STATIC_PORT,
        health_path=STATIC_HEALTH,
        spa=service.language == "node" and service.framework not in _PAGES,
    )


def _configuration_name(plan: OnboardingPlan, service: ServicePlan) -> str:
    return "nginx.fops.conf" if f"{service.prefix}nginx.conf" in plan.existing else "nginx.conf"
