"""The first tables. Written by hand from the rooms' stores; a test compares both."""

revision = "0001"
down_revision = None
