"""What Python's manifests say: dependencies, package manager, version, framework. Must not know: program text."""
