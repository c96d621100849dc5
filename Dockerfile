# F-Ops' server and worker. Built where pip is, run where only what runs lies: read-only, without root, data below /data.
FROM python:3.13.15-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_INPUT=1
RUN python -m venv /opt/build && python -m venv --without-pip /opt/fops
ENV PATH=/opt/build/bin:$PATH
WORKDIR /src
COPY requirements/build.txt requirements/server.txt requirements/verify.txt requirements/
# Wheels by their digests alone: nothing of a dependency runs while the image is built.
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --require-hashes --no-deps --only-binary=:all: --requirement requirements/build.txt \
    && pip --python /opt/fops/bin/python install --require-hashes --no-deps --only-binary=:all: \
    --requirement requirements/server.txt --requirement requirements/verify.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY src src
RUN pip wheel --no-cache-dir --no-index --no-build-isolation --no-deps --wheel-dir /wheels . \
    && pip --python /opt/fops/bin/python install --no-cache-dir --no-index --no-deps /wheels/*.whl

FROM python:3.13.15-slim
LABEL org.opencontainers.image.title="F-Ops" \
      org.opencontainers.image.description="A DevOps assistant that takes a repository from nothing to deployed" \
      org.opencontainers.image.licenses="Apache-2.0"
# No versions here: the tag above fixes the Debian release, and its archive keeps only the newest patch.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin fops \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data \
    && install --directory --owner 10001 --group 10001 --mode 0711 /data/keys
COPY --from=build /opt/fops /opt/fops
ENV FOPS_AUTH_MODE=on \
    FOPS_HOME=/data \
    HOME=/tmp \
    PATH=/opt/fops/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    XDG_CONFIG_HOME=/data/config
VOLUME /data
USER 10001:10001
EXPOSE 8000
# Python's own client, past any proxy of the environment: there is no curl in here.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-Ic", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/health/ready'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["fops", "serve", "--host", "0.0.0.0"]
