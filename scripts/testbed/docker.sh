#!/bin/sh
# A container engine for the tests that build images, with stand-ins for the base images: no registry is asked.
# usage: docker.sh start | base IMAGE... | stop
#
#   start   install Debian's engine where none is, start one of our own, print its address for DOCKER_HOST
#   base    make the named images: Debian's python, nginx, PostgreSQL and Redis, this machine's node and go, under these
#           names, and fops-testbed/compose; they trust what this machine trusts and ask the package registries it asks
#   stop    end the engine that `start` started
#
# Everything is kept in ${XDG_CACHE_HOME:-~/.cache}/fops-testbed. Exit 69: not to be had here; stderr says why.
set -eu
kept="${XDG_CACHE_HOME:-$HOME/.cache}/fops-testbed"
address="unix://$kept/docker.sock"
docker=/usr/bin/docker # Debian's own: a newer client without its build plug-in cannot use BuildKit
recipes="$(cd "$(dirname "$0")" && pwd)/images"

unavailable() {
  echo "$1" >&2
  exit 69
}

answers() {
  "$docker" -H "$address" info >/dev/null 2>&1
}

install_engine() {
  if command -v dockerd >/dev/null && command -v mmdebstrap >/dev/null && [ -x "$docker" ]; then return; fi
  command -v apt-get >/dev/null || unavailable "the engine is installed from Debian's packages, and this is no Debian"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    docker.io iptables mmdebstrap; } >"$kept/install.log" 2>&1 ||
    unavailable "Debian's packages docker.io, iptables and mmdebstrap cannot be installed: see $kept/install.log"
}

start() {
  [ "$(id -u)" = 0 ] || unavailable "a container engine of one's own needs root"
  mkdir -p "$kept"
  answers || { install_engine && start_engine; }
  echo "$address"
}

start_engine() {
  setsid dockerd -H "$address" --data-root "$kept/docker" --exec-root "$kept/exec" --pidfile "$kept/docker.pid" \
    >"$kept/dockerd.log" 2>&1 </dev/null &
  tries=0
  until answers; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || unavailable "dockerd does not start here: see $kept/dockerd.log"
    sleep 0.5
  done
}

# Debian with the programs that stand for an image each; two of them are this machine's own, of the version it has.
system() {
  "$docker" -H "$address" image inspect fops-testbed/system:trixie >/dev/null 2>&1 && return
  timeout 240 mmdebstrap --variant=minbase --include=ca-certificates,libatomic1,libstdc++6,nginx-light,passwd,postgresql,python-is-python3,python3-venv,redis-server \
    trixie "$kept/system.tar" >"$kept/system.log" 2>&1 || unavailable "no Debian system can be made: see $kept/system.log"
  context="$kept/context" && rm -rf "$context" && mkdir "$context"
  cp /etc/ssl/certs/ca-certificates.crt "$context/trusted.crt"
  for file in /etc/pip.conf "$HOME/.npmrc"; do
    if [ -f "$file" ]; then cp "$file" "$context/$(basename "$file")"; else : >"$context/$(basename "$file")"; fi
  done
  "$docker" -H "$address" import "$kept/system.tar" fops-testbed/debian:trixie >/dev/null
  rm "$kept/system.tar"
  build fops-testbed/system:trixie system "$context"
}

build() {
  DOCKER_BUILDKIT=1 "$docker" -H "$address" build --quiet --tag "$1" --file "$recipes/$2.Dockerfile" "$3" >/dev/null
}

base() {
  system
  for image in "$@"; do
    context="$kept/context" && rm -rf "$context" && mkdir "$context"
    case "$image" in
      python:*) build "$image" python "$context" ;;
      */nginx-unprivileged:*) build "$image" nginx "$context" ;;
      redis:*) build "$image" redis "$context" ;;
      postgres:*)
        cp "$recipes/postgres.sh" "$context/"
        build "$image" postgres "$context"
        ;;
      fops-testbed/compose) build "$image" compose "$context" ;;
      node:*)
        command -v npm >/dev/null || unavailable "the image of Node has this machine's node and npm, and there is none"
        cp "$(readlink -f "$(command -v node)")" "$context/node"
        cp -RL "$(npm root --global)/npm" "$context/npm"
        build "$image" node "$context"
        ;;
      golang:*)
        command -v go >/dev/null || unavailable "the image of Go has this machine's go, and there is none"
        build "$image" golang "$(go env GOROOT)"
        ;;
      *) unavailable "there is no stand-in for $image" ;;
    esac
  done
}

stop() {
  answers || return 0
  pid=$(cat "$kept/docker.pid")
  kill "$pid" 2>/dev/null || return 0
  tries=0
  while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 40 ]; do
    tries=$((tries + 1))
    sleep 0.5
  done
}

case "${1:-}" in
  start | stop) "$1" ;;
  base) shift && base "$@" ;;
  *) sed -n '3,9s/^# \{0,1\}//p' "$0" && exit 64 ;;
esac
