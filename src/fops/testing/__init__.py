"""Testing: fakes of the outside world that are shipped, so that users test their own packs and rules with them.

Must not know: the features, and how any pack works. Each fake is proved by the contract suite of its port.
Map: github/  `FakeGitHub`, the REST API that proposals need, over real bare repositories
"""

from fops.testing.github import FakeGitHub

__all__ = ["FakeGitHub"]
