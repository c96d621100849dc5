"""Databases: with every room's tables, and the two kinds that all must be the same on."""

from __future__ import annotations

from importlib import import_module

from fops.bootstrap.app import STORES

KINDS = ("sqlite", "postgresql")


def every_table() -> None:
    """Declare the tables of every room, as the program does before it opens a database."""
    for store in STORES:
        import_module(store)
