"""Verification: artifacts and their plan in, one Check per artifact and rule out.

Must not know: trees, doors, how artifacts were made. Nothing of an artifact is ever executed. Map:
    checks.py  `verify`, the whole step     bundle.py  artifacts, parsed    manifests.py  Kubernetes objects in them
    rules/     our own pure rules, for one artifact or across them; one module each
    tools/     the programs of the `verify` extra, one module each; absent ones give `could-not-run`
"""

from fops.onboarding.verify.checks import verify

__all__ = ["verify"]
