# Debian's Compose, which speaks to the engine by its socket; the host's own may be too old to read the file.
FROM fops-testbed/system:trixie
RUN apt-get update && apt-get install --yes --no-install-recommends docker-compose && rm -rf /var/lib/apt/lists/*
ENTRYPOINT ["docker-compose"]
