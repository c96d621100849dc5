"""Detection: a Tree in, Findings out. Pure: same tree, same findings.

Must not know: plans, generators, anything outside the tree. Map:
    apps.py        which folders are applications: the top, workspace members, folders below a bare top
    choose.py      whose language wins where several have files
    languages/     one package per language family: who claims a folder, and its facts
    unsupported/   every other language, recognised and named
    files/         Dockerfile, compose, Procfile, platform files, manifests, .env.example: what speaks for any language
    settle.py      many candidates become one fact per name; what disagrees is a conflict
    workspaces.py  declared monorepos · refuse/ what is no application
    beside.py      applications below another: its parts, or left aside
    notes.py       what to know beyond the facts: manifests that do not parse, what keeps one from answering
    evidence.py    how rules read files and point at lines · report.py findings as JSON
"""

from fops.onboarding.detect.apps import detect
from fops.onboarding.detect.files.dockerfile import existing as existing_dockerfile
from fops.onboarding.detect.report import findings_json

__all__ = ["detect", "existing_dockerfile", "findings_json"]
