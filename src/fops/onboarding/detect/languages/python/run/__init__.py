"""How the application runs: its entry, start command, port and workers, from manifests and code together."""
