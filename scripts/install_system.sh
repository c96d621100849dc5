#!/bin/sh
# What the tests need from the system and do not find: installed where that is possible, named where it is not.
set -eu
missing=""
command -v git >/dev/null || missing="$missing git"
command -v make >/dev/null || missing="$missing make"
"${PYTHON:-python3}" -c 'import venv, ensurepip' 2>/dev/null || missing="$missing python3-venv"
if [ -z "$missing" ]; then
  echo "nothing is missing"
  exit 0
fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq
  # shellcheck disable=SC2086 # a list of package names
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
else
  echo "error: missing:$missing" >&2
  echo "hint: install them and run this again" >&2
  exit 1
fi
