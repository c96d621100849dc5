"""Rules across Kubernetes objects: each names another, and both must agree."""
