"""F-Ops: a repository in, a verified pull request out, and a record of everything in between."""

__version__ = "0.1.0"
