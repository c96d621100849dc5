"""What a build leaves: files to serve, a server, or what only one platform runs."""
