"""Rules for every file, whatever its format."""
