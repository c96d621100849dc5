"""Detection: a Tree in, Findings out. Pure: same tree, same findings.

Must not know: plans, generators, anything outside the tree. Map:
    languages/   one package per language family: who claims a folder, and its facts
    evidence.py  how rules read files and point at lines
    apps.py      which folders are applications, and which claim wins
    ecosystem files (Dockerfile, compose, Procfile, .env.example): one module each, for every language
"""

from fops.onboarding.detect.apps import detect

__all__ = ["detect"]
