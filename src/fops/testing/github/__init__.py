"""A GitHub on loopback: real git behind, GitHub's own refusals, and faults by script.

Map: fake.py   `FakeGitHub`, what a test holds     server.py  HTTP: who asks, limits, faults, routes
model.py       tokens, faults, pull requests       shapes.py  the documents, as GitHub describes them
git_data.py    blobs, trees, commits, refs         pulls.py   pull requests
"""

from fops.testing.github.fake import FakeGitHub
from fops.testing.github.model import Asked, Fault, Repository, Token

__all__ = ["Asked", "FakeGitHub", "Fault", "Repository", "Token"]
