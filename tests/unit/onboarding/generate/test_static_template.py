from __future__ import annotations

from typing import Any

import pytest
from tests.factories.plans import NODE_SPA, a_plan, a_service

from fops.kernel.formats import load_yaml
from fops.onboarding.generate.cloud import static
from fops.onboarding.model import Target


def template(**changes: Any) -> dict[str, Any]:
    plan = a_plan(a_service(**NODE_SPA | changes), target=Target.STATIC)
    return load_yaml(next(iter(static.artifacts(plan))).text)


def test_the_bucket_is_private_encrypted_and_versioned():
    bucket = template()["Resources"]["Bucket"]["Properties"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_only_the_distribution_reads_and_only_what_is_live():
    read = template()["Resources"]["BucketPolicy"]["Properties"]["PolicyDocument"]["Statement"][0]

    assert read["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert read["Resource"] == "${Bucket.Arn}/live/*"
    assert "AWS:SourceArn" in read["Condition"]["StringEquals"]


@pytest.mark.parametrize(
    ("framework", "kind"),
    [
        ("vite", "spa"),
        ("angular", "spa"),
        ("next", "files"),
        ("astro", "folders"),
        ("hugo", "folders"),
        (None, "folders"),
    ],
)
def test_paths_become_files_as_the_builder_writes_them(framework: str | None, kind: str):
    assert template(framework=framework)["Mappings"]["Pages"]["web"]["Kind"] == kind


@pytest.mark.parametrize(("framework", "inline"), [("vite", False), ("gatsby", True)])
def test_scripts_inside_pages_are_allowed_only_where_a_builder_writes_them(framework: str, *, inline: bool):
    policy = template(framework=framework)["Parameters"]["ContentSecurityPolicy"]["Default"]

    assert ("script-src 'self' 'unsafe-inline'" in policy) is inline
    assert "object-src 'none'" in policy


def test_github_pages_needs_no_template():
    assert list(static.artifacts(a_plan(a_service(**NODE_SPA), target=Target.STATIC, pages=True))) == []
