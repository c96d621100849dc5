"""Reads Maven and Gradle builds into the same shape, `Module`. Nothing of a build is executed."""
